import { request } from 'node:http'
import { connectLink, Refused } from '../rig/link.ts'
import { openRawSocket } from '../rig/raw-socket.ts'
import { ask, type HttpAnswer } from './http.ts'

/** Every way in for a token. */
export const doors = ['socket', 'renew', 'rest', 'events', 'ticket'] as const
export type Door = (typeof doors)[number]

/** What a door answers: `ok`, the code of the refusal, the status where HTTP itself refuses, `closed` without a word. */
export type Answers = Readonly<Record<Door, string>>

const API = '/api/v1'

interface DoorOptions {
  url: string
  port: number
  /** Signs in whoever is then given the token by `auth.renew`. */
  liveToken: string
}

/** Shows a token at one door; a connection that comes of it is closed again. */
export function show(
  door: Door,
  token: string,
  { url, port, liveToken }: DoorOptions,
): Promise<string> {
  switch (door) {
    case 'socket':
      return askSocket(port, token)
    case 'renew':
      return codeOf(renew(url, liveToken, token))
    case 'rest':
      return ask(port, { path: `${API}/me`, token }).then(codeOfHttp)
    case 'ticket':
      return ask(port, {
        method: 'POST',
        path: `${API}/events/ticket`,
        headers: { 'content-type': 'application/json' },
        body: '{}',
        token,
      }).then(codeOfHttp)
    case 'events':
      return askEvents(port, { authorization: `Bearer ${token}` }).then(({ code, close }) => {
        close()
        return code
      })
  }
}

async function renew(url: string, liveToken: string, token: string): Promise<void> {
  const live = await connectLink(url, { token: liveToken })
  try {
    await live.call('auth.renew', { token })
  } finally {
    live.close()
  }
}

const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof Refused) return error.code
      throw error
    },
  )

const codeOfHttp = ({ status, body }: HttpAnswer): string =>
  status === 200 ? 'ok' : (body.code ?? String(status))

export interface EventsAnswer {
  /** As of `Answers`. */
  code: string
  status: number
  details: Record<string, unknown>
  /** Names of the first items, and what they say of why; more may follow. */
  items: { name: string; data: Record<string, unknown> }[]
  lastEventId: string | undefined
  close(): void
}

/** Opens an event stream with any headers; resolves with the refusal, or with all that is said at once. */
export function askEvents(
  port: number,
  headers: Record<string, string | string[]>,
  query = '',
): Promise<EventsAnswer> {
  return new Promise((resolve, reject) => {
    const path = `${API}/events${query}`
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      const status = answer.statusCode ?? 0
      const close = () => void answer.destroy()
      let text = ''
      const settle = () => {
        const body = status === 200 ? {} : toProblem(text)
        const { code = status === 200 ? 'ok' : String(status), details = {} } = body
        resolve({ code, status, details, close, ...toItems(status === 200 ? text : '') })
      }
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
        // The first write holds the welcome and everything that it brings with it.
        if (status === 200 && text.endsWith('\n\n')) settle()
      })
      answer.on('end', settle)
      // Cut off is a way to end.
      answer.on('error', settle)
    })
    asked.on('error', reject)
    asked.end()
  })
}

function toProblem(text: string): { code?: string; details?: Record<string, unknown> } {
  try {
    return JSON.parse(text) as { code?: string }
  } catch {
    // What HTTP itself refuses has no body.
    return {}
  }
}

function toItems(text: string): Pick<EventsAnswer, 'items' | 'lastEventId'> {
  const lines = text.split('\n')
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(field)).map((line) => line.slice(field.length))
  return {
    items: valuesOf('data: ').map((data) => JSON.parse(data) as EventsAnswer['items'][number]),
    lastEventId: valuesOf('id: ').at(-1),
  }
}

/** Shows a token on a WebSocket. */
export async function askSocket(
  port: number,
  token: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const socket = await openRawSocket(port, { headers })
  try {
    await socket.next((text) => text.startsWith('0{'))
    await socket.send(`40${JSON.stringify({ token })}`)
    const answer = socket.next((text) => /^4[04]/.test(text))
    return await Promise.race([answer.then(codeOfPacket), socket.closed.then(() => 'closed')])
  } finally {
    socket.close()
  }
}

/** Shows a token by long polling. */
export async function askPolling(
  port: number,
  token: string,
  headers: Record<string, string | string[]>,
): Promise<string> {
  const path = '/socket.io/?EIO=4&transport=polling'
  const opened = await ask(port, { path, headers })
  if (opened.status !== 200) return String(opened.status)
  const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string }
  const session = `${path}&sid=${sid}`
  const body = `40${JSON.stringify({ token })}`
  const [answer] = await Promise.all([
    ask(port, { path: session, headers }),
    ask(port, { method: 'POST', path: session, headers, body }),
  ])
  // One who was let in leaves.
  await ask(port, { method: 'POST', path: session, headers, body: '1' })
  return codeOfPacket(answer.text)
}

function codeOfPacket(text: string): string {
  if (text.startsWith('40')) return 'ok'
  return /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(0, 100)
}
