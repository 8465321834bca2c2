import type {
  Chat,
  Closing,
  DataOf,
  ErrorShape,
  EventItem,
  EventName,
  Me,
  Message,
  OperationName,
  Presence,
  User,
} from '@collab-kit/protocol'
import {
  CollabError,
  chatStream,
  errorCatalogue,
  isCollabError,
  parseStreamKey,
} from '@collab-kit/protocol/runtime'
import { memoryTransport, type MemoryPeer } from '../connection/memory.ts'
import { defaultAnswers } from './default-answers.ts'
import { toChat, toMe, toMessage, toUser } from './fixtures.ts'
import { LazyList } from './lazy-list.ts'
import { ScriptedActivities } from './scripted-activities.ts'
import { ScriptedPresence } from './scripted-presence.ts'
import type {
  Answer,
  KeptChat,
  LazyMessages,
  Script,
  ScriptedActivity,
  ScriptedCall,
  ScriptedCaller,
  ScriptedChat,
  ScriptedService,
  ScriptedState,
} from './script.ts'

/** An answer whose operation is known by its name alone. */
type AnyAnswer = (input: never, caller: ScriptedCaller, usual: () => never) => unknown

const unknown = (): never => {
  throw new CollabError('unknown_operation')
}

let services = 0

/** A service that answers by a script: for tests and stories. */
export function scriptedService(script: Script = {}): ScriptedService {
  return new Scripted(script)
}

class Scripted implements ScriptedService, ScriptedState {
  readonly options: ScriptedService['options']
  readonly calls: ScriptedCall[] = []
  readonly script: Script
  readonly me: Me
  readonly users = new Map<string, User>()
  readonly chats = new Map<string, KeptChat>()
  readonly logs = new Map<string, LazyList<EventItem>>()
  readonly activities: ScriptedActivities
  readonly presence: ScriptedPresence
  epoch = 'epoch-1'
  readonly #answers = new Map<string, (input: never, caller: ScriptedCaller) => unknown>()
  readonly #peers = new Map<MemoryPeer, string>()
  #refusal: { error: ErrorShape | undefined } | undefined
  #lastConnection = 0
  #frame: EventItem[] | undefined

  constructor(script: Script) {
    this.script = script
    this.me = toMe({ username: 'ann', ...script.me })
    for (const user of [this.me, { username: 'ben' }, ...(script.users ?? [])])
      this.users.set(user.username, toUser(user))
    for (const chat of script.chats ?? []) this.#fill(chat)
    this.activities = new ScriptedActivities(this)
    this.presence = new ScriptedPresence(this)
    const usual = [defaultAnswers(this), this.presence.answers(), this.activities.answers()]
    for (const answers of [...usual, script.answers ?? {}])
      for (const [name, answer] of Object.entries(answers)) this.#answer(name, answer as AnyAnswer)
    const transport = memoryTransport(
      {
        accept: (peer) => this.#accept(peer),
        call: (peer, { name, input, reply }) =>
          void this.#reply(name, input, this.#callerOf(peer)).then(reply),
        ended: (peer, isClean) => this.#ended(peer, isClean),
      },
      script.wire,
    )
    this.options = {
      serviceUrl: `http://scripted-${++services}.test`,
      transport,
      fetch: (url, init) => this.#fetch(url, init),
      storage: 'memory',
    }
  }

