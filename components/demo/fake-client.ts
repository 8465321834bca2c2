import {
  type ActivityHandle,
  type ChatHandle,
  type ChatState,
  CollabError,
  type CollabClient,
  type CollabState,
  type ConnectionStatus,
  type MessageDraft,
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
  loadAround?: (client: FakeClient, seq: number) => Promise<void> | void
  loadLatest?: (client: FakeClient) => Promise<void> | void
  auth?: Partial<CollabClient['auth']>
  /** Answers `activity`. */
  activity?: (client: FakeClient, type: string, id: string) => ActivityHandle
  /** Answers `presence.set`; what it throws is a refusal. */
  setPresence?: CollabClient['presence']['set']
  /** Answers `api.presence.listAudience`. */
  listAudience?: CollabClient['api']['presence']['listAudience']
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
    membership: {
      role: 'member',
      joinedAt: '2026-01-01T00:00:00.000Z',
      readNumber: 0,
      readSeq: 0,
      unread: 0,
    },
    permissions: ['join', 'send'],
    ...more,
  }
}

/** A chat that is ready, everything in it read. */
export function readyChat(
  chatId: string,
  messages: readonly Message[],
  more: Partial<ChatState> = {},
): ChatState {
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
    hasNewer: false,
    loadingNewer: false,
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
  return new Fake(options)
}

type Listener = (state: CollabState, previous: CollabState) => void

class Fake implements FakeClient {
  readonly calls: FakeCall[] = []
  readonly open = new Map<string, number>()
  readonly api: CollabClient['api']
  readonly presence: CollabClient['presence']
  readonly store: CollabClient['store']
  readonly auth: CollabClient['auth']
  readonly #options: FakeOptions
  readonly #listeners = new Set<Listener>()
  #state: CollabState

  constructor(options: FakeOptions) {
    this.#options = options
    const connection = { status: 'live', since: 0, attempt: 0 } as const
    this.#state = {
      connection,
      me: ann,
      users: {},
      chats: {},
      presence: { people: {}, places: {} },
      activities: {},
      ...options.state,
    }
    this.presence = {
      watch: (target) => {
        this.calls.push(['watch', target])
        return () => void this.calls.push(['unwatch', target])
      },
      set: async (changes) => {
        this.calls.push(['setPresence', changes])
        if (!options.setPresence) throw new CollabError('unavailable')
        return options.setPresence(changes)
      },
    }
    this.api = {
      presence: {
        listAudience: async (
          input: Parameters<CollabClient['api']['presence']['listAudience']>[0],
        ) => {
          this.calls.push(['listAudience', input])
          return options.listAudience?.(input) ?? { items: [], online: 0 }
        },
      },
    } as unknown as CollabClient['api']
    this.store = {
      getState: () => this.#state,
      getInitialState: () => this.#state,
      setState: (change: Partial<CollabState>) => this.set(change),
      subscribe: (listener: Listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
    } as CollabClient['store']
    this.auth = {
      own: options.auth?.own ?? true,
      register: (input) => this.#enter('register', input, options.auth?.register),
      signIn: (input) => this.#enter('signIn', input, options.auth?.signIn),
      continueAsGuest: (input) =>
        this.#enter('continueAsGuest', input, options.auth?.continueAsGuest),
      refresh: async () => void this.calls.push(['refresh']),
      signOut: async () => void this.calls.push(['signOut']),
    }
  }

  get subscribers(): number {
    return this.#listeners.size
  }

  get status(): ConnectionStatus {
    return this.#state.connection.status
  }

