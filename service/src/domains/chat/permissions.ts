import { chat, chatPermissions, type ChatPermission } from '@collab-kit/protocol'
import type { Emitter, ReadContext } from '../../kernel/context.ts'
import { ordered, regranted, shownGrants, type Regrant } from '../../kernel/grants.ts'
import type { Handler } from '../../kernel/module.ts'
import { findUser } from '../users/index.ts'
import { grantedChat } from './access.ts'
import { factsOf, grantOf, grantsIn, grantsTo, saveGrant } from './grants.ts'
import { assertNotLastOwner, decidable, heldBy, judged, type DecidingContext } from './judging.ts'
import { isPower, vocabulary } from './rules.ts'
import { findChat, findMember, setRole, type ChatRow } from './store.ts'

type Operations = typeof chat.operations
const { permissionsChanged } = chat.events
export type TellContext = Pick<ReadContext, 'db'> &
  Pick<Emitter<typeof permissionsChanged>, 'append'>

/** Tells those who read a chat that a subject's permissions changed: what is granted to it now. */
export async function tellPermissions(
  ctx: TellContext,
  chatId: string,
  subject: string,
): Promise<void> {
  const row = (await findChat(ctx.db, chatId))!
  const permissions = [...grantOf(row, await grantsIn(ctx.db, row), subject)]
  await ctx.append(permissionsChanged, chatId, { chatId, subject, permissions })
}

export const getPermissions: Handler<Operations['getPermissions']> = async (ctx, { subject }) => {
  const { chat: row } = grantedChat(ctx)
  const held = heldBy(ctx)
  const { username } = ctx.caller
  const { subjects } = await factsOf(ctx, row, username)
  const grants = await grantsIn(ctx.db, row)
  const permissions = shownGrants(ctx, {
    subject,
    always: ['world', 'members'],
    own: ['members', `user:${username}`, ...subjects],
    held,
    grants,
    grantOf: (each) => grantOf(row, grants, each),
  })
  return { permissions, mine: ordered(vocabulary, held) }
}

export const setPermissions: Handler<Operations['setPermissions']> = async (ctx, input) => {
  const { subject, permissions, replace } = input
  const row = decidable(ctx)
  const before = grantOf(row, await grantsIn(ctx.db, row), subject)
  return regrant(ctx, row, {
    subject,
    before,
    after: replace ? permissions : [...before, ...permissions],
  })
}

export const removePermissions: Handler<Operations['removePermissions']> = async (
  ctx,
  { subject, permissions },
) => {
  const row = decidable(ctx)
  const before = grantOf(row, await grantsIn(ctx.db, row), subject)
  const after = permissions ? before.filter((each) => !permissions.includes(each)) : []
  return regrant(ctx, row, { subject, before, after })
}

async function regrant(
  ctx: DecidingContext & TellContext,
  row: ChatRow,
  { subject, ...change }: Omit<Regrant<ChatPermission>, 'held'> & { subject: string },
): Promise<{ subject: string; permissions: ChatPermission[] }> {
  const { permissions, isNew } = regranted(ctx, vocabulary, { ...change, held: heldBy(ctx) })
  if (isNew) {
    await saveGrant(ctx.db, row, { subject, permissions })
    await tellPermissions(ctx, row.chat_id, subject)
    await ctx.audit('chat.set_permissions', row.chat_id, { subject, permissions })
  }
  return { subject, permissions }
}

export const setMemberRole: Handler<Operations['setMemberRole']> = async (
  ctx,
  { chatId, username, role },
) => {
  const row = decidable(ctx)
  if (row.kind === 'room') ctx.fail('invalid_payload', { reason: 'not_in_rooms', path: 'chatId' })
  const member = await findMember(ctx.db, chatId, username)
  if (!member) return ctx.fail('not_found', { username })
  if (member.role === role) return {}
  // Oneself included: an owner may step back as long as there is another.
  if (username !== ctx.caller.username) await judged(ctx, row, username)
  const missing = chatPermissions.find((each) => isPower(each) && !heldBy(ctx).has(each))
  if (missing) ctx.fail('forbidden', { permission: missing })
  if (role === 'member') await assertNotLastOwner(ctx, row, member)
  else if ((await findUser(ctx.db, username))?.role === 'guest')
    ctx.fail('forbidden', { reason: 'guest' })
  await setRole(ctx.db, { chatId, username, role })
  await tellPermissions(ctx, chatId, `user:${username}`)
  await ctx.audit('chat.set_member_role', chatId, { username, role })
  return {}
}

/**
 * Who is in a group changed, or with `gone` the group is no more: whatever is granted to it is told, and whoever read by
 * it alone reads no more.
 */
export async function groupChanged(
  ctx: TellContext,
  group: string,
  { gone = false }: { gone?: boolean } = {},
): Promise<void> {
  const subject = `group:${group}`
  for (const { chatId } of await grantsTo(ctx.db, subject)) {
    const row = await findChat(ctx.db, chatId)
    if (!row) continue
    if (gone) await saveGrant(ctx.db, row, { subject, permissions: [] })
    await tellPermissions(ctx, chatId, subject)
  }
}
