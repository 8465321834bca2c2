import {
  CollabError,
  type Closing,
  type EventDefinition,
  type Payload,
  type Welcome,
} from '@collab-kit/protocol'
import type { Caller, Connection } from '../kernel/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { encodeEphemeral, type Published } from '../kernel/outbox.ts'
import { Backlog } from './backlog.ts'
import { BlockList } from './block-list.ts'
import type { Checkpoint } from './checkpoint.ts'
import { encodeLocal, Frame } from './frame.ts'
import type { Hub, Reader } from './hub.ts'
import type { Outlet } from './outlet.ts'

/** Time for a reader to take in why it is closed. */
const CLOSING_MS = 5000
/** A token is valid this much longer than it says: clocks differ. */
const SKEW_MS = 30_000
const WARNING_MS = 60_000

const SERVICE: Caller = Object.freeze({ username: 'system', role: 'system' })

const TOO_SLOW: Closing = { code: 'slow_consumer', reconnect: true, afterMs: 1000 }

export interface LiveConnectionOptions {
  id: string
  transport: 'socket' | 'events'
  /** The way out to it, over whatever transport. */
  outlet: Outlet
  caller: Caller
  hub: Hub
  clock: Clock
  /** Most streams joined by hand. */
  joinedStreams: number
  /** Keeps the reader's position for one who comes back with it. */
  checkpoint?: Checkpoint
  /** The ticket that opened it, as a hash. */
  ticket?: string | undefined
  /** Told when it was given another token. */
  onRenewed?(caller: Caller): void
  /** Told before the server closes. */
  onClosing(connection: LiveConnection, closing: Closing): void
}

/**
 * One live reader, on a socket or an event stream: `live` until the server says it is closing, then `lingering` until the
 * transport is gone.
 */
export class LiveConnection implements Connection, Reader {
  readonly id: string
  readonly transport: LiveConnectionOptions['transport']
  caller: Caller
  readonly subscriptions = new Set<string>()
  readonly held = new Map<string, Published[]>()
  readonly floors = new Map<string, number>()
  readonly dismissed = new Set<string>()
  readonly blocks = new BlockList()
  /** Streams joined by hand. */
  readonly joined = new Set<string>()
  /** Those of them that are a part of this connection alone. */
  readonly #bound = new Set<string>()
  readonly #leavings: ((stream: string) => void)[] = []
  readonly #options: LiveConnectionOptions
  readonly #outlet: Outlet
  readonly #backlog: Backlog
  #state: 'opening' | 'live' | 'lingering' = 'opening'
  #calls = 0
  /** Whether calls under way are still answered while lingering. */
  #answering = false
  #farewell = false
  #early: Frame[] = []
  #timers: (() => void)[] = []

