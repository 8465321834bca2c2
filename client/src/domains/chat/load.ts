import type { Chat, OutputOf } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol/runtime'
import type { Calls } from '../../calls/calls.ts'

export interface Snapshot {
  chat: Chat
  history: OutputOf<'chat.readHistory'>
  /** Everything up to here is in the snapshot. */
  seq: number
  /** The stream reaches to here at least. */
  head: number
  /** The stream was joined by this connection, not by being a member. */
  joined: boolean
}

/**
 * Joins what may be joined and reads the chat with its newest page. A member needs one round trip; whoever becomes one
 * reads the page again, for now there may be more to see.
 */
export async function loadChat(calls: Calls, chatId: string): Promise<Snapshot> {
  const early = calls.call('chat.readHistory', { chatId })
  // Judged below, if at all.
  early.catch(() => {})
  let chat = await calls.call('chat.getChat', { chatId })
  let history = early
  let joinedHead: number | undefined
  if (mustJoin(chat)) {
    chat = await calls.call('chat.joinChat', { chatId })
    history = calls.call('chat.readHistory', { chatId })
  } else if (!chat.membership) {
    joinedHead = (await calls.call('streams.join', { stream: chatStream(chatId) })).head
  }
  const page = await history
  return {
    chat,
    history: page,
    seq: Math.min(chat.head, page.head),
    head: Math.max(chat.head, page.head, joinedHead ?? 0),
    joined: joinedHead !== undefined,
  }
}

/** One is in a room by each connection anew, in the others once for all. */
const mustJoin = ({ kind, membership, permissions }: Chat) =>
  (kind === 'room' || !membership) && permissions.includes('join')
