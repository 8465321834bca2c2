import { chat, chatStream, type Chat } from '@collab-kit/protocol'
import type { Emitter, ReadContext } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import {
  deleteMember,
  findChat,
  findMember,
  insertChat,
  insertMember,
  type ChatRow,
} from './store.ts'
import { chatView } from './views.ts'
import { endVisits } from './visits.ts'

const { chatAdded, chatLeft, memberAdded, memberJoined, memberLeft, memberRemoved } = chat.events

type Base = Pick<ReadContext, 'db' | 'caller' | 'head' | 'now'>
export type AdmitContext = Base &
  Emitter<typeof chatAdded | typeof memberAdded | typeof memberJoined>
type DismissContext = Base & Emitter<typeof memberLeft | typeof chatLeft>
type PutOutContext = Base & Emitter<typeof memberRemoved | typeof chatLeft>

export type NewChat = Pick<ChatRow, 'chat_id' | 'kind' | 'visibility'> &
  Partial<Pick<ChatRow, 'history_visibility' | 'name' | 'topic' | 'created_by'>>

/** Adds the chat; nothing when its id is taken. */
export async function makeChat(
  ctx: Pick<ReadContext, 'db' | 'now'>,
  chat: NewChat,
): Promise<ChatRow | undefined> {
  const row: ChatRow = {
    history_visibility: 'all',
    name: null,
    topic: null,
    created_by: null,
    ...chat,
    key: newId(10),
    created_at: ctx.now,
    member_count: 0,
    last_number: 0,
    last_seq: 0,
    last_at: ctx.now,
    guarded: 0,
    removed_at: null,
  }
  return (await insertChat(ctx.db, row)) ? row : undefined
}

export interface Admission {
  username: string
  role?: 'owner' | 'member'
  /** Made a member by somebody else. */
  added?: boolean
}

/**
 * Makes a person a member. In a lasting chat this is an event of its log; a room only tells those who are in. What was
 * said before is taken as read: unread counts what came since.
 */
export async function admit(ctx: AdmitContext, chat: ChatRow, admission: Admission): Promise<void> {
  const { username, role = 'member', added = false } = admission
  const { chat_id: chatId, last_number: readNumber, last_seq: readSeq } = chat
  const row = {
    chat_id: chatId,
    username,
    role,
    joined_at: ctx.now,
    read_number: readNumber,
    read_seq: readSeq,
  }
  const data = { chatId, username }
  if (chat.kind === 'room') {
    await insertMember(ctx.db, { ...row, joined_seq: (await ctx.head(chatStream(chatId))) + 1 })
    ctx.tell(memberJoined, chatId, data)
    return
  }
  const seq = await ctx.append(added ? memberAdded : memberJoined, chatId, data)
  await insertMember(ctx.db, { ...row, joined_seq: seq })
  await ctx.append(chatAdded, username, await viewFor(ctx, chat, username))
}

/** Ends a membership. */
export async function dismiss(ctx: DismissContext, chat: ChatRow, username: string): Promise<void> {
  await deleteMember(ctx.db, chat.chat_id, username)
  const data = { chatId: chat.chat_id, username }
  if (chat.kind === 'room') {
    ctx.tell(memberLeft, chat.chat_id, data)
    return
  }
  await ctx.append(memberLeft, chat.chat_id, data)
  await ctx.append(chatLeft, username, { chatId: chat.chat_id })
}

/** Ends the membership of one who is put out. */
export async function putOut(
  ctx: PutOutContext,
  { chat_id: chatId, kind }: ChatRow,
  { username, banned, reason }: { username: string; banned: boolean; reason: string | undefined },
): Promise<void> {
  await deleteMember(ctx.db, chatId, username)
  await endVisits(ctx.db, chatId, username)
  const data = { chatId, username, banned, ...(reason !== undefined && { reason }) }
  if (kind === 'room') {
    ctx.tell(memberRemoved, chatId, data)
    return
  }
  await ctx.append(memberRemoved, chatId, data)
  await ctx.append(chatLeft, username, { chatId })
}

/** A chat as a new member is told of it: what was said last stays where it was said. */
async function viewFor(
  ctx: Base,
  chat: ChatRow,
  username: string,
): Promise<Omit<Chat, 'lastMessage'>> {
  const fresh = (await findChat(ctx.db, chat.chat_id)) ?? chat
  const mine = await findMember(ctx.db, chat.chat_id, username)
  const { db, head, now } = ctx
  const { lastMessage: _last, ...view } = await chatView(
    { db, head, now, caller: { username, role: 'user' } },
    fresh,
    mine,
  )
  return view
}
