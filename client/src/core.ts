import type { DataOf, EventItem, OperationName, ServiceInfo, Welcome } from '@collab-kit/protocol'
import { CollabError, factsOf, userStream } from '@collab-kit/protocol/runtime'
import type { Own } from './auth/own.ts'
import type { Renewal } from './auth/renewal.ts'
import { createTokens, type Tokens, type TokenSource } from './auth/tokens.ts'
import { Calls, type CallRecord } from './calls/calls.ts'
import type { Rest } from './calls/rest.ts'
import { Connection } from './connection/connection.ts'
import type { Hint } from './connection/hints.ts'
import type { Transport } from './connection/transport.ts'
import type { ActivitiesModule } from './domains/activities/activities.ts'
import type { ChatModule } from './domains/chat/handle.ts'
import type { DomainContext } from './domains/context.ts'
import { apply } from './domains/index.ts'
import { installed } from './domains/installed.ts'
import { later, type Later } from './domains/later.ts'
import type { PresenceModule } from './domains/presence/handle.ts'
import { createPeople, type People } from './domains/users/actions.ts'
import { withMe } from './domains/users/state.ts'
import { createEmitter } from './emitter.ts'
import { fetched } from './fetched.ts'
import type { Settings } from './options.ts'
import type { ConnectionInfo } from './state.ts'
import { createBoard, type Board } from './store.ts'
import { Streams } from './streams/streams.ts'

/** What the parts of a core are made from. */
export interface CoreParts {
  settings: Settings
  rest: Rest
  source: TokenSource
  /** Present where people sign in to the service itself. */
  own: Own | undefined
}

/** One connection, one store and all that works on them; shared by the clients of one service and account. */
export class Core {
  readonly board: Board
  readonly presence: Later<PresenceModule>
  readonly activities: Later<ActivitiesModule>
  readonly emitter = createEmitter()
  readonly calls: Calls
  readonly tokens: Tokens
  readonly #parts: CoreParts
  readonly #connection: Connection
  readonly #streams: Streams
  readonly #people: People
  readonly #renewal: Later<Renewal>
  readonly #context: DomainContext
  #chats: ChatModule | undefined
  #info: Promise<ServiceInfo> | undefined
  #infoTimer: unknown

