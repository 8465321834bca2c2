import { activities, type EventDefinition } from '@collab-kit/protocol'
import type { ReadContext, WriteContext } from '../../kernel/context.ts'
import { askDatabaseTime, tellSince } from '../../kernel/database-time.ts'
import { holdersOf, takeTurn } from '../../kernel/leases.ts'
import { toTold, type Published } from '../../kernel/outbox.ts'
import { depart, departAll, endIfEmpty } from './leaving.ts'
import { findParticipant, streamOf, type ParticipantRow } from './store.ts'
import { toParticipant } from './views.ts'

const { participantJoined, participantLeft, stateChanged } = activities.events

/** Who has left is remembered so long, for nodes that did not hear of it, milliseconds. */
const REMEMBERED_MS = 60_000

/** Whoever is in an activity by a node that lives no more is out of it. */
export async function sweep(ctx: WriteContext, ms: number | undefined): Promise<void> {
  if (ms !== undefined && !(await takeTurn(ctx, { name: 'sweepActivities', ms }))) return
  const alive = ms === undefined ? [ctx.policy.nodeId] : await holdersOf(ctx, 'node:')
  // After an outage of the database nobody has a lease: whoever has none judges nobody by theirs.
  if (!alive.includes(ctx.policy.nodeId)) return
  await departAll(ctx, { notOf: alive })
  await ctx.db
    .deleteFrom('participants')
    .where('left_at', 'is not', null)
    .where('changed_at', '<', (await askDatabaseTime(ctx)) - REMEMBERED_MS)
    .execute()
}

/** A connection of this node has ended. */
export async function leave(
  ctx: WriteContext,
  { type, id, connectionId, rev }: Record<string, unknown>,
): Promise<void> {
  const name = { type: String(type), id: String(id) }
  await ctx.lock([streamOf(name)])
  const row = await findParticipant(ctx.db, name, String(connectionId))
  if (!row || row.left_at !== null) return
  await depart(ctx, row, rev === undefined ? undefined : Number(rev))
  await endIfEmpty(ctx, name)
}

/** Who came, went and changed since a time of the database, as events for nodes that may have missed theirs. */
export const changed = (
  ctx: ReadContext,
  { since }: Record<string, unknown>,
): Promise<{ items: Published[]; since: number }> =>
  tellSince(ctx, since, async (from, time) => {
    const rows = await ctx.db
      .selectFrom('participants')
      .selectAll()
      .where('changed_at', '>=', from)
      .where('lurking', '=', 0)
      .orderBy('changed_at')
      .execute()
    // When they came, the clock of a node said.
    const joinedFrom = Date.parse(ctx.now) - (time - from)
    return rows.map((row) => toItem(row, joinedFrom))
  })

function toItem(row: ParticipantRow, joinedFrom: number): Published {
  const { type, id, connection_id: connectionId, username, rev } = row
  const of = { type, id, connectionId, username, rev }
  if (row.left_at !== null) return published(participantLeft, row, of)
  const participant = toParticipant(row)
  if (Date.parse(row.joined_at) >= joinedFrom)
    return published(participantJoined, row, { type, id, participant })
  const whole = { cleared: true, removed: [], set: participant.state, old: {} }
  return published(stateChanged, row, { ...of, ...whole })
}

function published(event: EventDefinition, row: ParticipantRow, data: unknown): Published {
  const { username, connection_id: connectionId, changed_at: changedAt } = row
  const caller = { username, role: 'user', connectionId } as const
  return toTold(event, streamOf(row), { at: new Date(changedAt).toISOString(), caller, data })
}
