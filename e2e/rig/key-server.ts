import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Jwk } from './host-tokens.ts'

/** What an address that publishes keys does with a request. */
export type Answer = (response: ServerResponse) => void

/** Where an issuer publishes its keys. */
export interface KeyServer {
  readonly url: string
  /** When somebody asked, milliseconds since 1970. */
  readonly fetches: readonly number[]
  /** What is answered from now on. */
  answers(answer: Answer): void
  /** Nobody listens from now on. */
  stop(): Promise<void>
  /** Somebody listens again, at the same address. */
  start(): Promise<void>
  close(): Promise<void>
}

export async function openKeyServer(first: Answer): Promise<KeyServer> {
  let answer = first
  const fetches: number[] = []
  const server = createServer((_request, response) => {
    fetches.push(Date.now())
    answer(response)
  })
  const start = async (port: number) =>
    void (await once(server.listen(port, '127.0.0.1'), 'listening'))
  const stop = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  await start(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/keys`,
    fetches,
    answers: (next) => void (answer = next),
    start: () => start(port),
    stop,
    close: stop,
  }
}

/** A key set, as it should be. */
export const publishes =
  (...keys: readonly Jwk[]): Answer =>
  (response) =>
    void response
      .setHeader('content-type', 'application/jwk-set+json')
      .end(JSON.stringify({ keys }))
