import { z } from 'zod'
import { Timestamp, Username } from '../kit/ids.ts'
import { Me } from '../users/model.ts'

/** Tokens of a new or renewed sign-in. */
export const SignIn = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresAt: Timestamp,
    user: Me,
  })
  .meta({ id: 'SignIn' })
export type SignIn = z.output<typeof SignIn>

export const Password = z
  .string()
  .min(8, 'a password has at least 8 characters')
  .max(256)
  .meta({ id: 'Password' })

/** A device's login. */
export const Device = z
  .object({
    id: z.string(),
    createdAt: Timestamp,
    /** When its tokens were last exchanged. */
    usedAt: Timestamp,
    /** Whether this call was made by it. */
    current: z.boolean(),
  })
  .meta({ id: 'Device' })

/**
 * What an API key may do: `DOMAIN:read` and `DOMAIN:write` for the operations of a domain, `act_as` to do them for a
 * person, `events:read` for the stream `service`, `*` for everything.
 */
export const Scope = z
  .string()
  .regex(
    /^(\*|act_as|events:read|[a-z]+:(read|write))$/,
    '*, act_as, events:read, DOMAIN:read or DOMAIN:write',
  )
  .meta({ id: 'Scope' })
export type Scope = z.output<typeof Scope>

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(Scope),
    createdBy: Username.optional(),
    createdAt: Timestamp,
    revokedAt: Timestamp.optional(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.output<typeof ApiKey>

/** One security event: who did what to whom, never with contents. */
export const AuditEntry = z
  .object({
    id: z.string(),
    at: Timestamp,
    /** A username, an API key's id, or nobody. */
    actor: z.string().optional(),
    action: z.string(),
    subject: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof AuditEntry>
