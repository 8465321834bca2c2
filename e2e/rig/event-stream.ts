import { request, type IncomingMessage } from 'node:http'
import type { EventItem } from '@collab-kit/protocol'
import { until } from './until.ts'

/** One who reads `/api/v1/events`, as a browser's `EventSource` would. */
export interface EventStream {
  readonly items: readonly EventItem[]
  /** When each block of the answer came, milliseconds as of `performance.now()`. */
  readonly times: readonly number[]
  /** What the last block says of when to come back, milliseconds. */
  readonly retryMs: number | undefined
  readonly lastEventId: string | undefined
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>
  pause(): void
  resume(): void
  close(): void
}

/** Opens the event stream of a token or, by a whole address, of a ticket; resolves with the welcome. */
export async function openEventStream(
  url: string,
  { token, lastEventId }: { token?: string; lastEventId?: string | undefined },
): Promise<EventStream> {
  const answer = await ask(url.includes('?') ? url : `${url}/api/v1/events`, {
    accept: 'text/event-stream',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  })
  const items: EventItem[] = []
  const times: number[] = []
  const last: { id?: string; retryMs?: number | undefined } = {}
  let text = ''
  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => splitLine(line)))
      const [data, id, retry] = [fields.get('data'), fields.get('id'), fields.get('retry')]
      if (id !== undefined) last.id = id
      if (data === undefined) continue
      last.retryMs = retry === undefined ? undefined : Number(retry)
      items.push(JSON.parse(data) as EventItem)
      times.push(performance.now())
    }
  })
  // Cut off is a way to end.
  answer.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => answer.once('close', resolve))
  await until(() => items.length > 0, { what: 'the welcome of an event stream' })
  return {
    items,
    times,
    get retryMs() {
      return last.retryMs
    },
    get lastEventId() {
      return last.id
    },
    ended,
    pause: () => void answer.pause(),
    resume: () => void answer.resume(),
    close: () => void answer.destroy(),
  }
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(': ')
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)]
}

function ask(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, headers }, (answer) => {
      if (answer.statusCode === 200) resolve(answer)
      else reject(new Error(`an event stream was answered ${answer.statusCode}`))
    })
    asked.on('error', reject)
    asked.end()
  })
}
