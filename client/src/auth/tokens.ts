import { CollabError } from '@collab-kit/protocol/runtime'
import type { Clock } from '../clock.ts'
import type { IssuedToken, TokenReason } from '../options.ts'

/** Where tokens come from. */
export interface TokenSource {
  /** Whether asking again can give another token. */
  readonly renewable: boolean
  /** The next token, or nothing where a person has to sign in first. */
  get(reason: TokenReason, signal: AbortSignal): Promise<IssuedToken | undefined>
  /** The service ended the sign-in. */
  forget?(): Promise<void>
}

/** The token in use and one way to a newer one, however many ask for it. */
export interface Tokens {
  readonly renewable: boolean
  readonly current: string | undefined
  get(reason: TokenReason): Promise<IssuedToken | undefined>
  /** The service's word on how long the present token lasts. */
  endsIn(ms: number): void
  /** Takes a token that was got otherwise, as by signing in. */
  set(token: IssuedToken | undefined): void
  /** Gives up what is being asked for. */
  abort(): void
}

/** A token this close to its end is replaced before a connection is made with it. */
const MARGIN_MS = 30_000

/** @param timeoutMs longest wait for the source, which may not heed its signal */
export function createTokens(source: TokenSource, clock: Clock, timeoutMs = 30_000): Tokens {
  let token: IssuedToken | undefined
  let endsAt = Infinity
  let asking: { promise: Promise<IssuedToken | undefined>; ended: AbortController } | undefined

  function set(next: IssuedToken | undefined) {
    token = next
    // An expiry in the past is one by another clock: the service will say.
    endsAt = next?.expiresAt ? Date.parse(next.expiresAt) : Infinity
  }

  function ask(reason: TokenReason) {
    const ended = new AbortController()
    const { signal } = ended
    const timer = clock.setTimeout(() => ended.abort(), timeoutMs)
    const promise = new Promise<IssuedToken | undefined>((resolve, reject) => {
      signal.onabort = () =>
        reject(new CollabError('unavailable', { details: { reason: 'aborted' } }))
      source.get(reason, signal).then((next) => {
        if (!signal.aborted) set(next)
        resolve(next)
      }, reject)
    }).finally(() => {
      clock.clearTimeout(timer)
      if (asking?.ended === ended) asking = undefined
    })
    asking = { promise, ended }
    return promise
  }

  return {
    get renewable() {
      return token !== undefined && source.renewable
    },
    get current() {
      return token?.token
    },
    get(reason) {
      if (asking) return asking.promise
      if (!token) return ask('initial')
      if (reason === 'initial' && clock.now() < endsAt - MARGIN_MS) return Promise.resolve(token)
      if (!source.renewable) return Promise.resolve(token)
      return ask(reason === 'initial' ? 'refresh' : reason)
    },
    endsIn(ms) {
      endsAt = clock.now() + ms
    },
    set,
    abort() {
      asking?.ended.abort()
      asking = undefined
    },
  }
}
