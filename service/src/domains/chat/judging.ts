import type { ReadContext, Refusing, Traces } from '../../kernel/context.ts'
import { findUser } from '../users/index.ts'
import { grantedChat, type ChatResource } from './access.ts'
import { factsOf } from './grants.ts'
import { isPower, permissionsIn } from './rules.ts'
import { findMember, ownersOf, type ChatRow, type MemberRow } from './store.ts'

/** What every operation has by which a person decides about a chat, or about another person in it. */
export type DecidingContext = Pick<ReadContext, 'db' | 'now' | 'caller' | 'resource'> &
  Pick<Traces, 'audit'> &
  Refusing

/** The chat, which is not a direct one: nothing about those is decided by anybody. */
export function decidable(ctx: DecidingContext): ChatRow {
  const { chat: row } = grantedChat(ctx)
  if (row.kind === 'direct') ctx.fail('forbidden', { reason: 'direct_chats_are_fixed' })
  return row
}

/** What the caller holds in the chat that the operation was allowed on. */
export const heldBy = ({ resource }: Pick<ReadContext, 'resource'>): ChatResource['permissions'] =>
  (resource as ChatResource).permissions

/**
 * The person whom the caller decides about, with their membership. Nobody decides about oneself, or about one who holds
 * what they do not hold themselves.
 */
export async function judged(
  ctx: DecidingContext,
  row: ChatRow,
  username: string,
): Promise<MemberRow | undefined> {
  const person = await findUser(ctx.db, username)
  if (!person || person.deleted_at !== null) return ctx.fail('not_found', { username })
  if (username === ctx.caller.username)
    ctx.fail('invalid_payload', { reason: 'oneself', path: 'username' })
  const member = await findMember(ctx.db, row.chat_id, username)
  // As if nothing was in force against them: who is banned by one above is not let in by one below.
  const facts = { ...(await factsOf(ctx, row, username)), sanctions: new Set<never>() }
  const held = heldBy(ctx)
  for (const each of permissionsIn(row, { member, caller: person, facts })) {
    if (isPower(each) && !held.has(each)) ctx.fail('forbidden', { permission: each })
  }
  return member
}

/** A chat with owners keeps one. */
export async function assertNotLastOwner(
  ctx: DecidingContext,
  { chat_id: chatId }: ChatRow,
  member: MemberRow,
): Promise<void> {
  if (member.role !== 'owner') return
  const owners = await ownersOf(ctx.db, chatId)
  if (owners.length < 2) ctx.fail('forbidden', { reason: 'last_owner' })
}
