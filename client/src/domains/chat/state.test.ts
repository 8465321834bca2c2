import type { EventItem, Message } from '@collab-kit/protocol'
import { describe, expect, it } from 'vitest'
import { initialState, type CollabState } from '../../state.ts'
import { toChat, toMessage } from '../../testing/fixtures.ts'
import { apply, register } from '../index.ts'
import { initialChat, type ChatState } from './model.ts'
import { chatEvents, loaded, readTo, refused, released, withTyping } from './state.ts'

register(chatEvents)

const messages = (...seqs: number[]): Message[] =>
  seqs.map((seq) => toMessage({ chatId: 'a', seq }))
const membership = { role: 'member', joinedAt: '', readNumber: 3, readSeq: 3, unread: 0 } as const
const pending = (clientMessageId: string) => ({
  clientMessageId,
  chatId: 'a',
  body: 'x',
  createdAt: '',
  state: 'sending' as const,
})

const ready = (chat: Partial<ChatState> = {}): ChatState => ({
  ...loaded(initialChat('a'), {
    chat: toChat({ chatId: 'a', head: 3, lastNumber: 3, memberCount: 2, membership }),
    history: { items: messages(1, 2, 3), head: 3 },
  }),
  ...chat,
})
const stateOf = (chat: ChatState, username = 'ann'): CollabState => ({
  ...initialState(0),
  username,
  chats: { a: chat },
})

const item = (name: string, data: unknown, seq?: number): EventItem => ({
  name,
  stream: 'chat:a',
  at: '',
  data,
  ...(seq !== undefined && { seq }),
})
const play = (chat: ChatState, ...items: EventItem[]) =>
  items.reduce(apply, stateOf(chat)).chats['a'] as ChatState