  get connections(): readonly (string | undefined)[] {
    return [...this.#peers.keys()].map(({ token }) => token)
  }

  now(): string {
    return new Date((this.script.now ?? Date.now)()).toISOString()
  }

  answer<N extends OperationName>(name: N, answer: Answer<N>): () => void {
    return this.#answer(name, answer as AnyAnswer)
  }

  push<N extends EventName>(
    name: N,
    data: DataOf<N>,
    of: { stream?: string; durable?: boolean; by?: string } = {},
  ): EventItem {
    const { stream, durable = stream !== undefined, by } = of
    const log = (stream !== undefined && this.logs.get(stream)) || LazyList.empty<EventItem>()
    if (stream !== undefined) this.logs.set(stream, log)
    const item: EventItem = {
      name,
      ...(stream !== undefined && { stream }),
      ...(durable && { seq: log.length + 1 }),
      at: this.now(),
      ...(by !== undefined && { actor: { username: by } }),
      data,
    }
    if (durable) log.push(item)
    if (this.#frame) {
      this.#frame.push(item)
      return item
    }
    const key = stream === undefined ? undefined : parseStreamKey(stream)
    for (const peer of this.#peers.keys()) {
      if (key?.kind !== 'user' || key.id[0] === this.#callerOf(peer).username) peer.send([item])
    }
    return item
  }

  frame(items: readonly EventItem[]): void {
    for (const peer of this.#peers.keys()) peer.send(items)
  }

  setPresence(username: string, change: Partial<Omit<Presence, 'username' | 'rev'>>): Presence {
    return this.presence.set(username, change)
  }

  activity(type: string, id: string): ScriptedActivity {
    return this.activities.ensure(type, id)
  }

  together(act: () => void): void {
    const frame: EventItem[] = (this.#frame = [])
    act()
    this.#frame = undefined
    if (frame.length) this.frame(frame)
  }

  putOut(who: { username?: string; connectionId?: string }, stream: string, reason: string): void {
    const data = { stream, reason }
    for (const peer of this.#peers.keys()) {
      const { username, connectionId } = this.#callerOf(peer)
      if ((who.username ?? username) !== username) continue
      if ((who.connectionId ?? connectionId) !== connectionId) continue
      peer.send([{ name: 'streams.removed', at: this.now(), data }])
    }
  }

  post(chatId: string, given: Partial<Message> & { sender: string; body: string }): Message {
    const kept = this.chats.get(chatId) ?? this.#fill({ chatId })
    const stream = chatStream(chatId)
    const seq = (this.logs.get(stream)?.length ?? 0) + 1
    const number = kept.chat.lastNumber + 1
    const message = toMessage({ chatId, seq, number, createdAt: this.now(), ...given })
    kept.messages.push(message)
    kept.chat = withLast(kept.chat, message)
    this.push('chat.messageSent', message, { stream })
    return message
  }

  say(chatId: string, sender: string, body: string): Message {
    return this.post(chatId, { sender, body })
  }

  refuse(error?: ErrorShape): void {
    this.#refusal = { error }
  }

  accept(): void {
    this.#refusal = undefined
  }

  drop(): void {
    for (const peer of [...this.#peers.keys()]) peer.lose()
  }

  closeAll(closing: Closing): void {
    this.push('system.closing', closing)
    this.drop()
  }

  tellHeads(): void {
    this.push(
      'system.heads',
      Object.fromEntries([...this.logs].map(([stream, log]) => [stream, log.length])),
    )
  }

  restore(heads: Readonly<Record<string, number>> = {}): void {
    this.epoch = `epoch-${Number(this.epoch.split('-')[1]) + 1}`
    for (const [stream, head] of Object.entries(heads)) {
      this.logs.get(stream)?.cut(head)
      const kept = this.chats.get(parseStreamKey(stream)?.id[0] ?? '')
      if (!kept) continue
      const { messages } = kept
      messages.cut(messages.count(({ seq }) => seq <= head))
      kept.chat = withLast(kept.chat, messages.at(messages.length - 1))
    }
    this.drop()
  }

  #fill({ messages = [], unread = 0, ...given }: ScriptedChat): KeptChat {
    const isLazy = 'count' in messages
    const kept: KeptChat = {
      chat: toChat(given),
      messages: isLazy ? this.#lazy(given.chatId, messages) : LazyList.empty<Message>(),
      marks: new Map(),
      unread: undefined,
    }
    const last = kept.messages.at(kept.messages.length - 1)
    if (last) kept.chat = withLast(kept.chat, last)
    this.chats.set(given.chatId, kept)
    for (const each of isLazy ? [] : messages) {
      this.post(given.chatId, {
        sender: 'ben',
        body: '',
        ...(typeof each === 'string' ? { body: each } : each),
      })
    }
    if (unread > 0) {
      const { seq = 0, number = 0 } = kept.messages.at(kept.messages.length - unread - 1) ?? {}
      kept.unread = { readSeq: seq, readNumber: number }
    }
    return kept
  }

  /** Messages that are made when somebody reads them, and the log that they are in. */
  #lazy(chatId: string, { count, at }: LazyMessages): LazyList<Message> {
    const createdAt = this.now()
    const messages = new LazyList(count, (index): Message => {
      const seq = index + 1
      return { ...toMessage({ chatId, seq, createdAt, ...at?.(seq) }), seq, number: seq }
    })
    const stream = chatStream(chatId)
    const log = new LazyList(count, (index): EventItem => {
      const data = messages.at(index) as Message
      return { name: 'chat.messageSent', stream, seq: index + 1, at: data.createdAt, data }
    })
    this.logs.set(stream, log)
    return messages
  }

  #answer(name: string, answer: AnyAnswer): () => void {
    const before = this.#answers.get(name) ?? unknown
    this.#answers.set(name, (input, caller) =>
      answer(input, caller, () => before(input, caller) as never),
    )
    return () => void this.#answers.set(name, before)
  }

  #accept(peer: MemoryPeer) {
    if (this.#refusal) return peer.refuse(this.#refusal.error)
    if (peer.token === undefined) return peer.refuse(new CollabError('unauthenticated').toJSON())
    const connectionId = `connection-${++this.#lastConnection}`
    this.#peers.set(peer, connectionId)
    const now = Date.parse(this.now())
    const tokenExpiresAt = new Date(now + (this.script.tokenLifeMs ?? 3_600_000)).toISOString()
    const { username } = this.#callerOf(peer)
    const data = {
      connectionId,
      username,
      epoch: this.epoch,
      serverTime: this.now(),
      tokenExpiresAt,
    }
    peer.send([{ name: 'system.welcome', at: this.now(), data }])
    this.presence.connected({ username, connectionId }, true)
  }

  #ended(peer: MemoryPeer, isClean: boolean) {
    const caller = this.#callerOf(peer)
    this.#peers.delete(peer)
    if (!isClean || caller.connectionId === undefined) return
    this.activities.left(caller)
    const others = [...this.#peers.keys()].map((each) => this.#callerOf(each).username)
    if (!others.includes(caller.username)) this.presence.connected(caller, false)
  }

  #callerOf(peer: MemoryPeer): ScriptedCaller {
    const [, username = this.me.username] = peer.token?.match(/^token:(.*)$/) ?? []
    const connectionId = this.#peers.get(peer)
    return connectionId === undefined ? { username } : { username, connectionId }
  }

  async #reply(operation: string, input: unknown, caller: ScriptedCaller) {
    this.calls.push({ operation: operation as OperationName, input, username: caller.username })
    try {
      const answer = this.#answers.get(operation) ?? unknown
      return { ok: true as const, data: await answer(input as never, caller) }
    } catch (error) {
      // A refusal of the script is the answer; anything else is a mistake in the script and is shown as such.
      const refusal = isCollabError(error)
        ? error
        : new CollabError('internal', { message: String(error) })
      return { ok: false as const, error: refusal.toJSON() }
    }
  }

