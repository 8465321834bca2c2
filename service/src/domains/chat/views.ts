import type { Chat, Membership, Message } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { ordered } from '../../kernel/grants.ts'
import { blockedBy } from '../users/index.ts'
import { mayRead } from './access.ts'
import { permissionsOf } from './grants.ts'
import { hiddenUpTo, vocabulary } from './rules.ts'
import {
  countFrom,
  findMember,
  memberNames,
  messagesBefore,
  type ChatRow,
  type MemberRow,
} from './store.ts'

type ViewContext = Pick<ReadContext, 'db' | 'caller' | 'head' | 'now'>

/** A chat as the caller sees it. */
export async function chatView(ctx: ViewContext, chat: ChatRow, mine?: MemberRow): Promise<Chat> {
  const member = mine ?? (await findMember(ctx.db, chat.chat_id, ctx.caller.username))
  const permissions = await permissionsOf(ctx, chat, { member, caller: ctx.caller })
  const access = { permissions, member: member !== undefined, row: { chat, mine: member } }
  const lastMessage = mayRead(access, ctx) ? await lastVisible(ctx, chat, member) : undefined
  const members = chat.kind === 'direct' ? await memberNames(ctx.db, chat.chat_id) : undefined
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
    // Up to what the reader may know of: beyond are only those whom they have blocked.
    lastNumber: lastMessage?.number ?? chat.last_number,
    ...(lastMessage && { lastMessage }),
    head: await ctx.head(chatStream(chat.chat_id)),
    ...(member && { membership: await membershipView(ctx, chat, member) }),
    permissions: ordered(vocabulary, permissions),
  }
}

async function lastVisible(
  { db, caller }: Pick<ReadContext, 'db' | 'caller'>,
  chat: ChatRow,
  member: MemberRow | undefined,
): Promise<Message | undefined> {
  const from = hiddenUpTo(chat, member)
  if (chat.last_seq === 0 || chat.last_seq <= from) return undefined
  const { chat_id: chatId, last_seq: last } = chat
  const reader = caller.username
  const [found] = await messagesBefore(db, { chatId, reader, before: last + 1, from, limit: 1 })
  return found?.message
}

export async function membershipView(
  ctx: Pick<ReadContext, 'db'>,
  chat: ChatRow,
  member: MemberRow,
): Promise<Membership> {
  return {
    role: member.role,
    joinedAt: member.joined_at,
    readNumber: member.read_number,
    readSeq: member.read_seq,
    unread: await unreadOf(ctx, chat, member),
  }
}

/** Messages after the read mark, but for those that the reader hears nothing of. */
async function unreadOf(
  { db }: Pick<ReadContext, 'db'>,
  { chat_id: chatId, last_number: last }: ChatRow,
  { username, read_number: read, read_seq: after }: MemberRow,
): Promise<number> {
  if (last <= read) return 0
  const senders = await blockedBy(db, username)
  return Math.max(0, last - read - (await countFrom(db, { chatId, senders, after })))
}
