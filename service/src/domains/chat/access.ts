import { parseStreamKey, chatStream, type ChatPermission } from '@collab-kit/protocol'
import type { ReadContext, Resource } from '../../kernel/context.ts'
import { permissionsIn, hiddenUpTo } from './rules.ts'
import { chatIdsOf, findChat, findMember, type ChatRow, type MemberRow } from './store.ts'

/** The chat that access was granted on. */
export interface ChatResource extends Resource {
  permissions: ReadonlySet<ChatPermission>
  row: { chat: ChatRow; mine: MemberRow | undefined }
}

/** A chat as the caller may know it; nothing when it is absent or private, which look the same. */
export async function chatAccess(
  ctx: ReadContext,
  chatId: string,
): Promise<ChatResource | undefined> {
  const chat = await findChat(ctx.db, chatId)
  if (!chat) return undefined
  const mine = await findMember(ctx.db, chatId, ctx.caller.username)
  const permissions = permissionsIn(chat, mine, ctx.caller)
  if (permissions.size === 0 && !mine) return undefined
  return { permissions, member: mine !== undefined, row: { chat, mine } }
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
  const access = await chatAccess(ctx, chatId)
  if (!access || !mayRead(access, ctx)) return undefined
  const { chat, mine } = access.row
  return { from: hiddenUpTo(chat, mine) }
}

export function mayRead(
  { member, row }: ChatResource,
  { caller }: Pick<ReadContext, 'caller'>,
): boolean {
  if (member || caller.role === 'admin') return true
  return row.chat.kind === 'channel' && row.chat.history_visibility === 'all'
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
