import { z } from 'zod'
import { ActivityId, ActivityType, ChatId, Rev, Timestamp, Username } from '../kit/ids.ts'
import { graphemes, isBlank } from '../kit/text.ts'

/** What others see of a person: one per person, however many connections they have. */
export const presenceStates = ['available', 'away', 'dnd', 'offline'] as const
export const PresenceState = z.enum(presenceStates).meta({ id: 'PresenceState' })
export type PresenceState = z.output<typeof PresenceState>

/** What a person says of themselves: `invisible` is `offline` to everybody else. */
export const chosenStates = ['available', 'away', 'dnd', 'invisible'] as const
export const ChosenState = z.enum(chosenStates).meta({ id: 'ChosenState' })
export type ChosenState = z.output<typeof ChosenState>

export const StatusText = z
  .string()
  .max(640)
  .refine((text) => !isBlank(text) && graphemes(text) <= 160, {
    message: 'a status has 1–160 characters, some of which can be seen',
    params: { reason: 'invalid_text' },
  })
  .meta({ id: 'StatusText' })

/** JSON that an app attaches to a person's presence; its size is limited by configuration. */
export const PresenceData = z.record(z.string(), z.unknown()).meta({ id: 'PresenceData' })

export const Presence = z
  .object({
    username: Username,
    /** Rises with every change; the same for every reader. 0 for one who never was here. */
    rev: Rev,
    state: PresenceState,
    status: z.string().optional(),
    data: PresenceData.optional(),
    /** When the state began. */
    since: Timestamp.optional(),
    /** When they were last here; only while they are not, and where they let it be known. */
    lastSeenAt: Timestamp.optional(),
  })
  .meta({ id: 'Presence', description: 'Whether and how a person is here.' })
export type Presence = z.output<typeof Presence>

export const OwnPresence = z
  .object({
    state: ChosenState,
    status: z.string().optional(),
    /** When the status goes by itself. */
    statusExpiresAt: Timestamp.optional(),
    data: PresenceData.optional(),
    /** Whether others are told when you were last here. */
    showLastSeen: z.boolean(),
  })
  .meta({ id: 'OwnPresence', description: 'What you say of yourself.' })
export type OwnPresence = z.output<typeof OwnPresence>

export const ActivityName = z
  .strictObject({ type: ActivityType, id: ActivityId })
  .meta({ id: 'ActivityName', description: 'An activity is named by its type and its id.' })

/** Whose presence: people by name, one's contacts, or those in a place. */
export const whose = {
  usernames: z.array(Username).min(1).max(200).optional(),
  contacts: z.literal(true).optional(),
  chatId: ChatId.optional(),
  activity: ActivityName.optional(),
}

/** How many of a place are here; told instead of people one by one where there are too many. */
export const Audience = z
  .object({
    chatId: ChatId.optional(),
    activity: ActivityName.optional(),
    /** People who are not offline. */
    online: z.int(),
    total: z.int(),
  })
  .meta({ id: 'Audience' })
export type Audience = z.output<typeof Audience>

/** Exactly one of these fields. */
export const oneOf =
  (...fields: string[]) =>
  (input: Record<string, unknown>): boolean =>
    fields.filter((field) => input[field] !== undefined).length === 1

export const exclusive = (...fields: string[]) => ({
  message: `give exactly one of ${fields.join(', ')}`,
  path: [fields[0]!],
  params: { reason: 'exclusive' },
})
