import type { Chat, ErrorShape, EventItem, Message } from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../state.ts'
import type { Snapshot } from './load.ts'
import { initialChat, type ChatState } from './model.ts'
import { replaced } from './window.ts'

/** A change of one chat; nothing happens for one that is not open. */
export const patchChat =
  (chatId: string, patch: (chat: ChatState) => ChatState) =>
  (state: CollabState): CollabState => {
    const before = Object.hasOwn(state.chats, chatId) ? state.chats[chatId] : undefined
    const after = before && patch(before)
    if (!after || after === before) return state
    return { ...state, chats: { ...state.chats, [chatId]: after } }
  }

/**
 * A chat with its newest page, which replaces what was held.
 * @param keep What is held is still true: a window that ends before the newest message stays where it is.
 */
export function loaded(
  state: ChatState,
  { chat, history }: Pick<Snapshot, 'chat' | 'history'>,
  keep = false,
): ChatState {
  const { error: _error, ...rest } = keep && state.hasNewer ? state : replaced(state, history)
  const discontinuity = state.messages.length ? rest.discontinuity : state.discontinuity
  return { ...rest, status: 'ready', chat, typing: [], discontinuity }
}

/** A chat that nobody looks at: only what was not sent stays. */
export function released(state: ChatState): ChatState {
  const { chatId, pending, draft, discontinuity } = state
  return { ...initialChat(chatId), pending, draft, discontinuity }
}

/** A chat that may not be read, and nothing of it. */
export const refused = (state: ChatState, error: ErrorShape): ChatState => ({
  ...released(state),
  status: 'refused',
  error,
})

/** Own read mark, from here or another device; it never moves back. */
export function readTo(state: ChatState, mark: { readSeq: number; readNumber: number }): ChatState {
  const { chat } = state
  if (!chat?.membership || mark.readNumber < chat.membership.readNumber) return state
  const { readSeq, readNumber } = mark
  const unread = Math.min(chat.membership.unread, Math.max(0, chat.lastNumber - readNumber))
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

const counted = (seq: number | undefined, by: number) => (state: ChatState) =>
  patchSnapshot(state, seq, (chat) => ({
    ...chat,
    memberCount: Math.max(0, chat.memberCount + by),
  }))

function sent(state: ChatState, message: Message, me: string | undefined): ChatState {
  const own = message.sender === me
  let next = patchSnapshot(state, message.seq, (chat) => ({
    ...chat,
    lastNumber: message.number,
    lastMessage: message,
    ...(chat.membership && {
      membership: {
        ...chat.membership,
        // What is withheld has a number, and is not to be read.
        unread: chat.membership.unread + Number(message.number > chat.membership.readNumber),
      },
    }),
  }))
  // Who writes has read.
  if (own) next = readTo(next, { readSeq: message.seq, readNumber: message.number })
  next = withTyping(next, message.sender, false)
  const isNew = !next.hasNewer && message.seq > (next.messages.at(-1)?.seq ?? 0)
  return isNew ? { ...next, messages: [...next.messages, message] } : next
}

const left: Appliers<'chat'>['chat.memberLeft'] = (state, { data, seq }) =>
  patchChat(data.chatId, (chat) => withTyping(counted(seq, -1)(chat), data.username, false))(state)

/** The chat says this of itself from here on; what it says no more goes. */
const described =
  (key: 'name' | 'topic') =>
  (state: CollabState, { data, seq }: EventItem<Pick<Chat, 'chatId' | 'name' | 'topic'>>) =>
    patchChat(data.chatId, (each) =>
      patchSnapshot(each, seq, ({ [key]: _before, ...chat }) => ({ ...chat, ...data })),
    )(state)

/** Every event of the chat, typed by the contract: a new one does not compile until it is applied. */
export const chatEvents: Appliers<'chat'> = {
  'chat.messageSent': (state, { data }) =>
    patchChat(data.chatId, (chat) => sent(chat, data, state.username))(state),
  'chat.memberJoined': (state, { data, seq }) => patchChat(data.chatId, counted(seq, 1))(state),
  'chat.memberAdded': (state, { data, seq }) => patchChat(data.chatId, counted(seq, 1))(state),
  'chat.memberLeft': left,
  'chat.memberRemoved': left,
  'chat.nameChanged': described('name'),
  'chat.topicChanged': described('topic'),
  // What it comes to for the reader is asked; the end of a chat is told by the end of its stream.
  'chat.permissionsChanged': (state) => state,
  'chat.chatRemoved': (state) => state,
  'chat.typingChanged': (state, { data }) =>
    data.username === state.username
      ? state
      : patchChat(data.chatId, (chat) => withTyping(chat, data.username, data.typing))(state),
  // Others' read marks are shown by nothing yet; whoever wants them listens to the event.
  'chat.readMarked': (state) => state,
  'chat.chatAdded': (state, { data }) =>
    patchChat(data.chatId, (chat) =>
      chat.chat && data.head >= chat.chat.head && data.membership
        ? {
            ...chat,
            chat: { ...chat.chat, membership: data.membership, permissions: data.permissions },
          }
        : chat,
    )(state),
  'chat.chatLeft': (state, { data }) =>
    patchChat(data.chatId, (chat) => {
      if (!chat.chat) return chat
      const { membership: _membership, ...snapshot } = chat.chat
      return { ...chat, chat: snapshot }
    })(state),
  'chat.readMoved': (state, { data }) =>
    patchChat(data.chatId, (chat) => readTo(chat, data))(state),
}
