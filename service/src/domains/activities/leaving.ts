import { activities } from '@collab-kit/protocol'
import type { Emitter, Locking, ReadContext, SetLog } from '../../kernel/context.ts'
import { LEAP } from './rules.ts'
import {
  deleteActivity,
  endParticipant,
  findActivity,
  nameOf,
  participantsIn,
  participations,
  streamOf,
  toName,
  type Name,
  type ParticipantRow,
  type Timed,
} from './store.ts'

const { activityRemoved, participantLeft, participantRemoved } = activities.events

type EndContext = Pick<ReadContext, 'db'> &
  Pick<Emitter<typeof activityRemoved>, 'append'> &
  Locking & { log: Pick<SetLog, 'write'> }
export type LeaveContext = Timed & Pick<Emitter<typeof participantLeft>, 'tell'>
export type PutOutContext = Timed &
  EndContext &
  Pick<Emitter<typeof participantRemoved | typeof activityRemoved>, 'append'>

/** One connection is in an activity no more; `known` is the number of its state in the memory of its node. */
export async function depart(
  ctx: LeaveContext,
  row: ParticipantRow,
  known = row.rev + LEAP,
): Promise<void> {
  const rev = Math.max(row.rev, known) + 1
  await endParticipant(ctx, row, rev)
  const { type, id, connection_id: connectionId, username } = row
  if (row.lurking === 0)
    ctx.tell(participantLeft, nameOf(row), { type, id, connectionId, username, rev })
}

/** All that a person, or a node that is gone, is in is left. */
export async function departAll(
  ctx: LeaveContext & EndContext,
  of: Parameters<typeof participations>[1],
): Promise<void> {
  const found = await participations(ctx.db, of)
  await ctx.lock(found.map(streamOf))
  const rows = await participations(ctx.db, of)
  for (const row of rows) await depart(ctx, row)
  for (const name of new Set(rows.map(nameOf))) await endIfEmpty(ctx, toName(name))
}

/**
 * These connections of one person are put out: all of theirs in one event, or `each` in its own. One that lurks is told of
 * without a name.
 */
export async function putOut(
  ctx: PutOutContext,
  rows: readonly ParticipantRow[],
  how: { permission: boolean; reason?: string | undefined; each: boolean },
): Promise<void> {
  const { permission, each } = how
  const reason = permission ? 'permission' : how.reason
  for (const row of rows) await endParticipant(ctx, row, row.rev + LEAP + 1)
  const seen = each ? undefined : rows.find(({ lurking }) => lurking === 0)
  for (const row of seen ? [seen] : rows) {
    const { type, id, username, connection_id: connectionId, lurking } = row
    await ctx.append(participantRemoved, nameOf(row), {
      type,
      id,
      ...(lurking === 0 && { username }),
      ...(!seen && { connectionId }),
      permission,
      ...(reason !== undefined && { reason }),
    })
  }
}

/** An ephemeral activity ends with the last one in it, seen or not. */
export async function endIfEmpty(ctx: EndContext, name: Name): Promise<void> {
  if ((await findActivity(ctx.db, name))?.ephemeral !== 1) return
  // Those who come and go at the same time are all seen by whoever is the last of them.
  await ctx.lock([streamOf(name)])
  const activity = await findActivity(ctx.db, name)
  if (activity?.ephemeral !== 1 || (await participantsIn(ctx.db, name)).length > 0) return
  await endActivity(ctx, name)
}

/** Removes an activity; what is left of its log is that it is gone. */
export async function endActivity(ctx: EndContext, { type, id }: Name): Promise<void> {
  // What this very command has said before goes with the rest.
  await ctx.log.write()
  await deleteActivity(ctx.db, { type, id })
  await ctx.append(activityRemoved, nameOf({ type, id }), { type, id })
}
