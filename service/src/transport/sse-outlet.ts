import type { ServerResponse } from 'node:http'
import type { Closing } from '@collab-kit/protocol'
import type { Checkpoint } from './checkpoint.ts'
import type { EventLines, Frame } from './frame.ts'
import { PRESSED, type Outlet } from './outlet.ts'

export interface SseOutletOptions {
  response: ServerResponse
  /** Most unsent bytes. */
  budget: number
  checkpoint: Checkpoint
  /** Whether events are given their names; without, all of them are a browser's `message`. */
  named: boolean
}

/** A client that is cut off comes back after so long, milliseconds. */
const RETRY_MS = 1000
const END = Buffer.from('\n')
const COMMENT = Buffer.from(':\n\n')

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx and others hold answers back otherwise.
  'x-accel-buffering': 'no',
}

/** The way out over an HTTP response that does not end: `text/event-stream`. */
export class SseOutlet implements Outlet {
  readonly #options: SseOutletOptions
  readonly #response: ServerResponse
  readonly #whenEmpty: (() => void)[] = []
  #waiting: Buffer[] = []
  #bytes = 0
  /** Whether the kernel has not taken the last write yet. */
  #blocked = false
  #scheduled = false
  /** Whether the reader's position changed without an event that carries it. */
  #unsaid = false

  constructor(options: SseOutletOptions) {
    this.#options = options
    this.#response = options.response
    options.checkpoint.onChange = () => {
      this.#unsaid = true
      if (this.#response.headersSent) this.#schedule()
    }
    // Nobody waits for one who is gone.
    options.response.once('close', () => this.#emptied())
  }

  get budget(): number {
    return this.#options.budget
  }

  get bytes(): number {
    return this.#bytes + (this.#blocked ? this.#response.writableLength : 0)
  }

  get pressed(): boolean {
    return this.bytes > this.#options.budget * PRESSED
  }

  fits(bytes: number): boolean {
    const queued = this.bytes
    return queued === 0 || queued + bytes <= this.#options.budget
  }

  write(frame: Frame): void {
    for (const lines of frame.lines) this.#writeEvent(lines)
  }

  /** Shows proxies and both ends that the connection lives. */
  comment(): void {
    if (this.#response.headersSent && this.bytes === 0) this.#write(COMMENT)
  }

  clear(): void {
    this.#waiting = []
    this.#bytes = 0
    this.#unsaid = false
  }

  whenEmpty(then: () => void): void {
    if (this.bytes === 0 && !this.#scheduled) then()
    else this.#whenEmpty.push(then)
  }

  close(): void {
    this.#response.end()
  }

  cut(): void {
    this.#response.destroy()
  }

  whenGone(then: () => void): void {
    if (this.#response.destroyed) then()
    else this.#response.once('close', then)
  }

  #writeEvent({ item, event, data }: EventLines): void {
    const { checkpoint, named } = this.#options
    if (named) this.#write(event)
    this.#write(data)
    const retryMs = retryOf(item)
    if (retryMs !== undefined) this.#write(Buffer.from(`retry: ${retryMs}\n`))
    if (item.stream !== undefined && item.seq !== undefined) checkpoint.pass(item.stream, item.seq)
    if (item.seq !== undefined || POSITIONED.has(item.name)) this.#writeId()
    this.#write(END)
  }

  #writeId(): void {
    this.#unsaid = false
    this.#write(Buffer.from(`id: ${this.#options.checkpoint.encode()}\n`))
  }

  #write(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#blocked) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#scheduled = false
    const response = this.#response
    if (this.#blocked || response.destroyed || response.writableEnded) return
    if (this.#unsaid) {
      this.#writeId()
      this.#write(END)
    }
    if (this.#waiting.length === 0) return this.#emptied()
    const chunk = Buffer.concat(this.#waiting, this.#bytes)
    this.#waiting = []
    this.#bytes = 0
    this.#blocked = true
    if (!response.headersSent) response.writeHead(200, HEADERS)
    response.write(chunk, () => {
      this.#blocked = false
      if (this.#waiting.length > 0 || this.#unsaid) this.#flush()
      else this.#emptied()
    })
  }

  #emptied(): void {
    for (const then of this.#whenEmpty.splice(0)) then()
  }
}

/** What carries the reader's position beside the events of streams. */
const POSITIONED = new Set(['system.welcome', 'system.reset', 'streams.removed'])

function retryOf({ name, data }: EventLines['item']): number | undefined {
  if (name === 'system.welcome') return RETRY_MS
  return name === 'system.closing' ? Math.max((data as Closing).afterMs, RETRY_MS) : undefined
}
