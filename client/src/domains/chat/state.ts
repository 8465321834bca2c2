import type { Chat, ErrorShape, Message, OutputOf } from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../state.ts'
import { initialChat, type ChatState } from './model.ts'

/** What is on its way, as the outbox has it. */
export const withPending = (
  state: CollabState,
  chatId: string,
  pending: ChatState['pending'],
): CollabState => patchChat(state, chatId, (chat) => ({ ...chat, pending }))

type History = OutputOf<'chat.readHistory'>

/** Changes one chat; nothing happens for one that is not open. */
export function patchChat(
  state: CollabState,
  chatId: string,
  patch: (chat: ChatState) => ChatState,
): CollabState {
  const before = state.chats[chatId]
  const after = before && patch(before)
  if (!after || after === before) return state
  return { ...state, chats: { ...state.chats, [chatId]: after } }
}

/** The newest page replaces what was held; older pages can be added again. */
export function loaded(state: ChatState, chat: Chat, history: History): ChatState {
  const { error: _error, olderError: _olderError, ...rest } = state
  const wasShown = state.messages.length > 0
  return confirm(
    {
      ...rest,
      status: 'ready',
      chat,
      messages: history.items,
      hasOlder: history.nextCursor !== undefined,
      loadingOlder: false,
      typing: [],
      discontinuity: state.discontinuity + (wasShown ? 1 : 0),
    },
    history.items,
  )
}

/** Adds the page before the oldest message. */
export function prepended(state: ChatState, history: History): ChatState {
  const { olderError: _olderError, ...rest } = state
  const oldest = state.messages[0]?.seq ?? Infinity
  const older = history.items.filter((message) => message.seq < oldest)
  return {
    ...rest,
    loadingOlder: false,
    hasOlder: history.nextCursor !== undefined && older.length > 0,
    messages: older.length ? [...older, ...state.messages] : state.messages,
  }
}

/** A chat that may not be read, and nothing of it. */
export function refused(state: ChatState, error: ErrorShape): ChatState {
  const { chatId, pending, draft, discontinuity } = state
  return { ...initialChat(chatId), pending, draft, discontinuity, status: 'refused', error }
}

/** A chat that nobody looks at: only what was not sent stays. */
export function released(state: ChatState): ChatState {
  const { chatId, pending, draft, discontinuity } = state
  return { ...initialChat(chatId), pending, draft, discontinuity }
}

/** Own read mark, from here or another device; it never moves back. */
export function readTo(state: ChatState, mark: { readSeq: number; readNumber: number }): ChatState {
  const { chat } = state
  if (!chat?.membership || mark.readNumber < chat.membership.readNumber) return state
  const { readSeq, readNumber } = mark
  const unread = Math.max(0, chat.lastNumber - readNumber)
  return {
    ...state,
    chat: { ...chat, membership: { ...chat.membership, readSeq, readNumber, unread } },
  }
}

export function withTyping(state: ChatState, username: string, typing: boolean): ChatState {
  if (state.typing.includes(username) === typing) return state
  return {
    ...state,
    typing: typing ? [...state.typing, username] : state.typing.filter((each) => each !== username),
  }
}

/** Confirmed messages take the place of their pending ones. */
function confirm(state: ChatState, messages: readonly Message[]): ChatState {
  if (!state.pending.length) return state
  const confirmed = new Set(messages.map((message) => message.clientMessageId))
  const pending = state.pending.filter((each) => !confirmed.has(each.clientMessageId))
  return pending.length === state.pending.length ? state : { ...state, pending }
}

/** An event that the snapshot does not hold yet changes it. */
function patchSnapshot(
  state: ChatState,
  seq: number | undefined,
  patch: (chat: Chat) => Chat,
): ChatState {
  const { chat } = state
  if (!chat || (seq !== undefined && seq <= chat.head)) return state
  const after = patch(chat)
  return { ...state, chat: seq === undefined ? after : { ...after, head: seq } }
}

const counted = (chat: Chat, by: number): Chat => ({
  ...chat,
  memberCount: Math.max(0, chat.memberCount + by),
})

function sent(state: ChatState, message: Message, me: string | undefined): ChatState {
  const own = message.sender === me
  let next = patchSnapshot(state, message.seq, (chat) => ({
    ...chat,
    lastNumber: message.number,
    lastMessage: message,
    ...(chat.membership && {
      membership: {
        ...chat.membership,
        unread: Math.max(0, message.number - chat.membership.readNumber),
      },
    }),
  }))
  // Who writes has read.
  if (own)
    next = confirm(readTo(next, { readSeq: message.seq, readNumber: message.number }), [message])
  next = withTyping(next, message.sender, false)
  const isNew = message.seq > (next.messages.at(-1)?.seq ?? 0)
  return isNew ? { ...next, messages: [...next.messages, message] } : next
}

/** Every event of the chat, typed by the contract: a new one does not compile until it is applied. */
export const chatEvents: Appliers<'chat'> = {
  'chat.messageSent': (state, { data }) =>
    patchChat(state, data.chatId, (chat) => sent(chat, data, state.username)),
  'chat.memberJoined': (state, { data, seq }) =>
    patchChat(state, data.chatId, (chat) =>
      patchSnapshot(chat, seq, (snapshot) => counted(snapshot, 1)),
    ),
  'chat.memberAdded': (state, { data, seq }) =>
    patchChat(state, data.chatId, (chat) =>
      patchSnapshot(chat, seq, (snapshot) => counted(snapshot, 1)),
    ),
  'chat.memberLeft': (state, { data, seq }) =>
    patchChat(state, data.chatId, (chat) =>
      withTyping(
        patchSnapshot(chat, seq, (snapshot) => counted(snapshot, -1)),
        data.username,
        false,
      ),
    ),
  'chat.typingChanged': (state, { data }) =>
    data.username === state.username
      ? state
      : patchChat(state, data.chatId, (chat) => withTyping(chat, data.username, data.typing)),
  // Others' read marks are shown by nothing yet; whoever wants them listens to the event.
  'chat.readMarked': (state) => state,
  'chat.chatAdded': (state, { data }) =>
    patchChat(state, data.chatId, (chat) =>
      chat.chat && data.head >= chat.chat.head && data.membership
        ? {
            ...chat,
            chat: { ...chat.chat, membership: data.membership, permissions: data.permissions },
          }
        : chat,
    ),
  'chat.chatLeft': (state, { data }) =>
    patchChat(state, data.chatId, (chat) => {
      if (!chat.chat) return chat
      const { membership: _membership, ...snapshot } = chat.chat
      return { ...chat, chat: snapshot }
    }),
  'chat.readMoved': (state, { data }) =>
    patchChat(state, data.chatId, (chat) => readTo(chat, data)),
}
