import {
  type ChatHandle,
  type ChatState,
  CollabError,
  type CollabClient,
  type CollabState,
  type ConnectionStatus,
  type PendingMessage,
} from '@collab-kit/client'
import type { Chat, Me, Message, ServiceInfo, User } from '@collab-kit/protocol'

/** Calls of a fake client, in order: the name and what it was given. */
export type FakeCall = [name: string, ...given: unknown[]]

/** A client without a service: tests and the demo set its state and see what elements ask of it. */
export interface FakeClient extends CollabClient {
  readonly calls: FakeCall[]
  /** Chats open now, with how many hold each. */
  readonly open: ReadonlyMap<string, number>
  /** Subscriptions of the store. */
  readonly subscribers: number
  set(change: Partial<CollabState>): void
  setChat(chatId: string, change: Partial<ChatState>): void
  connection(status: ConnectionStatus, more?: Partial<CollabState['connection']>): void
  /** A message arrives. */
  receive(chatId: string, message: Message): void
  /** The oldest pending message is confirmed. */
  confirm(chatId: string): void
}

export interface FakeOptions {
  state?: Partial<CollabState>
  /** Answers `loadOlder`. */
  loadOlder?: (client: FakeClient, chatId: string) => Promise<void> | void
  auth?: Partial<CollabClient['auth']>
}

export const ann: Me = {
  username: 'ann',
  displayName: 'Ann Kowalska',
  guest: false,
  role: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
}

export const serviceInfo: ServiceInfo = {
  name: 'collab-kit',
  version: '0.0.0',
  protocol: 1,
  epoch: 'one',
  serverTime: '2026-11-22T09:00:00.000Z',
  registration: 'open',
  guests: 'on',
  remember: 'on',
  demo: 'on',
}

export function chatOf(chatId: string, more: Partial<Chat> = {}): Chat {
  return {
    chatId,
    kind: 'channel',
    visibility: 'public',
    historyVisibility: 'all',
    name: 'Lobby',
    topic: 'Where everyone meets',
    createdAt: '2026-01-01T00:00:00.000Z',
    memberCount: 12,
    lastNumber: 0,
    head: 0,
    membership: { role: 'member', joinedAt: '2026-01-01T00:00:00.000Z', readNumber: 0, readSeq: 0, unread: 0 },
    permissions: ['join', 'send'],
    ...more,
  }
}

/** A chat that is ready, everything in it read. */
export function readyChat(chatId: string, messages: readonly Message[], more: Partial<ChatState> = {}): ChatState {
  const last = messages.at(-1)
  return {
    chatId,
    status: 'ready',
    chat: chatOf(chatId, {
      lastNumber: last?.number ?? 0,
      head: last?.seq ?? 0,
      membership: {
        role: 'member',
        joinedAt: '2026-01-01T00:00:00.000Z',
        readNumber: last?.number ?? 0,
        readSeq: last?.seq ?? 0,
        unread: 0,
      },
    }),
    messages,
    hasOlder: false,
    loadingOlder: false,
    pending: [],
    typing: [],
    draft: '',
    discontinuity: 0,
    ...more,
  }
}

export function messageOf(seq: number, more: Partial<Message> = {}): Message {
  return {
    messageId: `id-${seq}`,
    chatId: 'lobby',
    seq,
    number: seq,
    sender: 'bo',
    body: `Message ${seq}`,
    mentions: [],
    attachments: [],
    reactions: {},
    createdAt: new Date(Date.UTC(2026, 10, 22, 8) + seq * 20_000).toISOString(),
    clientMessageId: `client-${seq}`,
    ...more,
  }
}

export function messagesOf(count: number, from = 1): Message[] {
  return Array.from({ length: count }, (_, index) => messageOf(from + index))
}

export const userOf = (username: string, displayName: string, guest = false): User => ({
  username,
  displayName,
  guest,
})

