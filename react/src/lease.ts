import { type ClientOptions, type CollabClient, createCollab } from '@collab-kit/client'
import { useEffect, useMemo, useRef, useState } from 'react'

/** How long something unused is kept, milliseconds: what React takes away and brings back must not blink. */
export const RELEASE_DELAY_MS = 3000

/** Where to connect and as whom. */
export type Connection = Pick<
  ClientOptions,
  'serviceUrl' | 'token' | 'tokenEndpoint' | 'getToken' | 'account'
>

/** A client that closes by itself when nobody claims it. */
interface Lease {
  readonly client: CollabClient
  /** Whether it is closed, and of no use any more. */
  ended: boolean
  /** Keeps the client until the returned function is called, and a moment longer. */
  claim(): () => void
}

/** A client of this connection for as long as the component lives; none without a connection. */
export function useClientOf(connection: Connection | undefined): CollabClient | undefined {
  const { serviceUrl, token, tokenEndpoint, getToken, account } = connection ?? {}
  const latest = useRef(getToken)
  useEffect(() => {
    latest.current = getToken
  })
  const [generation, renew] = useState({})
  const lease = useMemo(
    () =>
      connection &&
      lend({
        serviceUrl: absolute(serviceUrl),
        account,
        // An empty one is none.
        token: token || undefined,
        tokenEndpoint: tokenEndpoint || undefined,
        // Read anew at each call: inline functions are others with every render.
        getToken: getToken && ((...call) => (latest.current ?? getToken)(...call)),
      }),
    // An ended lease makes way for the next one.
    [!connection, serviceUrl, token, tokenEndpoint, !getToken, account, generation],
  )
  useEffect(() => {
    if (!lease?.ended) return lease?.claim()
    renew({})
    return undefined
  }, [lease])
  return lease?.client
}

/**
 * Makes a client while rendering. React renders what it then throws away, twice in StrictMode, and never says so:
 * only what an effect claims lives on. A server renders once and has no effects: there the client is closed at once,
 * so that no request holds another's.
 */
function lend(options: ClientOptions): Lease {
  const client = createCollab(options)
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = () => {
    lease.ended = true
    client.close()
  }
  const release = () => {
    timer = setTimeout(end, RELEASE_DELAY_MS)
  }
  const lease: Lease = {
    client,
    ended: false,
    claim() {
      clearTimeout(timer)
      return release
    },
  }
  if (globalThis.document) release()
  else end()
  return lease
}

/** @throws Error without an address */
function absolute(url: string | undefined): string {
  if (!url) throw new Error('<CollabProvider> needs serviceUrl or client.')
  // On a server nothing connects: any page will do.
  return new URL(url, globalThis.document?.baseURI ?? 'http://localhost').href
}