  set(change: Partial<CollabState>): void {
    const previous = this.#state
    this.#state = { ...previous, ...change }
    for (const listener of this.#listeners) listener(this.#state, previous)
  }

  setChat(chatId: string, change: Partial<ChatState>): void {
    const before = this.#state.chats[chatId] ?? {
      ...readyChat(chatId, []),
      status: 'idle' as const,
    }
    this.set({ chats: { ...this.#state.chats, [chatId]: { ...before, ...change } } })
  }

  connection(status: ConnectionStatus, more?: Partial<CollabState['connection']>): void {
    this.set({ connection: { attempt: 0, since: Date.now(), ...more, status } })
  }

  receive(chatId: string, message: Message): void {
    this.setChat(chatId, { messages: [...(this.#state.chats[chatId]?.messages ?? []), message] })
  }

  confirm(chatId: string): void {
    const chat = this.#state.chats[chatId]
    const [first, ...pending] = chat?.pending ?? []
    if (!chat || !first) return
    const { body, clientMessageId, createdAt } = first
    const sender = this.#state.me?.username ?? 'ann'
    const seq = (chat.messages.at(-1)?.seq ?? 0) + 1
    const message = messageOf(seq, { body, clientMessageId, sender, createdAt })
    this.setChat(chatId, { pending, messages: [...chat.messages, message] })
  }

  chat(chatId: string): ChatHandle {
    return new FakeHandle(this, chatId, this.#options)
  }

  activity(type: string, id: string): ActivityHandle {
    const handle = this.#options.activity?.(this, type, id)
    if (!handle) throw new Error('the fake client has no activities')
    return handle
  }

  connect(): void {
    this.calls.push(['connect'])
  }

  on(): () => void {
    return () => {}
  }

  close(): void {
    this.calls.push(['close'])
  }

  async #enter<I>(
    name: string,
    input: I,
    given: ((input: I) => Promise<Me>) | undefined,
  ): Promise<Me> {
    this.calls.push([name, input])
    return given ? given(input) : ann
  }
}

let sent = 0

class FakeHandle implements ChatHandle {
  readonly chatId: string
  readonly #fake: Fake
  readonly #options: FakeOptions

  constructor(fake: Fake, chatId: string, options: FakeOptions) {
    this.#fake = fake
    this.chatId = chatId
    this.#options = options
  }

  open(): () => void {
    const { chatId } = this
    const { calls, open } = this.#fake
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
  }

  send(message: MessageDraft): PendingMessage {
    const { body, data } =
      typeof message === 'string' ? { body: message, data: undefined } : message
    const { limits, connection } = this.#fake.store.getState()
    const bytes = new TextEncoder().encode(body).length
    if (bytes > (limits?.messageBytes ?? 16_384)) throw new CollabError('too_large')
    this.#fake.calls.push(['send', body, ...(data ? [data] : [])])
    const pending: PendingMessage = {
      clientMessageId: `sent-${++sent}`,
      chatId: this.chatId,
      body,
      createdAt: new Date().toISOString(),
      state: connection.status === 'live' ? 'sending' : 'queued',
    }
    this.#keep([...this.#pending, pending])
    return pending
  }

  retry(clientMessageId: string): void {
    this.#fake.calls.push(['retry', clientMessageId])
    const again = (each: PendingMessage): PendingMessage => ({ ...each, state: 'sending' })
    this.#keep(
      this.#pending.map((each) => (each.clientMessageId === clientMessageId ? again(each) : each)),
    )
  }

  discard(clientMessageId: string): void {
    this.#fake.calls.push(['discard', clientMessageId])
    this.#keep(this.#pending.filter((each) => each.clientMessageId !== clientMessageId))
  }

  async loadOlder(): Promise<void> {
    this.#fake.calls.push(['loadOlder', this.chatId])
    await this.#options.loadOlder?.(this.#fake, this.chatId)
  }

  async loadNewer(): Promise<void> {
    this.#fake.calls.push(['loadNewer', this.chatId])
  }

  async loadAround(seq: number): Promise<void> {
    this.#fake.calls.push(['loadAround', seq])
    await this.#options.loadAround?.(this.#fake, seq)
  }

  async loadLatest(): Promise<void> {
    this.#fake.calls.push(['loadLatest', this.chatId])
    await this.#options.loadLatest?.(this.#fake)
  }

  setTyping(typing: boolean): void {
    this.#fake.calls.push(['setTyping', typing])
  }

  markRead(seq?: number): void {
    this.#fake.calls.push(['markRead', seq])
  }

  setDraft(draft: string): void {
    this.#fake.calls.push(['setDraft', draft])
    this.#fake.setChat(this.chatId, { draft })
  }

  get #pending(): readonly PendingMessage[] {
    return this.#fake.store.getState().chats[this.chatId]?.pending ?? []
  }

  #keep(pending: PendingMessage[]): void {
    this.#fake.setChat(this.chatId, { pending })
  }
}
