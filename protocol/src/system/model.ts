import { z } from 'zod'
import { limitDefaults, type Limits } from '../kit/limits.ts'
import { Timestamp } from '../kit/ids.ts'

export const ServiceInfo = z
  .object({
    name: z.literal('collab-kit'),
    version: z.string(),
    protocol: z.int(),
    epoch: z.string(),
    serverTime: Timestamp,
    registration: z.enum(['open', 'closed']),
    guests: z.enum(['on', 'off']),
    remember: z.enum(['on', 'off']),
    demo: z.enum(['on', 'off']),
  })
  .meta({ id: 'ServiceInfo' })
export type ServiceInfo = z.output<typeof ServiceInfo>

export const LimitValues = z
  .object(
    Object.fromEntries(Object.keys(limitDefaults).map((key) => [key, z.number()])) as {
      [K in keyof Limits]: z.ZodNumber
    },
  )
  .meta({ id: 'Limits' })

/** First item of a connection. */
export const Welcome = z
  .object({
    connectionId: z.string(),
    username: z.string(),
    epoch: z.string(),
    serverTime: Timestamp,
    tokenExpiresAt: Timestamp,
  })
  .meta({ id: 'Welcome' })
export type Welcome = z.output<typeof Welcome>

export const closingCodes = [
  'token_expired',
  'revoked',
  'slow_consumer',
  'draining',
  'protocol_error',
  'signed_out',
  'replaced',
] as const

/**
 * Why an event stream does not go on where it was left.
 * - `unknown_position`: the id is none that the service gave for this
 * - `epoch_changed`: the service was restored from a backup
 * - `too_many_streams`: the id holds the positions of the streams that moved last, and not of these
 */
export const resetReasons = ['unknown_position', 'epoch_changed', 'too_many_streams'] as const

/** Said before the server closes a connection. */
export const Closing = z
  .object({
    code: z.enum(closingCodes),
    /** Whether to connect again. */
    reconnect: z.boolean(),
    /** How long to wait before that, milliseconds. */
    afterMs: z.int(),
  })
  .meta({ id: 'Closing' })
export type Closing = z.output<typeof Closing>
