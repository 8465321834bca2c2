import { chat, chatStream, userStream } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'

const { chatLeft } = chat.events

/** A stream that somebody reads as a member. */
export interface MemberStream {
  stream: string
  /** What they may count on comes after this position. */
  after: number
  /** Whether the membership leaves no trace in the log. */
  passing: boolean
}

/** Streams of the chats that the caller is a member of, with where the membership began. */
export async function memberStreamsOf({ db, caller }: ReadContext): Promise<MemberStream[]> {
  const rows = await db
    .selectFrom('members')
    .innerJoin('chats', 'chats.chat_id', 'members.chat_id')
    .select(['members.chat_id', 'members.joined_seq', 'chats.kind'])
    .where('members.username', '=', caller.username)
    .execute()
  return rows.map((row) => ({
    stream: chatStream(row.chat_id),
    after: row.joined_seq - 1,
    passing: row.kind === 'room',
  }))
}

/** Streams of the chats that the caller has left, by what their own stream tells after a position. */
export async function chatStreamsLeft({ db, caller }: ReadContext, seq: number): Promise<string[]> {
  const rows = await db
    .selectFrom('log')
    .select('data')
    .where('stream', '=', userStream(caller.username))
    .where('seq', '>', seq)
    .where('name', '=', chatLeft.name)
    .execute()
  return rows.map(({ data }) => chatStream((JSON.parse(data) as { chatId: string }).chatId))
}