describe('events of a chat', () => {
  it('[CHAT-12] add messages at the end', () => {
    const after = play(ready(), item('chat.messageSent', toMessage({ chatId: 'a', seq: 4 }), 4))
    expect(after.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(after.chat).toMatchObject({
      head: 4,
      lastNumber: 4,
      lastMessage: { seq: 4 },
      membership: { unread: 1 },
    })
  })

  it('[SEQ-9] change only what the snapshot does not hold', () => {
    // The page was read after the chat: it holds message 4, the chat does not.
    const behind = ready({ messages: messages(1, 2, 3, 4) })
    const after = play(behind, item('chat.messageSent', toMessage({ chatId: 'a', seq: 4 }), 4))
    expect([after.messages.length, after.chat?.lastNumber]).toEqual([4, 4])
    // The chat was read after the page: it counts the member who joined as number 4.
    const ahead = ready()
    const counted = { ...ahead, chat: toChat({ chatId: 'a', head: 4, memberCount: 3 }) }
    expect(
      play(counted, item('chat.memberJoined', { chatId: 'a', username: 'cleo' }, 4)).chat
        ?.memberCount,
    ).toBe(3)
  })

  it('[CHAT-18] of the own hand mark as read', () => {
    const message = toMessage({ chatId: 'a', seq: 4, sender: 'ann' })
    const after = play(ready(), item('chat.messageSent', message, 4))
    expect(after.chat?.membership).toMatchObject({ readNumber: 4, readSeq: 4, unread: 0 })
  })

  it('[CHAT-12] are counted where the window ends before the newest message, and not added', () => {
    const middle = ready({ messages: messages(1, 2), hasNewer: true })
    const after = play(middle, item('chat.messageSent', toMessage({ chatId: 'a', seq: 4 }), 4))
    expect(after.messages).toBe(middle.messages)
    expect(after.chat).toMatchObject({ lastNumber: 4, lastMessage: { seq: 4 } })
  })

  it('[CHAT-10] without a number count members of a room as they come and go', () => {
    const joined = item('chat.memberJoined', { chatId: 'a', username: 'cleo' })
    const left = item('chat.memberLeft', { chatId: 'a', username: 'cleo' })
    expect(play(ready(), joined, joined, left).chat).toMatchObject({ memberCount: 3, head: 3 })
    expect(play(ready(), left, left, left).chat?.memberCount).toBe(0)
  })

  it('[PERM-14] give the chat another name and topic, or take them away', () => {
    const named = play(
      ready(),
      item('chat.nameChanged', { chatId: 'a', name: 'Tea' }, 4),
      item('chat.topicChanged', { chatId: 'a', topic: 'Leaves' }, 5),
    )
    expect(named.chat).toMatchObject({ name: 'Tea', topic: 'Leaves', head: 5 })
    const bare = play(named, item('chat.nameChanged', { chatId: 'a' }, 6))
    expect(bare.chat).not.toHaveProperty('name')
    expect(bare.chat).toMatchObject({ topic: 'Leaves', head: 6 })
  })

  it('[PERM-9] count one member less who was put out, and who writes no more', () => {
    const removed = { chatId: 'a', username: 'cleo', banned: true }
    const after = play(ready({ typing: ['cleo'] }), item('chat.memberRemoved', removed, 4))
    expect(after.chat).toMatchObject({ memberCount: 1, head: 4 })
    expect(after.typing).toEqual([])
  })

  it('[BLOCK-3] count what is heard as unread, not what was withheld between', () => {
    const after = play(
      ready(),
      item('chat.messageSent', toMessage({ chatId: 'a', seq: 4 }), 4),
      item('streams.withheld', {}, 5),
      item('streams.withheld', {}, 6),
      item('chat.messageSent', toMessage({ chatId: 'a', seq: 7 }), 7),
    )
    expect(after.chat?.membership?.unread).toBe(2)
    expect(readTo(after, { readSeq: 7, readNumber: 7 }).chat?.membership?.unread).toBe(0)
  })

  it('tell what the chat is to the person from now on', () => {
    const left = play(ready(), item('chat.chatLeft', { chatId: 'a' }))
    expect(left.chat?.membership).toBeUndefined()
    const added = toChat({
      chatId: 'a',
      head: 5,
      membership: { ...membership, readNumber: 5 },
      permissions: ['send', 'moderate'],
    })
    expect(play(left, item('chat.chatAdded', added)).chat).toMatchObject({
      membership: { readNumber: 5 },
      permissions: ['send', 'moderate'],
      head: 3,
    })
    expect(play(initialChat('a'), item('chat.chatLeft', { chatId: 'a' })).chat).toBeUndefined()
  })

  it('of other chats, of a newer service, or that show nothing change nothing', () => {
    const state = stateOf(ready())
    const others = [
      item('chat.messageSent', toMessage({ chatId: 'b', seq: 1 }), 1),
      item('chat.brandNew', {}, 4),
      item('constructor', {}, 4),
      item('chat.readMarked', { chatId: 'a', username: 'ben', readSeq: 3, readNumber: 3 }),
      item('chat.typingChanged', { chatId: 'a', username: 'ann', typing: true }),
      item('system.welcome', {}),
      item('system.heads', {}),
      item('system.closing', {}),
      item('system.echoed', {}),
      item('streams.withheld', {}, 4),
      item('streams.removed', {}),
      item('auth.tokenExpiring', {}),
    ]
    for (const each of others) expect(apply(state, each)).toBe(state)
  })

  it('about people change them', () => {
    const user = { username: 'ann', displayName: 'Anna', guest: false }
    const me = { ...user, displayName: 'Ann', role: 'user', createdAt: '' } as const
    const after = apply({ ...stateOf(ready()), me }, item('users.userUpdated', user))
    expect([after.me?.displayName, after.users['ann']?.displayName]).toEqual(['Anna', 'Anna'])
    expect(apply(stateOf(ready()), item('users.userUpdated', user)).me).toBeUndefined()
  })
})

describe('a page', () => {
  it('that is the newest replaces what was there and says so', () => {
    const again = loaded(ready({ olderError: { code: 'internal' } as never }), {
      chat: toChat({ chatId: 'a' }),
      history: { items: messages(8, 9), head: 9, nextCursor: '8' },
    })
    expect(again).toMatchObject({
      discontinuity: 1,
      hasOlder: true,
      loadingOlder: false,
      status: 'ready',
    })
    expect(again.olderError).toBeUndefined()
    const empty = { chat: toChat({ chatId: 'a' }), history: { items: [], head: 0 } }
    expect(loaded(initialChat('a'), empty).discontinuity).toBe(0)
  })
})

describe('a chat that is loaded anew', () => {
  const chat = toChat({ chatId: 'a', head: 9, lastNumber: 9 })
  const history = { items: messages(8, 9), head: 9, nextCursor: '8' }

  it('keeps a window before the newest message, if what is held is true', () => {
    const middle = ready({ hasNewer: true, loadingNewer: true })
    expect(loaded(middle, { chat, history }, true)).toEqual({ ...middle, chat })
    const anew = { messages: history.items, hasNewer: false, loadingNewer: false, discontinuity: 1 }
    expect(loaded(middle, { chat, history })).toMatchObject(anew)
    expect(loaded(ready(), { chat, history }, true)).toMatchObject(anew)
  })
})

describe('a read mark', () => {
  it('[CHAT-19] never moves back, and is nothing to one who is no member', () => {
    const chat = ready()
    expect(readTo(chat, { readSeq: 1, readNumber: 1 })).toBe(chat)
    const outside = { ...chat, chat: toChat({ chatId: 'a' }) }
    expect(readTo(outside, { readSeq: 9, readNumber: 9 })).toBe(outside)
  })
})

describe('a chat', () => {
  it('keeps only what was not sent when it is refused or left', () => {
    const chat = ready({ pending: [pending('mine')], draft: 'half', discontinuity: 2 })
    const kept = {
      messages: [],
      pending: [{ clientMessageId: 'mine' }],
      draft: 'half',
      discontinuity: 2,
    }
    expect(released(chat)).toMatchObject({ ...kept, status: 'idle' })
    expect(refused(chat, { code: 'forbidden' } as never)).toMatchObject({
      ...kept,
      status: 'refused',
      error: { code: 'forbidden' },
    })
  })

  it('is the same object when nothing changed', () => {
    const chat = ready({ typing: ['ben'] })
    expect(withTyping(chat, 'ben', true)).toBe(chat)
    expect(withTyping(chat, 'cleo', false)).toBe(chat)
  })
})
