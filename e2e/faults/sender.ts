import { connectLink, Gone, Refused, type Link } from '../rig/link.ts'
import type { Person } from '../rig/person.ts'
import { hashOf, verdictOf, type Attempt, type Send } from './history.ts'

export interface SenderOptions {
  person: Person
  /** Chats to send to, in turn. */
  chats: readonly string[]
  /** Takes every send of the run. */
  sends: Send[]
  /** Called when a message has been handed over. */
  onSent?(send: Send): void
  /** Called when a message is acknowledged. */
  onAcknowledged?(send: Send): void
  /** What this person says in their n-th message. */
  bodyOf?(n: number): string
  /** Whether a message that could not be taken right now, or may not have been, is sent again by itself. */
  retries?(send: Send): boolean
}

const TICK_MS = 20
/** After this long, milliseconds. */
const RETRY_MS = 300

/** One person who sends at a steady rate without waiting for answers, and writes down what became of each message. */
export class Sender {
  readonly person: Person
  readonly #options: SenderOptions
  readonly #bodies = new Map<string, string>()
  readonly #own: Send[] = []
  #link: Link | undefined
  #lane = 0
  #timer: NodeJS.Timeout | undefined
  #underWay = new Set<Promise<void>>()
  readonly #retries = new Set<NodeJS.Timeout>()
  /** How many acknowledgements came. */
  acknowledged = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.person = options.person
  }

  get link(): Link {
    if (!this.#link) throw new Error('not connected')
    return this.#link
  }

  /** Calls that were not answered yet. */
  get underWay(): number {
    return this.#underWay.size
  }

  async connect(url: string): Promise<void> {
    this.#link?.close()
    this.#link = await connectLink(url, this.person)
    this.#lane++
    for (const chatId of this.#options.chats) await this.#link.call('chat.joinChat', { chatId })
  }

  /** Send this many messages a second until stopped: what is due by the clock, so that a slow moment is made up for. */
  start(perSecond: number, filler?: string): void {
    const since = performance.now()
    let sent = 0
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - since) / 1000) * perSecond)
      for (; sent < due && this.#link?.connected; sent++) this.send(filler)
    }, TICK_MS)
  }

  /** Stop sending; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#quiet()
    await Promise.all(this.#underWay)
  }

  /** Send one more message. */
  send(filler = ''): Send {
    const { chats, sends } = this.#options
    const n = this.#own.length
    const id = `${this.person.username}-${n}`
    const body = this.#options.bodyOf?.(n) ?? `message ${id} ${'é'.repeat(n % 40)}${filler}`
    const send: Send = {
      id,
      author: this.person.username,
      chat: chats[n % chats.length]!,
      hash: hashOf(body),
      attempts: [],
    }
    this.#bodies.set(id, body)
    this.#own.push(send)
    sends.push(send)
    this.#attempt(send)
    this.#options.onSent?.(send)
    return send
  }

  /** Send those again whose outcome is unknown, with the same ids; `which` leaves some as they are. */
  async resend(which: (send: Send) => boolean = () => true): Promise<number> {
    const open = this.#own.filter((send) => verdictOf(send) === 'unknown' && which(send))
    for (const [index, send] of open.entries()) {
      this.#attempt(send)
      // Below the most calls that may be under way on one connection.
      if (index % 32 === 31) await Promise.all(this.#underWay)
    }
    await Promise.all(this.#underWay)
    return open.length
  }

  close(): void {
    this.#quiet()
    this.#link?.close()
  }

  #attempt(send: Send): void {
    const attempt: Attempt = {
      lane: `${this.person.username}/${this.#lane}`,
      invokedAt: performance.now(),
    }
    send.attempts.push(attempt)
    const { id, chat } = send
    const done = this.link
      .call('chat.sendMessage', { chatId: chat, clientMessageId: id, body: this.#bodies.get(id)! })
      .then(
        ({ seq, messageId }) => {
          attempt.outcome = { ok: { seq, messageId } }
          attempt.endedAt = performance.now()
          this.acknowledged++
          this.#options.onAcknowledged?.(send)
        },
        (error: unknown) => {
          attempt.outcome = toOutcome(error)
          attempt.endedAt = performance.now()
          if (error instanceof Refused) this.#retry(send, error.code)
        },
      )
      .finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  #retry(send: Send, code: string): void {
    const again = code === 'unavailable' || code === 'outcome_unknown'
    if (!again || this.#timer === undefined || !this.#options.retries?.(send)) return
    const timer = setTimeout(() => {
      this.#retries.delete(timer)
      if (this.#link?.connected) this.#attempt(send)
    }, RETRY_MS)
    this.#retries.add(timer)
  }

  /** Nothing more goes out by itself. */
  #quiet(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const timer of this.#retries) clearTimeout(timer)
    this.#retries.clear()
  }
}

function toOutcome(error: unknown): Attempt['outcome'] {
  if (error instanceof Gone) return 'unknown'
  if (!(error instanceof Refused)) throw error
  return error.code === 'outcome_unknown'
    ? 'unknown'
    : { refused: `${error.code} ${String(error.details['reason'] ?? '')}`.trim() }
}
