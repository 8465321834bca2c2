import { request, type IncomingMessage } from 'node:http'
import { CollabError, type EventItem, type Welcome } from '@collab-kit/protocol'
import { toError, type HttpAnswer, type HttpRequest } from './http.ts'
import { Received } from './received.ts'
import { show } from './seen.ts'

/** One block of `text/event-stream`, as the standard tells a client to read it. */
export interface Block {
  event: string | undefined
  data: string
  /** The id that holds after this block. */
  id: string
  retry: number | undefined
}

export interface StreamRequest {
  url: string
  token?: string
  /** The query, a ticket for one. */
  query?: Record<string, string>
  lastEventId?: string
  headers?: Record<string, string>
  /** Breaks the connection off after so many bytes of the answer. Default: never. */
  cutAfter?: number
}

/** One who reads `/api/v1/events`. */
export interface EventStream {
  readonly headers: IncomingMessage['headers']
  readonly connectionId: string
  readonly items: readonly EventItem[]
  readonly blocks: readonly Block[]
  /** How many comments came. */
  readonly comments: number
  /** What a browser would send as `Last-Event-ID`. */
  readonly lastEventId: string
  readonly violations: readonly string[]
  until(predicate: (item: EventItem) => boolean): Promise<EventItem>
  pause(): void
  resume(): void
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

const PATH = '/api/v1/events'

/** Opens an event stream and waits for the welcome; a refusal is thrown as `CollabError`. */
export async function openEventStream(options: StreamRequest): Promise<EventStream> {
  const reader = await readEvents(options)
  await reader.until(({ name }) => name === 'system.welcome')
  return reader
}

/** The same, cut off wherever it happens to be: resolves when it has ended. */
export async function readUntilCut(options: StreamRequest): Promise<EventStream> {
  const reader = await readEvents(options)
  await reader.ended
  return reader
}

async function readEvents(options: StreamRequest): Promise<EventStream> {
  const answer = await ask(options)
  const refusal = answer.statusCode === 200 ? undefined : await bodyOf(answer)
  show({ kind: 'rest', request: toShown(options), answer: toAnswer(answer, refusal) })
  if (refusal !== undefined) throw CollabError.from(toError(refusal))
  const received = new Received()
  const parser = new Parser((item) => received.take([item]))
  let left = options.cutAfter ?? Infinity
  answer.on('data', (chunk: Buffer) => {
    parser.push(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) answer.destroy()
  })
  // Cut off is a way to end.
  answer.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    answer.once('close', () => {
      received.end()
      resolve()
    })
  })
  return {
    headers: answer.headers,
    get connectionId() {
      return (received.items[0]!.data as Welcome).connectionId
    },
    items: received.items,
    blocks: parser.blocks,
    get comments() {
      return parser.comments
    },
    get lastEventId() {
      return parser.lastEventId
    },
    violations: received.violations,
    until: (predicate) => received.until(predicate),
    pause: () => void answer.pause(),
    resume: () => void answer.resume(),
    ended,
    async close() {
      answer.destroy()
      await ended
    },
  }
}

function ask({ url, token, query, lastEventId, headers }: StreamRequest): Promise<IncomingMessage> {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  return new Promise((resolve, reject) => {
    const asked = request(new URL(`${PATH}${search}`, url), {
      agent: false,
      headers: {
        accept: 'text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        ...headers,
      },
    })
    asked.on('response', resolve)
    asked.on('error', reject)
    asked.end()
  })
}

async function bodyOf(answer: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk)
  return JSON.parse(text)
}

const toShown = ({ token, query, lastEventId, headers }: StreamRequest): HttpRequest => ({
  method: 'GET',
  path: query ? `/events?${new URLSearchParams(query)}` : '/events',
  headers: {
    ...headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  },
})

const toAnswer = ({ statusCode = 0, headers }: IncomingMessage, body: unknown): HttpAnswer => ({
  status: statusCode,
  headers: new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
  ),
  body,
})

/** Reads the format as https://html.spec.whatwg.org/multipage/server-sent-events.html has it. */
class Parser {
  readonly blocks: Block[] = []
  comments = 0
  lastEventId = ''
  readonly #onItem: (item: unknown) => void
  readonly #decoder = new TextDecoder()
  #text = ''
  #fields: { event?: string; data?: string; id?: string; retry?: number } = {}

  constructor(onItem: (item: unknown) => void) {
    this.#onItem = onItem
  }

  push(chunk: Buffer): void {
    this.#text += this.#decoder.decode(chunk, { stream: true })
    const lines = this.#text.split('\n')
    this.#text = lines.pop()!
    for (const line of lines) this.#line(line)
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) {
      this.comments++
      return
    }
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data')
      this.#fields.data = this.#fields.data === undefined ? value : `${this.#fields.data}\n${value}`
    else if (field === 'retry') this.#fields.retry = Number(value)
    else if (field === 'event' || field === 'id') this.#fields[field] = value
  }

  #dispatch(): void {
    const { event, data, id, retry } = this.#fields
    this.#fields = {}
    if (id !== undefined) this.lastEventId = id
    if (data === undefined) return
    this.blocks.push({ event, data, id: this.lastEventId, retry })
    this.#onItem(JSON.parse(data))
  }
}