  constructor(parts: CoreParts) {
    this.#parts = parts
    const { clock, timings, transport, serviceUrl } = parts.settings
    const onError = (error: CollabError) => this.emitter.emit('error', error)
    const board = (this.board = createBoard(clock, timings.batchMs))
    const tokens = (this.tokens = createTokens(parts.source, clock, timings.tokenTimeoutMs))
    const calls = (this.calls = new Calls({
      clock,
      timings,
      onWanted: () => this.connect(),
      onFinished: (call) => this.#called(call),
    }))
    const streams = (this.#streams = new Streams({
      clock,
      calls,
      onEpochChanged: () => this.#people.clear(),
    }))
    this.#people = createPeople({ board, calls, clock })
    const context = (this.#context = this.#toContext())
    this.#renewal = context.fetch(
      () => import('./auth/renewal.ts'),
      ({ createRenewal }) => createRenewal({ clock, tokens, calls, emitter: this.emitter }),
    )
    this.presence = context.presence
    this.activities = context.fetch(
      () => import('./domains/activities/activities.ts'),
      ({ create }) => create(context),
    )
    // Messages that wait from an earlier page go whether a chat is opened or not.
    this.#chats = installed.chat?.(context)
    this.#connection = new Connection({
      serviceUrl,
      transport,
      fetch: parts.settings.fetch,
      tokens,
      clock,
      timings,
      onState: (info) => this.#stateChanged(info),
      onOpened: (opened, welcome) => this.#opened(opened, welcome),
      onClosed: () => this.#closed(),
      onItems: (items) => this.#receive(items),
      resume: (epoch) => streams.resume(epoch),
      onForget: () => void parts.source.forget?.(),
      onHint: (hint) => this.#hint(hint),
      onError,
      probe: () => calls.attempt('system.echo', { message: 'probe' }),
    })
  }

  /** @throws Error where nothing of the page imports them */
  get chats(): ChatModule {
    this.#chats ??= installed.chat?.(this.#context)
    if (!this.#chats) throw new Error("Chats need '@collab-kit/client/chat'.")
    return this.#chats
  }

  /** Connects unless that is done, under way or refused. */
  connect(): void {
    if (this.#connection.state === 'idle') this.restart()
  }

  /** As `connect`, and after a refusal too. */
  restart(): void {
    if (this.#connection.state === 'idle') void this.#recall()
    this.#connection.put({ type: 'start' })
  }

  call(name: OperationName, input: object): Promise<unknown> {
    return factsOf(name).before
      ? this.#parts.rest(name, input as never)
      : this.calls.call(name, input as never)
  }

  /** The service ended or began a sign-in of this page. */
  signedIn(): void {
    this.#connection.put({ type: 'signedIn' })
  }

  signedOut(): void {
    this.tokens.set(undefined)
    this.#connection.put({ type: 'signedOut' })
    this.identify(undefined)
  }

  /** Which ways in the service offers; asked once. */
  info(): Promise<ServiceInfo> {
    return (this.#info ??= this.#parts.rest('system.getInfo', {}).then(
      (service) => {
        this.board.commit((state) => ({ ...state, service }))
        return service
      },
      (error: unknown) => {
        this.#info = undefined
        throw error
      },
    ))
  }

  /** Who is signed in; another person than before finds nothing of theirs. */
  identify(username: string | undefined): void {
    const before = this.board.get().username
    if (username === before) return
    if (before !== undefined) this.#forgetPerson(before)
    this.board.commit(({ username: _username, ...state }) =>
      username === undefined ? state : { ...state, username },
    )
    if (username === undefined) return
    this.#streams.follow(userStream(username), {
      fromHead: true,
      apply: (items) => this.#apply(items),
      reload: () => this.#loadMe(),
      gone: () => {},
    })
    this.emitter.emit('identified')
  }

  /** As `use`, for what is awaited: not longer than a call may take, nor beyond the client. */
  answerOf<T, R>(use: Later<T>, act: (made: T) => R | Promise<R>): Promise<R> {
    const { clock, timings } = this.#parts.settings
    return new Promise((resolve, reject) => {
      let waits = true
      const stop = () => {
        waits = false
        clock.clearTimeout(timer)
        off()
      }
      const fail = (reason: string) => () => {
        stop()
        reject(new CollabError('unavailable', { details: { reason } }))
      }
      const timer = clock.setTimeout(fail('deadline'), timings.callTimeoutMs)
      const off = this.emitter.on('end', fail('closed'))
      void use((made) => {
        if (!waits) return
        stop()
        resolve(act(made))
      })
    })
  }

  close(): void {
    this.#connection.put({ type: 'close' })
    this.calls.block(
      new CollabError('unavailable', {
        message: 'The client is closed.',
        details: { reason: 'closed' },
      }),
    )
    this.emitter.emit('end')
    this.#streams.close()
    this.#people.clear()
    this.board.close()
    this.#parts.settings.clock.clearTimeout(this.#infoTimer)
    this.#parts.settings.storage.close?.()
    this.emitter.clear()
  }

  #toContext(): DomainContext {
    const { clock, timings, windowSize, storage } = this.#parts.settings
    const fetch: DomainContext['fetch'] = (load, make) => later(() => this.#fetch(load, make))
    const context: DomainContext = {
      clock,
      timings,
      windowSize,
      board: this.board,
      calls: this.calls,
      streams: this.#streams,
      storage,
      people: this.#people,
      emitter: this.emitter,
      fetch,
      presence: fetch(
        () => import('./domains/presence/presence.ts'),
        ({ create }) => create(context),
      ),
      wake: () => this.connect(),
      apply: (items) => this.#apply(items),
      keyOf: (kind) => this.#keyOf(kind),
    }
    return context
  }

  /** A part that is fetched when it is used; until it is reached it is tried again. */
  async #fetch<M, T>(load: () => Promise<M>, make: (part: M) => T): Promise<T> {
    const { clock, timings } = this.#parts.settings
    for (let isTold = false; ; isTold = true) {
      // Without it the rest works; whoever asked for it waits.
      const part = await fetched(load).catch((error: unknown) => {
        if (!isTold) this.emitter.emit('error', error)
      })
      // Nobody waits for it any more.
      if (this.#connection.state === 'closed') await new Promise(() => {})
      if (part) return make(part)
      await new Promise<void>((again) => clock.setTimeout(again, timings.connectTimeoutMs))
    }
  }

  /** A remembered sign-in tells who it is before the service is reached: drafts and unsent messages are there at once. */
  async #recall() {
    const username = await this.#remembered()
    if (username !== undefined && this.board.get().username === undefined) this.identify(username)
  }

  #forgetPerson(username: string) {
    this.calls.fail(new CollabError('unauthenticated'))
    this.#streams.unfollow(userStream(username))
    this.#people.clear()
    this.emitter.emit('reset')
    this.board.update(({ me: _me, ...state }) => ({ ...state, users: {} }))
  }

  #called(call: CallRecord) {
    this.emitter.emit('call', call)
    this.emitter.emit(`call:${call.operation}`, call)
  }

  #opened(transport: Transport, welcome: Welcome) {
    this.identify(welcome.username)
    this.calls.opened(transport)
    this.#renew(welcome)
    if (!this.board.get().me) this.#loadMe()
    if (!this.board.get().limits) this.#loadLimits()
    this.emitter.emit('opened')
  }

  #closed() {
    this.calls.closed()
    this.emitter.emit('closed')
  }

  #renew({ serverTime, tokenExpiresAt }: Welcome) {
    if (!this.tokens.renewable) return
    const skewMs = Date.parse(serverTime) - this.#parts.settings.clock.now()
    void this.#renewal((renewal) => renewal.start(tokenExpiresAt, skewMs))
  }

  #loadMe() {
    this.calls.call('users.getMe', {}).then(
      (me) =>
        this.board.update((state) => (state.username === me.username ? withMe(state, me) : state)),
      // The next connection asks again.
      () => {},
    )
  }

  #loadLimits() {
    this.calls.call('system.getLimits', {}).then(
      (limits) => this.board.update((state) => ({ ...state, limits })),
      // The defaults do until the next connection.
      () => {},
    )
  }

  #receive(items: readonly EventItem[]) {
    for (const item of items) {
      if (item.name === 'system.heads') this.#streams.heads(item.data as DataOf<'system.heads'>)
      // What is followed is told when it is applied: in order, and once.
      if (item.stream === undefined || !this.#streams.follows(item.stream))
        this.emitter.emit(item.name, item)
    }
    this.#streams.receive(items)
    for (const item of items) {
      if (item.name !== 'streams.removed') continue
      const { stream, reason } = item.data as DataOf<'streams.removed'>
      this.#streams.removed(stream, reason)
    }
  }

  #apply(items: readonly EventItem[]) {
    this.board.update((state) => items.reduce(apply, state))
    this.emitter.emit('applied', items)
    for (const item of items) this.emitter.emit(item.name, item)
  }

  #stateChanged(connection: ConnectionInfo) {
    const before = this.board.get().connection
    this.board.commit((state) => ({ ...state, connection }))
    const { status, error } = connection
    if (status === 'signed_out' || status === 'refused')
      this.calls.block(CollabError.from(error ?? new CollabError('unauthenticated')))
    else if (status !== 'closed') this.calls.unblock()
    if (status === 'signed_out') this.#askInfo()
    if (before.status !== status) this.emitter.emit('status', status)
    // Not being signed in is a state, not a mishap.
    if (error && error !== before.error && error.code !== 'unauthenticated')
      this.emitter.emit('error', CollabError.from(error))
  }

  /** Signing in needs to know the ways in, so this is asked until it is answered. */
  #askInfo() {
    const { clock, timings } = this.#parts.settings
    this.info().catch(() => {
      // Not reached: the sign-in form shows that it waits.
      if (this.board.get().connection.status !== 'signed_out') return
      clock.clearTimeout(this.#infoTimer)
      this.#infoTimer = clock.setTimeout(
        () => this.#askInfo(),
        timings.backoffMinMs * (4 + 4 * clock.random()),
      )
    })
  }

  #hint(hint: Hint) {
    this.emitter.emit(hint)
    if (hint === 'visible' && this.board.get().connection.status === 'signed_out')
      void this.#signedInElsewhere()
  }

  async #remembered(): Promise<string | undefined> {
    // Where it cannot be known yet, the service will tell.
    return this.#parts.own?.remembered().catch(() => undefined)
  }

  /** Somebody may have signed in on another tab. */
  async #signedInElsewhere() {
    const username = await this.#remembered()
    if (username !== undefined && this.#connection.state === 'blocked') this.signedIn()
  }

  #keyOf(kind: string): string | undefined {
    const { serviceUrl, account } = this.#parts.settings
    const { username } = this.board.get()
    return username === undefined
      ? undefined
      : `${[kind, serviceUrl, account, username].map(encodeURIComponent).join('/')}/`
  }
}