export function fakeClient(options: FakeOptions = {}): FakeClient {
  const calls: FakeCall[] = []
  const open = new Map<string, number>()
  const listeners = new Set<(state: CollabState, previous: CollabState) => void>()
  let state: CollabState = {
    connection: { status: 'live', since: 0, attempt: 0 },
    me: ann,
    users: {},
    chats: {},
    ...options.state,
  }
  const set = (change: Partial<CollabState>) => {
    const previous = state
    state = { ...state, ...change }
    for (const listener of listeners) listener(state, previous)
  }
  const setChat = (chatId: string, change: Partial<ChatState>) => {
    const before = state.chats[chatId] ?? { ...readyChat(chatId, []), status: 'idle' as const }
    set({ chats: { ...state.chats, [chatId]: { ...before, ...change } } })
  }
  const answer =
    (name: 'register' | 'signIn' | 'continueAsGuest') =>
    async (input: never): Promise<Me> => {
      calls.push([name, input])
      const given = options.auth?.[name] as ((input: never) => Promise<Me>) | undefined
      return given ? given(input) : ann
    }
  const client: FakeClient = {
    calls,
    open,
    get subscribers() {
      return listeners.size
    },
    set,
    setChat,
    connection: (status, more) =>
      set({ connection: { attempt: 0, since: Date.now(), ...more, status } }),
    receive: (chatId, message) => {
      const messages = [...(state.chats[chatId]?.messages ?? []), message]
      setChat(chatId, { messages })
    },
    confirm: (chatId) => {
      const chat = state.chats[chatId]
      const [first, ...pending] = chat?.pending ?? []
      if (!chat || !first) return
      const seq = (chat.messages.at(-1)?.seq ?? 0) + 1
      const { body, clientMessageId } = first
      const sender = state.me?.username ?? 'ann'
      const message = messageOf(seq, { body, clientMessageId, sender, createdAt: first.createdAt })
      setChat(chatId, { pending, messages: [...chat.messages, message] })
    },
    api: {} as CollabClient['api'],
    store: {
      getState: () => state,
      getInitialState: () => state,
      setState: (change: Partial<CollabState>) => set(change),
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    } as CollabClient['store'],
    get status() {
      return state.connection.status
    },
    auth: {
      register: answer('register'),
      signIn: answer('signIn'),
      continueAsGuest: answer('continueAsGuest'),
      signOut: async () => void calls.push(['signOut']),
    },
    chat: (chatId) => fakeHandle(chatId, { calls, open, setChat, state: () => state, client: () => client, options }),
    connect: () => void calls.push(['connect']),
    on: () => () => {},
    close: () => void calls.push(['close']),
  }
  return client
}

interface Parts {
  calls: FakeCall[]
  open: Map<string, number>
  setChat: FakeClient['setChat']
  state: () => CollabState
  client: () => FakeClient
  options: FakeOptions
}

let sent = 0

function fakeHandle(chatId: string, { calls, open, setChat, state, client, options }: Parts): ChatHandle {
  const pendingOf = () => state().chats[chatId]?.pending ?? []
  return {
    chatId,
    open: () => {
      calls.push(['open', chatId])
      open.set(chatId, (open.get(chatId) ?? 0) + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        calls.push(['release', chatId])
        const left = (open.get(chatId) ?? 1) - 1
        if (left === 0) open.delete(chatId)
        else open.set(chatId, left)
      }
    },
    send: (message) => {
      const { body, data } = typeof message === 'string' ? { body: message, data: undefined } : message
      if (new TextEncoder().encode(body).length > (state().limits?.messageBytes ?? 16_384)) {
        throw new CollabError('too_large')
      }
      calls.push(['send', body, ...(data ? [data] : [])])
      const offline = state().connection.status !== 'live'
      const pending: PendingMessage = {
        clientMessageId: `sent-${++sent}`,
        chatId,
        body,
        createdAt: new Date().toISOString(),
        state: offline ? 'queued' : 'sending',
      }
      setChat(chatId, { pending: [...pendingOf(), pending] })
      return pending
    },
    retry: (clientMessageId) => {
      calls.push(['retry', clientMessageId])
      setChat(chatId, {
        pending: pendingOf().map((each) =>
          each.clientMessageId === clientMessageId ? { ...each, state: 'sending' as const } : each,
        ),
      })
    },
    discard: (clientMessageId) => {
      calls.push(['discard', clientMessageId])
      setChat(chatId, { pending: pendingOf().filter((each) => each.clientMessageId !== clientMessageId) })
    },
    loadOlder: async () => {
      calls.push(['loadOlder', chatId])
      await options.loadOlder?.(client(), chatId)
    },
    setTyping: (typing) => void calls.push(['setTyping', typing]),
    markRead: (seq) => void calls.push(['markRead', seq]),
    setDraft: (draft) => {
      calls.push(['setDraft', draft])
      setChat(chatId, { draft })
    },
  }
}
