import type { Chat, chat, Output, Parsed } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor, firstFitting, jsonBytes } from '../../kernel/pages.ts'
import { blockedBy } from '../users/index.ts'
import { mayRead, grantedChat, type ChatResource } from './access.ts'
import { listChatRows, listMemberRows, type ListPosition } from './store.ts'
import { chatView } from './views.ts'

type ListChats = typeof chat.operations.listChats
type ListMembers = typeof chat.operations.listMembers

export async function listChats(
  ctx: Context<ListChats>,
  input: Parsed<ListChats>,
): Promise<Output<ListChats>> {
  const limit = Math.min(input.limit, ctx.policy.limits.pageItems)
  const after = input.cursor === undefined ? undefined : toPosition(decodeCursor(input.cursor))
  if (input.cursor !== undefined && !after)
    ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  const rows = await listChatRows(ctx.db, {
    username: ctx.caller.username,
    kinds: input.kinds ?? [],
    after,
    limit: limit + 1,
  })
  const views: Chat[] = []
  for (const row of rows.slice(0, limit)) {
    const view = await chatView(ctx, row)
    if (!(await isUnheard(ctx, view))) views.push(view)
  }
  const items = firstFitting(views, ctx.policy.limits.pageBytes, jsonBytes)
  const end = items.at(-1)?.chatId
  const next =
    items.length < views.length ? rows.findIndex(({ chat_id: id }) => id === end) : limit - 1
  const last = next < rows.length - 1 ? rows[next] : undefined
  return { items, ...(last && { nextCursor: encodeCursor([last.last_at, last.chat_id]) }) }
}

/** A direct chat with somebody whom the caller hears nothing of, in which there is nothing else. */
async function isUnheard(
  { db, caller }: Context<ListChats>,
  { kind, lastMessage, members = [] }: Chat,
): Promise<boolean> {
  if (kind !== 'direct' || lastMessage) return false
  const blocked = new Set(await blockedBy(db, caller.username))
  return members.every((each) => each === caller.username || blocked.has(each))
}

function toPosition(value: unknown): ListPosition | undefined {
  if (!Array.isArray(value)) return undefined
  const [at, chatId] = value as unknown[]
  return typeof at === 'string' && typeof chatId === 'string' ? { at, chatId } : undefined
}

export async function listMembers(
  ctx: Context<ListMembers>,
  input: Parsed<ListMembers>,
): Promise<Output<ListMembers>> {
  if (!mayRead(ctx.resource as ChatResource, ctx)) ctx.fail('forbidden', { reason: 'not_a_member' })
  const { chat } = grantedChat(ctx)
  const limit = Math.min(input.limit, ctx.policy.limits.pageItems)
  const after = input.cursor === undefined ? '' : decodeCursor(input.cursor)
  if (typeof after !== 'string')
    return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  const rows = await listMemberRows(ctx.db, { chatId: chat.chat_id, after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => ({
      username: row.username,
      displayName: row.display_name ?? row.username,
      guest: row.user_role === 'guest',
      ...(row.picture !== null && { picture: row.picture }),
      role: row.role,
      joinedAt: row.joined_at,
    })),
    ...(rows.length > limit && last && { nextCursor: encodeCursor(last.username) }),
    total: chat.member_count,
  }
}