  async #fetch(url: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const path = new URL(url instanceof Request ? url.url : url).pathname
    const operation = REST_OPERATIONS[path]
    if (this.#refusal && !this.#refusal.error) throw new TypeError('Failed to fetch')
    const input: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : {}
    const [, username = this.me.username] =
      new Headers(init?.headers).get('authorization')?.match(/^Bearer token:(.*)$/) ?? []
    const reply = await this.#reply(operation ?? path, input, { username })
    if (reply.ok) return Response.json(reply.data)
    return Response.json(reply.error, { status: errorCatalogue[reply.error.code].status })
  }
}

/** A chat whose newest message is this one. */
function withLast(
  { lastMessage: _lastMessage, ...chat }: Chat,
  message: Message | undefined,
): Chat {
  if (!message) return { ...chat, lastNumber: 0 }
  return { ...chat, head: message.seq, lastNumber: message.number, lastMessage: message }
}

const REST_OPERATIONS: Record<string, OperationName> = {
  '/api/v1/system/info': 'system.getInfo',
  '/api/v1/auth/register': 'auth.register',
  '/api/v1/auth/sign-in': 'auth.signIn',
  '/api/v1/auth/guest': 'auth.continueAsGuest',
  '/api/v1/auth/refresh': 'auth.refresh',
  '/api/v1/auth/sign-out': 'auth.signOut',
}
