import { request } from 'node:http'

export interface HttpQuestion {
  /** Default `GET`. */
  method?: string
  /** Sent as it is. */
  path: string
  /** Beside the bearer token. */
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
  /** Default: Eve's. `null` sends none. */
  token?: string | null
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body where it is JSON. */
  body: { code?: string; details?: Record<string, unknown>; [key: string]: unknown }
}

/** One request with any method, path and header, as `fetch` would not send it. */
export function ask(
  port: number,
  { method = 'GET', path, headers = {}, body, token }: HttpQuestion,
): Promise<HttpAnswer> {
  const all = {
    connection: 'close',
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers: all }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text,
          body: toBody(text),
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function toBody(text: string): HttpAnswer['body'] {
  try {
    return JSON.parse(text) as HttpAnswer['body']
  } catch {
    // Not every answer is JSON.
    return {}
  }
}
