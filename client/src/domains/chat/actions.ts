import type { CollabError, ErrorShape } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol/runtime'
import { backoff } from '../../connection/backoff.ts'
import { toCollabError } from '../../errors.ts'
import { newId } from '../../ids.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { DomainContext } from '../context.ts'
import type { Later } from '../later.ts'
import { Drafts } from './drafts.ts'
import type { ChatHandle, ChatModule } from './handle.ts'
import { checkMessage, type MessageDraft } from './message.ts'
import { loadChat } from './load.ts'
import { initialChat, type ChatState, type PendingMessage } from './model.ts'
import type { Pages } from './pages.ts'
import { ReadMarks } from './read-marks.ts'
import { loaded, patchChat, refused, released } from './state.ts'
import { Typing } from './typing.ts'
import { cut, NEWER, OLDER, type End } from './window.ts'

/** A chat that somebody looks at. */
interface OpenChat {
  retained: number
  /** Rises with every load: an earlier one that ends late says nothing. */
  run: number
  failures: number
  /** The stream was joined, which every connection has to do anew. */
  joined: boolean
  /** What is held is true, though too much of what followed is missing. */
  isBehind: boolean
  /** Leaves it, unless somebody opens it before. */
  leaving: unknown
  /** Loads it once more. */
  retry: unknown
}

/** Events that are read one by one; with more missing only the newest page is loaded, the rest on scrolling back. */
const MAX_BEHIND = 400

/** The chats of this page: opening, following, sending. */
export class Chats implements ChatModule {
  readonly typing: Typing
  readonly #context: DomainContext
  readonly #outbox: Outbox
  readonly #open = new Map<string, OpenChat>()
  readonly #pages: Later<Pages>
  readonly #marks: ReadMarks
  readonly #drafts: Drafts

