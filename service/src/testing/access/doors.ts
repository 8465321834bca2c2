import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import {
  EVENTS,
  operations,
  PROTOCOL_VERSION,
  type EventItem,
  type OperationName,
} from '@collab-kit/protocol'
import { io, type Socket } from 'socket.io-client'
import type { Credentials } from './callers.ts'

export const doorNames = ['socket', 'rest', 'sse'] as const
/**
 * - `socket`: an acknowledged event of Socket.IO
 * - `rest`: a request, with no connection
 * - `sse`: a request with the connection of an event stream
 */
export type DoorName = (typeof doorNames)[number]

/** What came back: data, or the error as it travelled. */
export type Reply = { ok: true; data: unknown } | { ok: false; error: Record<string, unknown> }

type Item = Partial<EventItem> & { name: string }

interface Line {
  call(name: OperationName, input: object): Promise<Reply>
  /** Everything that was delivered so far. */
  readonly items: Items
  /** Where an event stream was left. */
  readonly lastEventId?: string
  close(): void
}

/** Items as they come, and those who wait for one. */
class Items extends Array<Item> {
  readonly #waiting = new Set<() => void>()

  take(...items: Item[]): void {
    this.push(...items)
    for (const look of this.#waiting) look()
  }

  async until(fits: (item: Item) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!this.some(fits)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** The ways in of one caller, opened when they are first used. */
export class Doors {
  readonly #url: string
  readonly #credentials: Credentials
  readonly #lines = new Map<DoorName, Promise<Line | Reply>>()
  readonly #agent = new Agent({ keepAlive: true })
  #lastEventId: string | undefined

  constructor(url: string, credentials: Credentials) {
    this.#url = url
    this.#credentials = credentials
  }

  async call(door: DoorName, name: OperationName, input: object): Promise<Reply> {
    const line = await this.#line(door)
    return 'ok' in line ? line : line.call(name, input)
  }

  /** Opens a connection and calls nothing. */
  async enter(door: DoorName): Promise<Reply> {
    const line = await this.#line(door)
    return 'ok' in line ? line : { ok: true, data: {} }
  }

  /** What was delivered by now, once everything said before has arrived; nothing where the door is shut. */
  async delivered(door: DoorName): Promise<readonly Item[] | undefined> {
    const line = await this.#line(door)
    if ('ok' in line) return undefined
    const message = `fence-${line.items.length}-${Math.random()}`
    const answered = await line.call('system.echo', { message })
    if (!answered.ok) return line.items
    await line.items.until(
      ({ name, data }) =>
        name === 'system.echoed' && (data as { message?: string }).message === message,
    )
    return line.items
  }

  /** Loses the event stream; the next is opened from where this one was left. */
  async leaveEvents(): Promise<void> {
    const line = await this.#line('sse')
    if ('ok' in line) return
    this.#lastEventId = line.lastEventId
    line.close()
    this.#lines.delete('sse')
  }

  async close(): Promise<void> {
    for (const opening of this.#lines.values()) {
      const line = await opening
      if (!('ok' in line)) line.close()
    }
    this.#agent.destroy()
  }

  #line(door: DoorName): Promise<Line | Reply> {
    const known = this.#lines.get(door)
    if (known) return known
    const opened = this.#open(door)
    this.#lines.set(door, opened)
    return opened
  }

  async #open(door: DoorName): Promise<Line | Reply> {
    const asked = { url: this.#url, credentials: this.#credentials, agent: this.#agent }
    if (door === 'socket') return openSocket(asked)
    if (door === 'sse') return openEvents(asked, this.#lastEventId)
    return {
      items: new Items(),
      close: () => {},
      call: (name, input) => callRest(asked, { name, input }),
    }
  }
}

interface Asked {
  url: string
  credentials: Credentials
  agent: Agent
}

const GONE: Reply = { ok: false, error: { code: 'gone', message: 'The connection has ended.' } }

async function openSocket({ url, credentials }: Asked): Promise<Line | Reply> {
  const socket: Socket = io(url, {
    auth: { ...credentials, protocol: PROTOCOL_VERSION },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  })
  const items = new Items()
  socket.on(EVENTS, (batch: Item[]) => items.take(...batch))
  const ended = new Promise<Reply>((resolve) => socket.once('disconnect', () => resolve(GONE)))
  const refused = await new Promise<Reply | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined))
    socket.once('connect_error', (error: Error & { data?: Record<string, unknown> }) => {
      socket.close()
      resolve({ ok: false, error: error.data ?? { code: 'connect_error', message: error.message } })
    })
  })
  return (
    refused ?? {
      items,
      close: () => void socket.close(),
      call: (name, input) =>
        Promise.race([
          new Promise<Reply>((resolve) =>
            socket.emit(name, input, (reply: Reply) => resolve(reply)),
          ),
          ended,
        ]),
    }
  )
}

