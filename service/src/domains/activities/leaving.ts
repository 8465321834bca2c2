import { activities } from '@collab-kit/protocol'
import type { Emitter, ReadContext } from '../../kernel/context.ts'
import { LEAP } from './rules.ts'
import {
  deleteActivity,
  endParticipant,
  findActivity,
  nameOf,
  participantsIn,
  type Name,
  type ParticipantRow,
  type Timed,
} from './store.ts'

const { activityRemoved, participantLeft, participantRemoved } = activities.events

type EndContext = Pick<ReadContext, 'db'> & Pick<Emitter<typeof activityRemoved>, 'append'>
export type LeaveContext = Timed & Pick<Emitter<typeof participantLeft>, 'tell'>
export type PutOutContext = Timed &
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

/** These connections of one person are put out: all of theirs in one event, or `each` in its own. */
export async function putOut(
  ctx: PutOutContext,
  rows: readonly ParticipantRow[],
  how: { permission: boolean; reason?: string | undefined; each: boolean },
): Promise<void> {
  const { permission, reason, each } = how
  for (const row of rows) await endParticipant(ctx, row, row.rev + LEAP + 1)
  for (const { type, id, username, connection_id: connectionId } of each ? rows : rows.slice(0, 1))
    await ctx.append(participantRemoved, nameOf({ type, id }), {
      type,
      id,
      username,
      ...(each && { connectionId }),
      permission,
      ...(reason !== undefined && { reason }),
    })
}

/** An ephemeral activity ends with the last one in it, seen or not. */
export async function endIfEmpty(ctx: EndContext, name: Name): Promise<void> {
  const activity = await findActivity(ctx.db, name)
  if (activity?.ephemeral !== 1 || (await participantsIn(ctx.db, name)).length > 0) return
  await endActivity(ctx, name)
}

/** Removes an activity; what is left of its log is that it is gone. */
export async function endActivity(ctx: EndContext, { type, id }: Name): Promise<void> {
  await deleteActivity(ctx.db, { type, id })
  await ctx.append(activityRemoved, nameOf({ type, id }), { type, id })
}
