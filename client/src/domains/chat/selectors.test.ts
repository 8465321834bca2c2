import { expect, it } from 'vitest'
import { initialState } from '../../state.ts'
import { toChat, toMessage } from '../../testing/fixtures.ts'
import { initialChat, type ChatState } from './model.ts'
import {
  selectChat,
  selectMessages,
  selectPending,
  selectTyping,
  selectUnread,
} from './selectors.ts'

const lists = [selectChat, selectMessages, selectPending, selectTyping]

it('a chat that nobody opened is idle and empty, and the same each time', () => {
  const [one, another] = [initialState(0), initialState(1)]
  expect(selectChat(one, 'a')).toMatchObject({ chatId: 'a', status: 'idle' })
  for (const select of lists) expect(select(one, 'a')).toBe(select(another, 'a'))
  expect(selectUnread(one, 'a')).toBe(0)
})

it('a chat gives its own parts, and no copies of them', () => {
  const membership = { role: 'member', joinedAt: '', readNumber: 1, readSeq: 1, unread: 2 } as const
  const chat: ChatState = {
    ...initialChat('a'),
    chat: toChat({ chatId: 'a', membership }),
    messages: [toMessage({ chatId: 'a', seq: 1 })],
    typing: ['ben'],
  }
  const state = { ...initialState(0), chats: { a: chat } }
  expect(selectMessages(state, 'a')).toBe(chat.messages)
  expect(selectPending(state, 'a')).toBe(chat.pending)
  expect(selectTyping(state, 'a')).toBe(chat.typing)
  expect(selectUnread(state, 'a')).toBe(2)
})
