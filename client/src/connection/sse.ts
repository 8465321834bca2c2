import type { ErrorShape, EventItem, Reply, Welcome } from '@collab-kit/protocol'
import { retryOf } from '@collab-kit/protocol/runtime'
import {
  apiUrl,
  bearer,
  callByRest,
  readProblem,
  toRequest,
  type RestRequest,
} from '../calls/request.ts'
import { readEventLines } from './event-lines.ts'
import type { Transport, TransportFactory, TransportRequest } from './transport.ts'

/** The service says something, if only a comment, every 15 s. */
const SILENCE_MS = 25_000

/** How often a call that needs its connection looks for the node that has it, and the time between. */
const NODES = 20
const NODE_MS = 50

interface Call {
  name: string
  input: { chatId?: string; token?: string }
  request: RestRequest | undefined
  reply(reply: Reply): void
}

/** One connection by an event stream and REST; connecting again is the client's own business. */
export const sse: TransportFactory = (request) => new EventStreamAndRest(request)

class EventStreamAndRest implements Transport {
  readonly isStream = true
  readonly #request: TransportRequest
  readonly #fetch: typeof fetch
  readonly #ended = new AbortController()
  /** Calls that wait for the one under way. */
  #waiting: Call[] = []
  #busy = false
  #token: string | undefined
  #connectionId: string | undefined
  #connected = false
  #heardAt = Date.now()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: TransportRequest) {
    this.#request = request
    this.#token = request.token
    this.#fetch = request.fetch ?? fetch.bind(globalThis)
    this.#hear()
    void this.#listen()
  }

  send(name: string, input: unknown, reply: (reply: Reply) => void): void {
    if (!this.#open) return
    const call = { name, input: input as object, request: toRequest(name, input as object), reply }
    // Whoever wakes from sleep finds timers that slept as well.
    if (Date.now() - this.#heardAt > SILENCE_MS) queueMicrotask(() => this.#fail())
    // What changes nothing may go side by side.
    else if (call.request?.method === 'GET') void this.#call(call)
    else {
      this.#waiting.push(call)
      if (!this.#busy) void this.#callInOrder()
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting = []
    this.#ended.abort()
  }

  get #open() {
    return !this.#ended.signal.aborted
  }

  #fail(error?: ErrorShape) {
    if (!this.#open) return
    this.close()
    const { handlers } = this.#request
    if (this.#connected) handlers.lost()
    else handlers.refused(error)
  }

  #hear() {
    this.#heardAt = Date.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fail(), SILENCE_MS)
  }

  /** Apart from what reads and asks: a handler's error is not the network's. */
  #tell(tell: () => void) {
    queueMicrotask(() => {
      if (this.#open) tell()
    })
  }

  async #listen() {
    const { serviceUrl } = this.#request
    let refusal: ErrorShape | undefined
    try {
      const response = await this.#fetch(`${apiUrl(serviceUrl)}/events`, {
        headers: { accept: 'text/event-stream', ...bearer(this.#token) },
        credentials: 'omit',
        signal: this.#ended.signal,
      })
      if (!response.ok) refusal = await readProblem(response)
      // A page that asks to sign in to the network answers as well.
      else if (
        response.headers.get('content-type')?.startsWith('text/event-stream') &&
        response.body
      )
        await this.#read(response.body)
    } catch {
      // Not reached, cut off or not understood: it is over, and nothing else follows from it.
    }
    this.#fail(refusal)
  }

  async #read(body: ReadableStream<Uint8Array>) {
    this.#connected = true
    let items: EventItem[] = []
    const take = readEventLines((data) => void items.push(JSON.parse(data) as EventItem))
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || !this.#open) return
      this.#hear()
      take(value)
      const arrived = items
      items = []
      this.#handOn(arrived)
    }
  }

  /** What stands side by side and is of one stream goes together, as in the frames of a socket. */
  #handOn(items: EventItem[]) {
    for (let start = 0, end = 0; start < items.length; start = end) {
      const { stream, name, data } = items[start] as EventItem
      while (items[end]?.stream === stream && end < items.length) end++
      if (name === 'system.welcome') this.#connectionId = (data as Welcome).connectionId
      const frame = items.slice(start, end)
      this.#tell(() => this.#request.handlers.items(frame))
    }
  }

  /** One after the other: requests side by side may overtake each other, and calls of a connection must not. */
  async #callInOrder() {
    this.#busy = true
    for (let call = this.#waiting.shift(); call; call = this.#waiting.shift()) {
      const error = await this.#call(call)
      if (error && call.name === 'chat.sendMessage') this.#refuseNext(call, error)
    }
    this.#busy = false
  }

  /** A message that is refused for now comes again later: the next ones of its chat must not overtake it. */
  #refuseNext(call: Call, error: ErrorShape) {
    const retry = retryOf(error.code)
    if (retry !== 'now' && retry !== 'backoff') return
    const refused = this.#waiting.filter((each) => isNext(each, call))
    this.#waiting = this.#waiting.filter((each) => !isNext(each, call))
    for (const { reply } of refused) this.#tell(() => reply({ ok: false, error }))
  }

  /** Answers a call, and says by what error; no answer is the end of the connection, which answers nothing any more. */
  async #call({ name, input, request, reply }: Call): Promise<ErrorShape | undefined> {
    const answer = await this.#ask(request)
    if (!this.#open) return undefined
    if (!answer || endsConnection(name, answer)) {
      this.#fail()
      return undefined
    }
    if (answer.ok && name === 'auth.renew') this.#token = input.token
    this.#tell(() => reply(answer))
    return answer.ok ? undefined : answer.error
  }

  async #ask(request: RestRequest | undefined): Promise<Reply | undefined> {
    // A change that is under way when the connection is closed arrives, as what a socket was given does.
    const signal = request?.method === 'GET' ? this.#ended.signal : undefined
    const { serviceUrl } = this.#request
    for (let asked = 1; this.#open; asked++) {
      const answer = await callByRest(
        {
          serviceUrl,
          fetch: this.#fetch,
          token: this.#token,
          connectionId: this.#connectionId,
          signal,
        },
        request,
      ).catch(() => undefined)
      const elsewhere = answer && !answer.ok && answer.error.code === 'connection_required'
      if (!elsewhere || asked === NODES) return answer
      // Behind one address there may be several nodes, of which one has this connection. Not in step with anybody else:
      // where nodes take turns, two who ask by turns would meet the wrong ones for ever.
      await new Promise((resolve) => setTimeout(resolve, NODE_MS * (0.5 + Math.random())))
    }
    return undefined
  }
}

const isNext = (call: Call, refused: Call) =>
  call.name === refused.name && call.input.chatId === refused.input.chatId

/** Whether an answer says that the connection is no more, or that something between did not reach the service. */
function endsConnection(name: string, answer: Reply): boolean {
  if (answer.ok) return false
  const { code, details } = answer.error
  const status = Number(details?.['status'])
  if (status >= 500 || status === 404 || code === 'connection_required') return true
  return retryOf(code) === 'after_sign_in' && !name.startsWith('auth.')
}
