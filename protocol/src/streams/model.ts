import { z } from 'zod'
import { EventItem } from '../kit/envelope.ts'
import { Seq } from '../kit/ids.ts'

/** What changed while away. */
export const Resumed = z
  .object({
    epoch: z.string(),
    /** Head of every stream asked for that is still readable, and of every own one. */
    heads: z.record(z.string(), Seq),
    /** Streams with events after the asked position. */
    behind: z.array(z.string()),
    /** Streams that may not be read any more. */
    gone: z.array(z.string()),
    /** Streams whose asked position is no longer (or not yet) in the log: load them anew. */
    reset: z.array(z.string()),
  })
  .meta({ id: 'Resumed' })

export const StreamPage = z
  .object({ events: z.array(EventItem), head: Seq, epoch: z.string() })
  .meta({ id: 'StreamPage' })

/** Why a stream may not be read any more. */
export const removalReasons = [
  'left',
  'removed',
  'banned',
  'chat_removed',
  'activity_removed',
  'permission',
  'revoked',
] as const
export type RemovalReason = (typeof removalReasons)[number]
