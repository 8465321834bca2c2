import type { Chat, ChatPermission, Membership, Message } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { permissionsIn, hiddenUpTo } from './rules.ts'
import { findMember, memberNames, messageAt, type ChatRow, type MemberRow } from './store.ts'

/** A chat as the caller sees it. */
export async function chatView(
  ctx: Pick<ReadContext, 'db' | 'caller' | 'head'>,
  chat: ChatRow,
  mine?: MemberRow,
): Promise<Chat> {
  const member = mine ?? (await findMember(ctx.db, chat.chat_id, ctx.caller.username))
  const lastMessage = await lastVisible(ctx, chat, member)
  const members = chat.kind === 'direct' ? await memberNames(ctx.db, chat.chat_id) : undefined
  const permissions: ChatPermission[] = [...permissionsIn(chat, member, ctx.caller)]
  return {
    chatId: chat.chat_id,
    kind: chat.kind,
    visibility: chat.visibility,
    historyVisibility: chat.history_visibility,
    ...(chat.name !== null && { name: chat.name }),
    ...(chat.topic !== null && { topic: chat.topic }),
    ...(chat.created_by !== null && { createdBy: chat.created_by }),
    createdAt: chat.created_at,
    memberCount: chat.member_count,
    ...(members && { members }),
    lastNumber: chat.last_number,
    ...(lastMessage && { lastMessage }),
    head: await ctx.head(chatStream(chat.chat_id)),
    ...(member && { membership: membershipView(chat, member) }),
    permissions,
  }
}

async function lastVisible(
  { db, caller }: Pick<ReadContext, 'db' | 'caller'>,
  chat: ChatRow,
  member: MemberRow | undefined,
): Promise<Message | undefined> {
  const readable = member || caller.role === 'admin' || chat.kind === 'channel'
  if (!readable || chat.last_seq === 0 || chat.last_seq <= hiddenUpTo(chat, member))
    return undefined
  return messageAt(db, chat.chat_id, chat.last_seq)
}

export const membershipView = (chat: ChatRow, member: MemberRow): Membership => ({
  role: member.role,
  joinedAt: member.joined_at,
  readNumber: member.read_number,
  readSeq: member.read_seq,
  unread: Math.max(0, chat.last_number - member.read_number),
})
