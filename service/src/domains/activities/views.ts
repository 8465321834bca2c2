import type { Activity, Participant, StateValues } from '@collab-kit/protocol'
import type { ActivityPermission } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { ordered } from '../../kernel/grants.ts'
import { blockedBy } from '../users/index.ts'
import { vocabulary } from './rules.ts'
import {
  nameOf,
  peopleIn,
  streamOf,
  type ActivityRow,
  type Coming,
  type ParticipantRow,
} from './store.ts'

/** What is said of an activity to everybody alike. */
export const toFacts = (row: ActivityRow): Omit<Activity, 'people' | 'head' | 'permissions'> => ({
  type: row.type,
  id: row.id,
  ...(row.title !== null && { title: row.title }),
  ...(row.metadata !== null && {
    metadata: JSON.parse(row.metadata) as NonNullable<Activity['metadata']>,
  }),
  ephemeral: row.ephemeral === 1,
  ...(row.capacity !== null && { capacity: row.capacity }),
  ...(row.created_by !== null && { createdBy: row.created_by }),
  createdAt: row.created_at,
})

/** An activity as one with these permissions sees it. */
export async function activityView(
  ctx: Pick<ReadContext, 'db' | 'caller' | 'head'>,
  row: ActivityRow,
  permissions: ReadonlySet<ActivityPermission>,
): Promise<Activity> {
  const people = await peopleIn(ctx, [row])
  return {
    ...toFacts(row),
    people: people.get(nameOf(row)) ?? 0,
    head: await ctx.head(streamOf(row)),
    permissions: ordered(vocabulary, permissions),
  }
}

export const toParticipant = (row: Coming): Participant => ({
  username: row.username,
  connectionId: row.connection_id,
  joinedAt: row.joined_at,
  lurking: row.lurking === 1,
  state: JSON.parse(row.state) as StateValues,
  rev: row.rev,
})

/** Those of the participants whom the caller is shown: nobody they have blocked, and who lurks only where they manage. */
export async function shownTo(
  { db, caller }: Pick<ReadContext, 'db' | 'caller'>,
  rows: readonly ParticipantRow[],
  permissions: ReadonlySet<ActivityPermission>,
): Promise<Participant[]> {
  const blocked = new Set(await blockedBy(db, caller.username))
  return rows
    .filter(
      ({ lurking, username }) =>
        !blocked.has(username) &&
        (lurking === 0 || username === caller.username || permissions.has('manage')),
    )
    .map(toParticipant)
}