const BASE = '/api/v1'

const answerTo = (asking: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    asking.once('response', resolve)
    asking.once('error', reject)
  })

function headersOf({ token, apiKey, secret, actAs }: Credentials): Record<string, string> {
  const basic = () => Buffer.from(`${apiKey}:${secret}`).toString('base64')
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(apiKey !== undefined && { authorization: `Basic ${basic()}` }),
    ...(actAs !== undefined && { 'x-act-as': encodeURIComponent(actAs) }),
  }
}

/** Reads the items of an event stream as they come. */
async function openEvents(asked: Asked, from: string | undefined): Promise<Line | Reply> {
  const items = new Items()
  const { url, credentials } = asked
  const { ticket } = credentials
  const query = ticket === undefined ? '' : `?ticket=${encodeURIComponent(ticket)}`
  const asking = request(`${url}${BASE}/events${query}`, {
    agent: false,
    headers: { ...headersOf(credentials), ...(from !== undefined && { 'last-event-id': from }) },
  })
  asking.end()
  const answer = await answerTo(asking)
  answer.setEncoding('utf8')
  if (answer.statusCode !== 200) {
    let text = ''
    for await (const chunk of answer) text += String(chunk)
    return { ok: false, error: JSON.parse(text) as Record<string, unknown> }
  }
  let lastEventId = ''
  const welcome = new Promise<Item>((resolve) => {
    let text = ''
    answer.on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n')
      text = lines.pop()!
      for (const line of lines) {
        if (line.startsWith('id:')) lastEventId = line.slice(3).trim()
        if (!line.startsWith('data:')) continue
        items.take(JSON.parse(line.slice(5)) as Item)
        if (items.length === 1) resolve(items[0]!)
      }
    })
  })
  // Cut off is a way to end.
  answer.on('error', () => undefined)
  const { connectionId } = (await welcome).data as { connectionId: string }
  return {
    items,
    get lastEventId() {
      return lastEventId
    },
    close: () => void answer.destroy(),
    call: (name, input) => callRest(asked, { name, input, connectionId }),
  }
}

interface RestCall {
  name: OperationName
  input: object
  connectionId?: string
}

async function callRest(
  { url, credentials, agent }: Asked,
  { name, input, connectionId }: RestCall,
): Promise<Reply> {
  const { method, path, body } = toRequest(name, input)
  const asking = request(`${url}${BASE}${path}`, {
    agent,
    method,
    headers: {
      ...headersOf(credentials),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(connectionId !== undefined && { 'x-connection-id': connectionId }),
    },
  })
  asking.end(body)
  const answer = await answerTo(asking)
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk)
  const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  if ((answer.statusCode ?? 500) < 300) return { ok: true, data: parsed }
  const { type: _type, title: _title, status: _status, detail: _detail, ...error } = parsed
  return { ok: false, error }
}

function toRequest(
  name: OperationName,
  input: object,
): { method: string; path: string; body?: string } {
  const line = operations.get(name)?.rest
  if (!line) throw new Error(`${name} has no REST line`)
  const [method = '', template = ''] = line.split(' ')
  const fields: Record<string, unknown> = { ...input }
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = fields[key]
    delete fields[key]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: JSON.stringify(fields) }
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(fields))
    for (const each of Array.isArray(value) ? value : [value]) query.append(key, String(each))
  return { method, path: query.size > 0 ? `${path}?${query}` : path }
}