  constructor(options: LiveConnectionOptions) {
    this.#options = options
    this.id = options.id
    this.transport = options.transport
    this.caller = { ...options.caller, connectionId: options.id }
    const { outlet } = options
    this.#outlet = outlet
    this.#backlog = new Backlog({
      outlet,
      onSlow: () => this.close(TOO_SLOW),
      onPassed: () => this.#leave(),
    })
  }

  /** The ticket that opened it, as a hash. */
  get ticket(): string | undefined {
    return this.#options.ticket
  }

  get username(): string {
    return this.caller.username
  }

  get role(): Caller['role'] {
    return this.caller.role
  }

  get scopes(): Caller['scopes'] {
    return this.caller.scopes
  }

  /** The first item goes out, then everything that was said meanwhile. */
  open(welcome: string): void {
    this.#state = 'live'
    this.dismissed.clear()
    this.#outlet.write(new Frame([welcome]))
    for (const frame of this.#early) this.deliver(frame)
    this.#early = []
  }

  deliver(frame: Frame): void {
    if (this.#state === 'opening') this.#early.push(frame)
    if (this.#state !== 'live') return
    if (this.#backlog.active) return this.#deliverLater(frame)
    // What is forgotten anyway goes first when a reader is slow.
    if (frame.ephemeral && this.#outlet.pressed) return
    if (this.#outlet.fits(frame.bytes)) this.#outlet.write(frame)
    else this.close(TOO_SLOW)
  }

  /** A large reply goes before. */
  #deliverLater(frame: Frame): void {
    if (frame.ephemeral && this.#backlog.pressed) return
    if (!this.#backlog.addAfter(frame.bytes, () => this.#outlet.write(frame))) this.close(TOO_SLOW)
  }

  /** Whether whoever reads here has said, or was told, that it ends for good. */
  get farewell(): boolean {
    return this.#farewell
  }

  /** Bytes that this reader has not taken yet. */
  get queuedBytes(): number {
    return this.#outlet.bytes
  }

  /** Whether it is one to whom something may still be said. */
  get live(): boolean {
    return this.#state !== 'lingering'
  }

  /** Resolves when the reader has taken everything, or is no reader any more; one who takes nothing for so long is closed. */
  taken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.close(TOO_SLOW)
        resolve()
      }, ms).unref()
      this.#outlet.whenEmpty(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  entered(stream: string, head: number, passing?: boolean): void {
    // What is kept back is entered when it is let go.
    if (this.held.has(stream) || this.#bound.has(stream)) return
    const joined = this.joined.has(stream)
    this.#options.checkpoint?.enter(stream, {
      seq: head,
      joined,
      ...(passing !== undefined && { passing }),
    })
  }

  left(stream: string): void {
    // What is being found out for the welcome may be older than this; later nobody asks.
    if (this.#state === 'opening') this.dismissed.add(stream)
    this.#bound.delete(stream)
    this.#options.checkpoint?.leave(stream)
    for (const listener of this.#leavings) listener(stream)
  }

  onLeft(listener: (stream: string) => void): void {
    this.#leavings.push(listener)
  }

  /** Calls that are not answered yet. */
  get calls(): number {
    return this.#calls
  }

  /** A call is under way; `false` when this connection takes none any more. */
  begin(): boolean {
    if (this.#state === 'lingering') return false
    this.#calls++
    return true
  }

  /** A call that was begun is over. */
  finish(): void {
    this.#calls--
    this.#leave()
  }

  /**
   * Send a reply of this size: at once, or where it is too large to be queued with the rest, when the reader has taken
   * that. A reader that asks and does not read is closed.
   */
  reply(bytes: number, send: () => void): void {
    if (this.#state === 'lingering') {
      if (this.#answering && this.#outlet.fits(bytes)) send()
    } else if (this.#backlog.isPassable(bytes)) send()
    else if (!this.#backlog.addReply(bytes, send)) this.close(TOO_SLOW)
  }

  tell<V extends EventDefinition>(event: V, data: Payload<V>, id?: string): void {
    const at = this.#now()
    const stream = id === undefined ? undefined : event.stream?.(id)
    const item =
      stream === undefined
        ? encodeLocal(event.name, data, at)
        : encodeEphemeral(event, stream, { at, caller: SERVICE, data })
    this.deliver(new Frame([item], stream !== undefined))
  }

  /**
   * Say that this connection ends, then end it: at once where nothing is queued, after 5 s at the latest. When the
   * service itself goes, what is under way is answered first.
   */
  close(closing: Closing): void {
    if (this.#state === 'lingering') return
    this.#options.onClosing(this, closing)
    this.#farewell = !closing.reconnect
    // It would take longest to take in what makes it slow, and finds all that in the log.
    if (closing.code === 'slow_consumer') this.#outlet.clear()
    this.#outlet.write(new Frame([encodeLocal('system.closing', closing, this.#now())]))
    this.#state = 'lingering'
    this.#answering = closing.code === 'draining'
    if (!this.#answering) this.#backlog.clear()
    this.#options.hub.remove(this)
    // A deadline of the network, not of anybody's business: it runs on real time.
    const timer = setTimeout(() => this.#outlet.cut(), CLOSING_MS)
    this.#outlet.whenGone(() => clearTimeout(timer))
    this.#leave()
  }

  #leave(): void {
    const waits = this.#calls > 0 || this.#backlog.active
    if (this.#state !== 'lingering' || (this.#answering && waits)) return
    this.#outlet.whenEmpty(() => this.#outlet.close())
  }

  /** The transport is gone. */
  ended(): void {
    this.#state = 'lingering'
    this.#backlog.clear()
    for (const cancel of this.#timers) cancel()
    this.#options.hub.remove(this)
  }

  hold(stream: string, bound?: 'bound'): void {
    if (bound && !this.reads(stream)) this.#bound.add(stream)
    else if (!this.reads(stream)) this.#count()
    this.#options.hub.hold(this, stream)
  }

  /** Refuses one more stream that is joined by hand. */
  #count(): void {
    const max = this.#options.joinedStreams
    const joining = [...this.held.keys()].filter((each) => !this.subscriptions.has(each))
    const counted = [...this.joined, ...joining].filter((each) => !this.#bound.has(each))
    if (new Set(counted).size < max) return
    throw new CollabError('limit_exceeded', {
      details: { limit: 'joinedStreams', max, reason: 'room_limit' },
    })
  }

  reads(stream: string): boolean {
    return this.subscriptions.has(stream) || this.held.has(stream)
  }

  release(stream: string, head: number | undefined): void {
    if (head !== undefined && this.held.has(stream)) this.joined.add(stream)
    if (head === undefined) this.#bound.delete(stream)
    this.#options.hub.release(this, stream, head === undefined ? undefined : { head })
  }

  drop(stream: string): void {
    if (!this.#bound.delete(stream)) return
    this.joined.delete(stream)
    this.held.delete(stream)
    this.#options.hub.unsubscribe(this, stream)
  }

  leave(stream: string): void {
    // The streams of one's memberships are not joined by hand and stay.
    if (this.joined.has(stream)) this.#options.hub.dismiss(this, stream)
  }

  renew(caller: Caller, expiresAt: number): void {
    this.caller = { ...caller, connectionId: this.id }
    this.extend(expiresAt)
    this.#options.onRenewed?.(this.caller)
  }

  extend(expiresAt: number): void {
    for (const cancel of this.#timers) cancel()
    const { clock } = this.#options
    this.caller = { ...this.caller, tokenEndsAt: expiresAt }
    const left = expiresAt - clock.now()
    this.#timers = [
      // A token that lasts no longer than the warning would be warned of as soon as it is renewed, again and again.
      clock.after(left > WARNING_MS ? left - WARNING_MS : left / 2, () => {
        this.deliver(
          new Frame([
            encodeLocal(
              'auth.tokenExpiring',
              { expiresAt: new Date(expiresAt).toISOString() },
              this.#now(),
            ),
          ]),
        )
      }),
      clock.after(left + SKEW_MS, () =>
        this.close({ code: 'token_expired', reconnect: true, afterMs: 0 }),
      ),
    ]
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString()
  }
}

/** The first item of a connection. */
export function encodeWelcome(
  { id, username }: Pick<LiveConnection, 'id' | 'username'>,
  { expiresAt, epoch, now }: { expiresAt: number; epoch: string; now: number },
): string {
  const at = new Date(now).toISOString()
  const welcome: Welcome = {
    connectionId: id,
    username,
    epoch,
    serverTime: at,
    tokenExpiresAt: new Date(expiresAt).toISOString(),
  }
  return encodeLocal('system.welcome', welcome, at)
}