  constructor(context: DomainContext, outbox: Outbox) {
    this.#context = context
    this.#outbox = outbox
    this.typing = new Typing(context)
    this.#pages = context.fetch(
      () => import('./pages.ts'),
      ({ Pages }) => new Pages(context, outbox),
    )
    this.#marks = new ReadMarks(context)
    this.#drafts = new Drafts(context)
  }

  handle(chatId: string): ChatHandle {
    return {
      chatId,
      open: () => this.#retain(chatId),
      send: (message) => this.#send(chatId, message),
      retry: (clientMessageId) => this.#touch(() => this.#outbox.retry(chatId, clientMessageId)),
      discard: (clientMessageId) =>
        this.#touch(() => this.#outbox.discard(chatId, clientMessageId)),
      loadOlder: () => this.#extend(chatId, OLDER),
      loadNewer: () => this.#extend(chatId, NEWER),
      loadAround: async (seq) => this.#pages((pages) => pages.jump(chatId, seq)),
      loadLatest: async () => this.#pages((pages) => pages.jump(chatId)),
      setTyping: (typing) => this.typing.set(chatId, typing),
      markRead: (seq) => this.#marks.mark(chatId, seq),
      setDraft: (text) => {
        this.#ensure(chatId)
        this.#drafts.set(chatId, text)
      },
    }
  }

  async #extend(chatId: string, end: End) {
    await this.#pages((pages) => pages.extend(chatId, end))
  }

  /** A new connection: what the last one had joined is joined again, what was never loaded is loaded. */
  opened(): void {
    const { calls, board } = this.#context
    for (const [chatId, open] of this.#open) {
      const state = board.get().chats[chatId]
      if (state?.status !== 'ready') void this.#load(chatId)
      else if (state.chat?.kind === 'room')
        this.#rejoin(chatId, open, calls.call('chat.joinChat', { chatId }))
      else if (open.joined)
        this.#rejoin(chatId, open, calls.call('streams.join', { stream: chatStream(chatId) }))
    }
    this.#marks.flush()
  }

  /** The person is known: their drafts and what they had not sent yet. */
  identified(): void {
    for (const chatId of Object.keys(this.#context.board.get().chats))
      void this.#drafts.load(chatId)
  }

  /** Everything that is open is loaded anew. */
  reload(): void {
    for (const [chatId, open] of this.#open) {
      open.isBehind = false
      this.#reload(chatId)
    }
  }

  /** The person belongs to a chat now, which may have been refused before. */
  added(chatId: string): void {
    if (this.#context.board.get().chats[chatId]?.status === 'refused') this.#reload(chatId)
  }

  /** Everything known of the person is void: opened chats are loaded anew for whoever is next. */
  reset(): void {
    this.flush()
    this.typing.clear()
    this.#marks.clear()
    const { board, streams } = this.#context
    for (const chatId of this.#open.keys()) streams.unfollow(chatStream(chatId))
    board.update(({ chats, ...state }) => ({
      ...state,
      chats: Object.fromEntries(
        [...this.#open.keys()].map((chatId) => {
          const discontinuity = (chats[chatId]?.discontinuity ?? 0) + 1
          return [chatId, loading({ ...initialChat(chatId), discontinuity })]
        }),
      ),
    }))
    for (const open of this.#open.values()) open.run++
  }

  /** The page may go: what is not kept yet is kept. */
  flush(): void {
    this.#drafts.flush()
  }

  close(): void {
    this.flush()
    this.typing.clear()
    this.#marks.clear()
    for (const { leaving, retry } of this.#open.values())
      for (const timer of [leaving, retry]) this.#context.clock.clearTimeout(timer)
    this.#open.clear()
  }

  /** The returned function is to be called once. */
  #retain(chatId: string): () => void {
    const { clock, wake } = this.#context
    const open = this.#open.get(chatId) ?? {
      retained: 0,
      run: 0,
      failures: 0,
      joined: false,
      isBehind: false,
      leaving: undefined,
      retry: undefined,
    }
    open.retained++
    clock.clearTimeout(open.leaving)
    if (!this.#open.has(chatId)) {
      this.#open.set(chatId, open)
      this.#ensure(chatId)
      this.#context.board.commit(patchChat(chatId, loading))
      if (this.#context.calls.open) void this.#load(chatId)
    }
    wake()
    return () => this.#release(chatId, open)
  }

  #release(chatId: string, open: OpenChat) {
    open.retained--
    if (open.retained > 0 || this.#open.get(chatId) !== open) return
    const { clock, timings } = this.#context
    if (timings.releaseDelayMs <= 0) return this.#leave(chatId, open)
    open.leaving = clock.setTimeout(() => this.#leave(chatId, open), timings.releaseDelayMs)
  }

  #leave(chatId: string, open: OpenChat) {
    const { board, calls, clock, streams } = this.#context
    clock.clearTimeout(open.retry)
    open.run++
    this.#open.delete(chatId)
    streams.unfollow(chatStream(chatId))
    // A person stays a member, and in a room as long as the connection lasts: other tabs may show it.
    if (open.joined) calls.attempt('streams.leave', { stream: chatStream(chatId) }).catch(() => {})
    board.update(patchChat(chatId, released))
  }

  /** A chat has a place in the store once anybody does anything with it. */
  #ensure(chatId: string) {
    const { board } = this.#context
    if (Object.hasOwn(board.get().chats, chatId)) return
    const chat = { ...initialChat(chatId), pending: this.#outbox.pending(chatId) }
    board.commit((state) => ({ ...state, chats: { ...state.chats, [chatId]: chat } }))
    void this.#drafts.load(chatId)
  }

  async #load(chatId: string) {
    const open = this.#open.get(chatId)
    if (!open) return
    const { board, calls, clock, people, streams } = this.#context
    clock.clearTimeout(open.retry)
    const run = ++open.run
    const stream = chatStream(chatId)
    if (streams.position(stream) !== undefined || !streams.follows(stream))
      this.#follow(chatId, open)
    try {
      const snapshot = await loadChat(calls, chatId)
      const { chat, history, seq, head, joined } = snapshot
      if (run !== open.run) return
      open.failures = 0
      open.joined = joined
      this.#outbox.confirmed(chatId, history.items)
      board.update(patchChat(chatId, (each) => loaded(each, snapshot, open.isBehind)))
      open.isBehind = false
      people.want([...history.items.map(({ sender }) => sender), ...(chat.members ?? [])])
      this.#outbox.loaded(chatId)
      streams.settle(stream, seq, head)
      this.#outbox.drain()
      // Wanted as soon as somebody scrolls.
      void this.#pages(() => {})
    } catch (error) {
      // Said in the chat's state, or tried again.
      if (run === open.run) this.#loadFailed(chatId, open, toCollabError(error))
    }
  }

  /** What this connection does not get into is not heard of: it is tried again, or said. */
  #rejoin(chatId: string, open: OpenChat, joining: Promise<unknown>) {
    const { run } = open
    joining.catch((error: unknown) => {
      // Without a connection the next one joins.
      if (run === open.run && this.#context.calls.open)
        this.#loadFailed(chatId, open, toCollabError(error))
    })
  }

  #follow(chatId: string, open: OpenChat) {
    const { apply, board, streams, windowSize } = this.#context
    streams.follow(chatStream(chatId), {
      maxBehind: MAX_BEHIND,
      apply: (items) => {
        apply(items)
        if (items.some(({ name }) => name === 'chat.permissionsChanged')) this.#askRights(chatId)
        board.update(patchChat(chatId, (chat) => cut(chat, OLDER, windowSize)))
      },
      reload: (isBehind) => {
        open.isBehind = isBehind
        this.#reload(chatId)
      },
      gone: (error) => this.#refuse(chatId, error.toJSON()),
    })
  }

  /** What one may do has changed, perhaps. */
  #askRights(chatId: string) {
    const { board, calls } = this.#context
    calls.call('chat.getPermissions', { chatId, subject: 'world' }).then(
      ({ mine: permissions }) =>
        board.update(
          patchChat(chatId, (each) =>
            each.chat ? { ...each, chat: { ...each.chat, permissions } } : each,
          ),
        ),
      // The service refuses what is not permitted, and tells of a chat that may not be read.
      () => {},
    )
  }

  #reload(chatId: string) {
    if (this.#context.calls.open) void this.#load(chatId)
    else this.#context.board.update(patchChat(chatId, loading))
  }

  #loadFailed(chatId: string, open: OpenChat, error: CollabError) {
    const { clock, calls, timings } = this.#context
    if (!error.retryable && calls.open) return this.#refuse(chatId, error.toJSON())
    // Without a connection the next one loads it.
    if (!calls.open) return this.#reload(chatId)
    const bounds = { minMs: timings.backoffMinMs, maxMs: timings.backoffMaxMs }
    const ms = (error.retryAfterMs ?? 0) + backoff(open.failures++, bounds, clock.random())
    open.retry = clock.setTimeout(() => void this.#load(chatId), ms)
  }

  #refuse(chatId: string, error: ErrorShape) {
    const { board, streams } = this.#context
    streams.unfollow(chatStream(chatId))
    board.update(patchChat(chatId, (chat) => refused(chat, error)))
    this.#outbox.drain()
  }

  #send(chatId: string, draft: MessageDraft): PendingMessage {
    const { board, clock, wake } = this.#context
    const { body, data, replyTo, mentions } = checkMessage(draft, board.get().limits)
    this.#ensure(chatId)
    this.typing.sent(chatId)
    const message = {
      clientMessageId: newId(),
      chatId,
      body,
      createdAt: new Date(clock.now()).toISOString(),
      ...(data && { data }),
      ...(replyTo !== undefined && { replyTo }),
      ...(mentions && { mentions }),
    }
    const pending = this.#outbox.add(message)
    this.#touch()
    wake()
    return pending
  }

  /** What a person did is seen at once. */
  #touch(act?: () => void) {
    act?.()
    this.#context.board.commit((state) => state)
  }
}

const loading = (chat: ChatState): ChatState => ({ ...chat, status: 'loading' })
