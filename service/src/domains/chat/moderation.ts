import type { chat } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import { staged, type Handler } from '../../kernel/module.ts'
import { dropSanction, saveSanction, type SanctionKind } from './grants.ts'
import { assertNotLastOwner, decidable, judged, type DecidingContext } from './judging.ts'
import { putOut } from './membership.ts'
import { addPeople } from './people.ts'
import { tellPermissions, type TellContext } from './permissions.ts'
import { createRooms } from './rooms.ts'
import type { ChatRow } from './store.ts'

type Operations = typeof chat.operations

export const addMembers: Handler<Operations['addMembers']> = async (ctx, { usernames }) => {
  const row = decidable(ctx)
  if (row.kind === 'room') ctx.fail('invalid_payload', { reason: 'not_in_rooms', path: 'chatId' })
  await addPeople(ctx, row, usernames)
  return {}
}

/** What ends in this process when somebody is out of a room. */
const leaveRoom = (
  edge: Edge,
  { chatId, username }: { chatId: string; username: string },
): Record<string, never> => {
  edge.local(createRooms).leave(username, chatId)
  return {}
}

export const removeMember = staged<Operations['removeMember']>()({
  async handle(ctx, { username, reason }) {
    const row = decidable(ctx)
    const member = await judged(ctx, row, username)
    if (!member) return {}
    await assertNotLastOwner(ctx, row, member)
    await putOut(ctx, row, { username, banned: false, reason })
    await ctx.audit('chat.remove_member', row.chat_id, { username })
    return {}
  },
  complete: leaveRoom,
})

interface Sanction {
  kind: SanctionKind
  username: string
  until: string | undefined
  reason: string | undefined
}

/** What a mute and a ban have in common. */
async function sanction(
  ctx: DecidingContext & TellContext,
  row: ChatRow,
  { kind, username, until, reason }: Sanction,
): Promise<void> {
  const ends = until === undefined ? null : new Date(until).toISOString()
  if (ends !== null && ends <= ctx.now)
    ctx.fail('invalid_payload', { reason: 'invalid_time', path: 'until' })
  await saveSanction(ctx.db, {
    chat_id: row.chat_id,
    username,
    kind,
    until: ends,
    reason: reason ?? null,
    created_by: ctx.caller.username,
    created_at: ctx.now,
  })
  await tellPermissions(ctx, row.chat_id, `user:${username}`)
  await ctx.audit(`chat.${kind}_member`, row.chat_id, { username, ...(ends && { until: ends }) })
}

export const muteMember: Handler<Operations['muteMember']> = async (ctx, input) => {
  const { username, until, reason } = input
  const row = decidable(ctx)
  await judged(ctx, row, username)
  await sanction(ctx, row, { kind: 'mute', username, until, reason })
  return {}
}

export const banMember = staged<Operations['banMember']>()({
  async handle(ctx, { username, until, reason }) {
    const row = decidable(ctx)
    const member = await judged(ctx, row, username)
    if (member) {
      await assertNotLastOwner(ctx, row, member)
      await putOut(ctx, row, { username, banned: true, reason })
    }
    await sanction(ctx, row, { kind: 'ban', username, until, reason })
    return {}
  },
  complete: leaveRoom,
})

/** A sanction is over. */
async function pardon(
  ctx: DecidingContext & TellContext,
  { kind, username }: { kind: SanctionKind; username: string },
): Promise<Record<string, never>> {
  const row = decidable(ctx)
  await judged(ctx, row, username)
  if (await dropSanction(ctx.db, { chatId: row.chat_id, username, kind })) {
    await tellPermissions(ctx, row.chat_id, `user:${username}`)
    await ctx.audit(`chat.un${kind}_member`, row.chat_id, { username })
  }
  return {}
}

export const unmuteMember: Handler<Operations['unmuteMember']> = (ctx, { username }) =>
  pardon(ctx, { kind: 'mute', username })

export const unbanMember: Handler<Operations['unbanMember']> = (ctx, { username }) =>
  pardon(ctx, { kind: 'ban', username })
