import type { Message } from '@collab-kit/protocol'
import { chunkOf, indexOfChunk } from './entries.ts'

/** Messages drawn at first. */
const INITIAL = 80
/** Messages added at one side when the reader comes near it. */
const STEP = 40
/** More than this is not drawn at once. */
const MOST = 600

export interface Slice {
  start: number
  end: number
}

/**
 * Which of the loaded messages are drawn. Both borders are borders of chunks; an open end follows the newest message.
 */
export class MessageWindow {
  #from = 0
  #to = Infinity
  /** `seq` of messages that stay drawn with those around them: the one in view, the one with the focus. */
  pinned: readonly number[] = []

  /** Whether the newest message is drawn. */
  get followsNewest(): boolean {
    return this.#to === Infinity
  }

  /** The newest ones. */
  reset(messages: readonly Message[]): void {
    this.#to = Infinity
    this.#from = chunkAt(messages, messages.length - INITIAL)
  }

  /** Those around a position, unless they are drawn already. */
  around(messages: readonly Message[], seq: number): void {
    const { start, end } = this.slice(messages)
    const index = messages.findIndex((message) => message.seq >= seq)
    if (index < 0 || (index >= start && index < end)) return
    this.#from = chunkAt(messages, index - STEP)
    const to = index + STEP
    this.#to = to >= messages.length ? Infinity : chunkAt(messages, to)
  }

  slice(messages: readonly Message[]): Slice {
    const start = indexOfChunk(messages, this.#from)
    const end = this.#to === Infinity ? messages.length : indexOfChunk(messages, this.#to + 1)
    return { start, end: Math.max(start, end) }
  }

  /**
   * Draws earlier messages and, where that makes too many, fewer of the latest.
   * @returns `false` when all that came earlier are drawn already.
   */
  earlier(messages: readonly Message[]): boolean {
    const { start, end } = this.slice(messages)
    if (start === 0) return false
    this.#from = chunkAt(messages, start - STEP)
    this.#trimLatest(messages, end)
    return true
  }

  /**
   * Draws later messages and, where that makes too many, fewer of the earliest.
   * @returns `false` when the newest is drawn already.
   */
  later(messages: readonly Message[]): boolean {
    if (this.#to === Infinity) return false
    const wanted = this.slice(messages).end + STEP
    this.#to = wanted >= messages.length ? Infinity : chunkAt(messages, wanted)
    this.#trimEarliest(messages)
    return true
  }

  /**
   * Draws more of what is loaded where all of it can be drawn: what is drawn is found by the browser's own search.
   * @returns `false` when there is nothing to add.
   */
  fill(messages: readonly Message[]): boolean {
    return messages.length <= MOST && (this.earlier(messages) || this.later(messages))
  }

  /** Keeps a long stream of arrivals within bounds, at the side where the reader is not. */
  bound(messages: readonly Message[], atEnd: boolean): void {
    const { start, end } = this.slice(messages)
    if (end - start <= MOST + STEP) return
    if (atEnd) this.#trimEarliest(messages)
    else this.#trimLatest(messages, end)
  }

  #trimEarliest(messages: readonly Message[]): void {
    const { start, end } = this.slice(messages)
    if (end - start <= MOST) return
    this.#from = Math.min(
      chunkAt(messages, end - MOST),
      ...this.pinned.map((seq) => chunkOf(seq) - 1),
    )
  }

  #trimLatest(messages: readonly Message[], end: number): void {
    const start = indexOfChunk(messages, this.#from)
    if (end - start <= MOST) return
    this.#to = Math.max(
      chunkAt(messages, start + MOST - 1),
      ...this.pinned.map((seq) => chunkOf(seq) + 1),
    )
  }
}

function chunkAt(messages: readonly Message[], index: number): number {
  const message = messages[Math.min(Math.max(index, 0), messages.length - 1)]
  return message ? chunkOf(message.seq) : 0
}
