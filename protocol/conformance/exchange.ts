import { request } from 'node:http'
import { connect } from 'node:net'

export interface Exchange {
  method: string
  /** Sent as it is: nothing is normalised. */
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

export interface Exchanged {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: unknown
}

/** One HTTP request with any method, path and header, as `fetch` would not send it. */
export function exchange(
  url: string,
  { method, path, headers, body }: Exchange,
): Promise<Exchanged> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, headers: { connection: 'close', ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: toBody(text) })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function toBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Not every answer is JSON.
    return text
  }
}

/** Bytes over TCP and what comes back until the service closes. */
export function exchangeBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => (answer += chunk))
    // A reset is a way to close.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}
