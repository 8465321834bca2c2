import { CollabError, isCollabError, type ErrorCode } from '@collab-kit/protocol'
import type { Clock } from '../kernel/clock.ts'
import type { Call, Dispatcher } from '../kernel/dispatch.ts'
import { newId } from '../kernel/ids.ts'
import { pace, type Line } from './day.ts'

/** How many times faster than it happened; `max` waits for nothing but the commits. */
export const speeds = [60, 600, 6000, 'max'] as const
export type Speed = (typeof speeds)[number]

export interface ReplayState {
  /** Whether the people of the day are there to speak; not in a lobby that was in use before. */
  available: boolean
  running: boolean
  /** Of the replay under way, or of the last one. */
  speed: Speed | null
  sent: number
  total: number
  /** Time of day at which the replay is, ISO 8601. */
  at: string | null
  /** Why the last one ended before the end of the day. */
  error: ErrorCode | null
}

export interface ReplayOptions {
  dispatcher: Dispatcher
  clock: Clock
  chatId: string
  lines: readonly Line[]
}

/** Most messages under way at once. */
const BATCH = 64
/** How often a message is tried that the service cannot take right now. */
const ATTEMPTS = 5

/** Sends the whole day again, live, each message by its own sender. */
export class Replay {
  readonly #options: ReplayOptions
  readonly #offsets: readonly number[]
  #state: ReplayState
  #running: Promise<void> | undefined
  #stopped = false
  #wake: (() => void) | undefined

  constructor(options: ReplayOptions) {
    this.#options = options
    this.#offsets = pace(options.lines)
    const total = options.lines.length
    this.#state = {
      available: false,
      running: false,
      speed: null,
      sent: 0,
      total,
      at: null,
      error: null,
    }
  }

  /** The people of the day are there. */
  allow(): void {
    this.#state = { ...this.#state, available: true }
  }

  get state(): Readonly<ReplayState> {
    return this.#state
  }

  /** @throws CollabError `conflict` while one is under way, `not_supported` where the day is not in the lobby */
  start(speed: Speed): void {
    if (!this.#state.available)
      throw new CollabError('not_supported', { message: 'The day is not in this lobby.' })
    if (this.#running) throw new CollabError('conflict', { message: 'A replay is under way.' })
    this.#stopped = false
    this.#state = { ...this.#state, running: true, speed, sent: 0, at: null, error: null }
    this.#running = this.#run(speed)
      .catch((error: unknown) => {
        // Nobody waits for a replay: its state tells how it ended.
        this.#state = { ...this.#state, error: isCollabError(error) ? error.code : 'internal' }
      })
      .finally(() => {
        this.#running = undefined
        this.#state = { ...this.#state, running: false }
      })
  }

  /** Resolves when nothing of it is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#running
  }

  async #run(speed: Speed): Promise<void> {
    const { clock, lines } = this.#options
    const run = newId()
    const began = clock.now()
    let next = 0
    while (next < lines.length && !this.#stopped) {
      const elapsed = speed === 'max' ? Infinity : (clock.now() - began) * speed
      let end = next
      while (end < lines.length && end - next < BATCH && this.#offsets[end]! <= elapsed) end++
      if (end === next) {
        await this.#wait(Math.ceil((this.#offsets[next]! - elapsed) / Number(speed)))
        continue
      }
      // Handed over in order and together: the order of one batch is the order of its calls.
      await Promise.all(
        lines
          .slice(next, end)
          .map((line, index) => this.#say(line, `replay-${run}-${next + index}`)),
      )
      next = end
      this.#state = { ...this.#state, sent: next, at: lines[next - 1]!.at }
    }
  }

  async #say({ sender, body }: Line, clientMessageId: string): Promise<void> {
    const { chatId, clock, dispatcher } = this.#options
    const call: Call = {
      name: 'chat.sendMessage',
      input: { chatId, clientMessageId, body },
      caller: { username: sender, role: 'user' },
      connection: undefined,
      address: '',
      via: 'service',
    }
    for (let attempt = 1; ; attempt++) {
      const { error } = await dispatcher.call(call)
      if (!error) return
      if (!error.retryable || attempt === ATTEMPTS) throw error
      // The same id again: a message whose outcome was not known is not sent twice.
      await new Promise<void>((resolve) => void clock.after(error.retryAfterMs ?? 500, resolve))
    }
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = undefined
  }
}
