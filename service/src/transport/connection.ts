import { CollabError, type Closing, type EventDefinition, type Payload } from '@collab-kit/protocol'
import type { Caller, Connection } from '../kernel/context.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Published } from '../kernel/outbox.ts'
import type { Socket } from 'socket.io'
import { cutTransport, whenGone } from './cut.ts'
import { encodeLocal, Frame } from './frame.ts'
import type { Hub, Reader } from './hub.ts'
import { OutgoingQueue } from './outgoing-queue.ts'

/** Time for a reader to take in why it is closed. */
const CLOSING_MS = 5000
/** A token is valid this much longer than it says: clocks differ. */
const SKEW_MS = 30_000
const WARNING_MS = 60_000

const TOO_SLOW: Closing = { code: 'slow_consumer', reconnect: true, afterMs: 1000 }

export interface SocketConnectionOptions {
  socket: Socket
  caller: Caller
  hub: Hub
  clock: Clock
  /** Most unsent bytes. */
  queueBytes: number
  /** Most streams joined by hand. */
  joinedStreams: number
  /** Told before the server closes. */
  onClosing(connection: SocketConnection, closing: Closing): void
}

/** One live socket: `live` until the server says it is closing, then `lingering` until the transport is gone. */
export class SocketConnection implements Connection, Reader {
  readonly id: string
  readonly caller: Caller
  readonly subscriptions = new Set<string>()
  readonly held = new Map<string, Published[]>()
  readonly floors = new Map<string, number>()
  readonly dismissed = new Set<string>()
  /** Streams joined by hand. */
  readonly joined = new Set<string>()
  readonly #options: SocketConnectionOptions
  readonly #queue: OutgoingQueue
  #state: 'opening' | 'live' | 'lingering' = 'opening'
  #calls = 0
  /** Whether calls under way are still answered while lingering. */
  #answering = false
  #early: Frame[] = []
  #timers: (() => void)[] = []

  constructor(options: SocketConnectionOptions) {
    this.#options = options
    this.id = options.socket.id
    this.caller = { ...options.caller, connectionId: options.socket.id }
    this.#queue = new OutgoingQueue(options.socket.conn, options.queueBytes)
  }

  get username(): string {
    return this.caller.username
  }

  get role(): Caller['role'] {
    return this.caller.role
  }

  /** The first item goes out, then everything that was said meanwhile. */
  open(welcome: string): void {
    this.#state = 'live'
    this.#queue.write(new Frame([welcome]))
    for (const frame of this.#early) this.deliver(frame)
    this.#early = []
  }

  deliver(frame: Frame): void {
    if (this.#state === 'opening') this.#early.push(frame)
    if (this.#state !== 'live') return
    // What is forgotten anyway goes first when a reader is slow.
    if (frame.ephemeral && this.#queue.pressed) return
    if (this.#queue.fits(frame.bytes)) this.#queue.write(frame)
    else this.close(TOO_SLOW)
  }

  /** Bytes that this reader has not taken yet. */
  get queuedBytes(): number {
    return this.#queue.bytes
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

  /** Whether a reply of this size may still be queued; a reader that asks and does not read is closed. */
  takes(bytes: number): boolean {
    if (this.#state === 'lingering') return this.#answering && this.#queue.fits(bytes)
    if (this.#queue.fits(bytes)) return true
    this.close(TOO_SLOW)
    return false
  }

  tell<V extends EventDefinition>(event: V, data: Payload<V>): void {
    this.deliver(new Frame([encodeLocal(event.name, data, this.#now())]))
  }

  /**
   * Say that this connection ends, then end it: at once where nothing is queued, after 5 s at the latest. When the
   * service itself goes, what is under way is answered first.
   */
  close(closing: Closing): void {
    if (this.#state === 'lingering') return
    this.#options.onClosing(this, closing)
    // It would take longest to take in what makes it slow, and finds all that in the log.
    if (closing.code === 'slow_consumer') this.#queue.clear()
    this.#queue.write(new Frame([encodeLocal('system.closing', closing, this.#now())]))
    this.#state = 'lingering'
    this.#answering = closing.code === 'draining'
    this.#options.hub.remove(this)
    const { conn } = this.#options.socket
    // A deadline of the network, not of anybody's business: it runs on real time.
    const timer = setTimeout(() => cutTransport(conn), CLOSING_MS)
    whenGone(conn, () => clearTimeout(timer))
    this.#leave()
  }

  #leave(): void {
    if (this.#state !== 'lingering' || (this.#answering && this.#calls > 0)) return
    this.#queue.whenEmpty(() => this.#options.socket.conn.close())
  }

  /** The socket is gone. */
  ended(): void {
    this.#state = 'lingering'
    for (const cancel of this.#timers) cancel()
    this.#options.hub.remove(this)
  }

  hold(stream: string): void {
    const max = this.#options.joinedStreams
    if (!this.subscriptions.has(stream) && this.joined.size + this.held.size >= max) {
      throw new CollabError('limit_exceeded', {
        details: { limit: 'joinedStreams', max, reason: 'room_limit' },
      })
    }
    this.#options.hub.hold(this, stream)
  }

  release(stream: string, head: number | undefined): void {
    if (head !== undefined && this.held.has(stream)) this.joined.add(stream)
    this.#options.hub.release(this, stream, head === undefined ? undefined : { head })
  }

  leave(stream: string): void {
    // The streams of one's memberships are not joined by hand and stay.
    if (this.joined.has(stream)) this.#options.hub.dismiss(this, stream)
  }

  extend(expiresAt: number): void {
    for (const cancel of this.#timers) cancel()
    const { clock } = this.#options
    const left = expiresAt - clock.now()
    this.#timers = [
      clock.after(left - WARNING_MS, () => {
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
