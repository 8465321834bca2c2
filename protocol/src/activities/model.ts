import { z } from 'zod'
import {
  ActivityId,
  ActivityType,
  ConnectionId,
  Rev,
  Seq,
  Timestamp,
  Username,
} from '../kit/ids.ts'
import { subject } from '../kit/subject.ts'
import { DisplayName, isBlank } from '../kit/text.ts'

export const activityPermissions = [
  'join',
  'lurk',
  'view_state',
  'set_state',
  'manage',
  'remove',
] as const
export const ActivityPermission = z.enum(activityPermissions).meta({ id: 'ActivityPermission' })
export type ActivityPermission = z.output<typeof ActivityPermission>

/**
 * - `world`: every signed-in person, guests too
 * - `group:NAME`, `user:NAME`
 */
export const ActivitySubject = subject(['world']).meta({
  id: 'ActivitySubject',
  description: '`world`, `group:NAME` or `user:NAME`.',
})
export type ActivitySubject = z.output<typeof ActivitySubject>

/** What is granted to whom. */
export const ActivityGrants = z
  .record(ActivitySubject, z.array(ActivityPermission).max(16))
  .meta({ id: 'ActivityGrants' })
export type ActivityGrants = z.output<typeof ActivityGrants>

/** Any JSON. */
export const StateValue = z.json().meta({ id: 'StateValue', description: 'Any JSON.' })
export type StateValue = z.output<typeof StateValue>

/** Names that mean something else where values are kept by key. */
const RESERVED_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype']

export const StateKey = z
  .string()
  .min(1)
  .max(256)
  .refine((key) => !isBlank(key), {
    message: 'a key has something that can be seen',
    params: { reason: 'invalid_text' },
  })
  .refine((key) => !RESERVED_KEYS.includes(key), {
    message: 'a key is none of the names that objects have',
    params: { reason: 'forbidden_key' },
  })
  .meta({ id: 'StateKey' })

/** Values by key. */
export const StateValues = z.record(StateKey, StateValue).meta({ id: 'StateValues' })
export type StateValues = z.output<typeof StateValues>

export const Metadata = z.record(z.string(), z.unknown()).meta({
  id: 'Metadata',
  description: 'JSON that an app attaches to an activity.',
})

/** Names an activity in every operation about it. */
export const activityName = { type: ActivityType, id: ActivityId }

export const Participant = z
  .object({
    username: Username,
    connectionId: ConnectionId,
    joinedAt: Timestamp,
    /** Reads along unseen by those who do not manage the activity. */
    lurking: z.boolean(),
    /** What this connection shows of itself; gone with it. Empty for a reader without `view_state`. */
    state: StateValues,
    /** Number of the state: rises with every event of this participant. */
    rev: Rev,
  })
  .meta({ id: 'Participant', description: 'One connection of a person in an activity.' })
export type Participant = z.output<typeof Participant>

export const SharedEntry = z
  .object({
    key: StateKey,
    value: StateValue,
    /** Position of the key's last change in the activity's stream. */
    version: Seq,
    /** Who set it last; absent where their account is gone. */
    by: Username.optional(),
  })
  .meta({ id: 'SharedEntry' })
export type SharedEntry = z.output<typeof SharedEntry>

/** What may be said of an activity. */
export const about = {
  title: DisplayName.nullable().optional(),
  metadata: Metadata.nullable().optional(),
  /** Most people in it at once. */
  capacity: z.int().min(1).max(100_000).nullable().optional(),
}

/** How an activity is made by the first who joins. */
export const NewActivity = z
  .strictObject({
    /** Whether it ends when the last one has left. */
    ephemeral: z.boolean().default(false),
    title: DisplayName.optional(),
    metadata: Metadata.optional(),
    capacity: z.int().min(1).max(100_000).optional(),
    /** In place of the default, by which everybody joins, sees and sets the state. */
    permissions: ActivityGrants.optional(),
  })
  .meta({ id: 'NewActivity' })

export const Activity = z
  .object({
    ...activityName,
    title: z.string().optional(),
    metadata: Metadata.optional(),
    ephemeral: z.boolean(),
    capacity: z.int().optional(),
    createdBy: Username.optional(),
    createdAt: Timestamp,
    /** People in it, but for those who lurk. */
    people: z.int(),
    /** Head of the stream at this snapshot. */
    head: Seq,
    /** What the caller may do here. */
    permissions: z.array(ActivityPermission),
  })
  .meta({ id: 'Activity', description: 'What people do together.' })
export type Activity = z.output<typeof Activity>

/** An activity as one who joins it finds it. */
export const JoinedActivity = Activity.extend({
  /** The caller's own included. */
  participants: z.array(Participant),
  shared: z.array(SharedEntry),
}).meta({ id: 'JoinedActivity' })
export type JoinedActivity = z.output<typeof JoinedActivity>
