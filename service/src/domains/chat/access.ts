import { parseStreamKey, chatStream, CollabError, type ChatPermission } from '@collab-kit/protocol'
import type { ReadContext, Resource } from '../../kernel/context.ts'
import { factsOf } from './grants.ts'
import { permissionsIn, hiddenUpTo, isOpen } from './rules.ts'
import { chatIdsOf, findChat, findMember, type ChatRow, type MemberRow } from './store.ts'

/** The chat that access was granted on. */
export interface ChatResource extends Resource {
  permissions: ReadonlySet<ChatPermission>
  row: { chat: ChatRow; mine: MemberRow | undefined }
}

/**
 * A chat as the caller may know it; nothing when it is absent or private, which look the same.
 * @throws CollabError `forbidden` to one who is banned from what everybody else sees
 */
export async function chatAccess(
  ctx: ReadContext,
  chatId: string,
): Promise<ChatResource | undefined> {
  const access = await lookUp(ctx, chatId)
  if (access !== 'banned') return access
  throw new CollabError('forbidden', { details: { reason: 'banned' } })
}

/** The same, where a chat that one is banned from is none. */
export async function visibleChat(
  ctx: ReadContext,
  chatId: string,
): Promise<ChatResource | undefined> {
  const access = await lookUp(ctx, chatId)
  return access === 'banned' ? undefined : access
}

async function lookUp(
  ctx: ReadContext,
  chatId: string,
): Promise<ChatResource | 'banned' | undefined> {
  const chat = await findChat(ctx.db, chatId)
  if (!chat) return undefined
  const mine = await findMember(ctx.db, chatId, ctx.caller.username)
  const facts = await factsOf(ctx, chat, ctx.caller.username)
  const permissions = permissionsIn(chat, { member: mine, caller: ctx.caller, facts })
  if (permissions.size > 0 || mine) {
    return { permissions, member: mine !== undefined, row: { chat, mine } }
  }
  const pardoned = { ...facts, sanctions: new Set<never>() }
  const isKnown =
    permissionsIn(chat, { member: mine, caller: ctx.caller, facts: pardoned }).size > 0
  return isKnown && isOpen(chat) ? 'banned' : undefined
}

/** The chat that the operation was allowed on. */
export function grantedChat({ resource }: Pick<ReadContext, 'resource'>): ChatResource['row'] {
  if (!resource) throw new Error('no chat was authorised')
  return (resource as ChatResource).row
}

/** Whether and from where on the caller may read a chat's stream. Rooms are read from inside only. */
export async function readableChat(
  ctx: ReadContext,
  chatId: string,
): Promise<{ from: number } | undefined> {
  const access = await visibleChat(ctx, chatId)
  if (!access || !mayRead(access, ctx)) return undefined
  const { chat, mine } = access.row
  return { from: hiddenUpTo(chat, mine) }
}

/** Members and admins read; who may join a channel reads it before, unless its history begins with joining. */
export function mayRead(
  { member, permissions, row }: ChatResource,
  { caller }: Pick<ReadContext, 'caller'>,
): boolean {
  if (member || caller.role === 'admin') return true
  const { kind, history_visibility: history } = row.chat
  return kind === 'channel' && history === 'all' && permissions.has('join')
}

/** Those of these streams that are chats the caller may read. */
export async function readableChats(
  ctx: ReadContext,
  streams: readonly string[],
): Promise<string[]> {
  const allowed: string[] = []
  for (const stream of streams) {
    const key = parseStreamKey(stream)
    if (key?.kind === 'chat' && (await readableChat(ctx, key.id[0] ?? ''))) allowed.push(stream)
  }
  return allowed
}

/** Streams of the chats that the caller is a member of. */
export async function chatStreamsOf({ db, caller }: ReadContext): Promise<string[]> {
  return (await chatIdsOf(db, caller.username)).map(chatStream)
}
