import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import { vi } from 'vitest'
import { sse } from '../connection/sse.ts'

export const WELCOME: EventItem = {
  name: 'system.welcome',
  at: '',
  data: { connectionId: 'c1', text: 'ünïcode 💬' },
}

interface Asked {
  url: string
  method: string
  headers: Headers
  body: unknown
  signal: AbortSignal | null
  answer(body: unknown, status?: number): void
  /** A proxy's word. */
  answerText(body: string, status: number): void
  breakOff(): void
}

/** A service that answers when the test says so. */
function createService() {
  const asked: Asked[] = []
  const fetchWith: typeof fetch = (url, init) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
    asked.push({
      url: String(url).replace('https://chat.example/base/api/v1', ''),
      method: init?.method ?? 'GET',
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
      signal: init?.signal ?? null,
      answer: (body, status = 200) => resolve(Response.json(body, { status })),
      answerText: (body, status) => resolve(new Response(body, { status })),
      breakOff: () => reject(new TypeError('Failed to fetch')),
    })
    if (!String(url).endsWith('/events')) return promise
    // What is given up brings nothing more.
    init?.signal?.addEventListener('abort', () => said.error(new Error('aborted')))
    return promise.then((response) =>
      response.ok ? new Response(stream, { headers: { 'content-type': TYPE } }) : response,
    )
  }
  const TYPE = 'text/event-stream; charset=utf-8'
  let said!: ReadableStreamDefaultController<Uint8Array>
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (said = controller),
  })
  return {
    asked,
    fetch: fetchWith,
    open: () => asked[0]?.answer({}),
    write: (text: string) => said.enqueue(new TextEncoder().encode(text)),
    say: (...items: EventItem[]) =>
      said.enqueue(
        new TextEncoder().encode(
          items.map((each) => `event: ${each.name}\ndata: ${JSON.stringify(each)}\n\n`).join(''),
        ),
      ),
    end: () => said.close(),
    cut: () => said.error(new Error('cut')),
    get calls() {
      return asked.slice(1)
    },
  }
}

/** A connection by event stream to that service, and what is told of it. */
export function connectSse({ token }: { token?: string } = { token: 'secret' }) {
  const service = createService()
  const seen = {
    frames: [] as (readonly EventItem[])[],
    refused: [] as (ErrorShape | undefined)[],
    lost: 0,
  }
  const transport = sse({
    serviceUrl: 'https://chat.example/base',
    token,
    fetch: service.fetch,
    handlers: {
      items: (items) => void seen.frames.push(items),
      refused: (error) => void seen.refused.push(error),
      lost: () => void seen.lost++,
    },
  })
  const call = (name: string, input: object) => {
    const replies: Reply[] = []
    transport.send(name, input, (reply) => void replies.push(reply))
    return replies
  }
  return { service, seen, transport, call }
}

/** Lets everything happen that needs no time. */
export const settle = () => vi.advanceTimersByTimeAsync(0)

/** A connection by event stream that takes calls. */
export async function welcomed() {
  const connected = connectSse()
  connected.service.open()
  connected.service.say(WELCOME)
  await settle()
  return connected
}

/** Throws when something still waits, and gives the real time back: for after each test, with false timers before it. */
export function endTimers(): void {
  const left = vi.getTimerCount()
  vi.useRealTimers()
  if (left > 0) throw new Error(`${left} timers are left`)
}
