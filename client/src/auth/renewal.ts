import { CollabError } from '@collab-kit/protocol/runtime'
import type { Calls } from '../calls/calls.ts'
import type { Clock } from '../clock.ts'
import type { Emitter } from '../emitter.ts'
import type { Tokens } from './tokens.ts'

export interface RenewalOptions {
  clock: Clock
  tokens: Tokens
  calls: Calls
  emitter: Emitter
}

/** Gives a live connection newer tokens before its own ends; fetched with the first token that has a successor. */
export interface Renewal {
  /**
   * @param tokenExpiresAt When the connection's token ends
   * @param skewMs How far the service's clock is ahead of the page's
   */
  start(tokenExpiresAt: string, skewMs: number): void
}

const RETRY_MS = 5_000
const HURRY_MS = 10_000
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

export function createRenewal({ clock, tokens, calls, emitter }: RenewalOptions): Renewal {
  let timer: unknown
  let skewMs = 0
  let renewing = false

  function schedule(ms: number) {
    clock.clearTimeout(timer)
    timer = clock.setTimeout(() => void renew(), Math.min(ms, MAX_TIMER_MS))
  }

  /** By the service's clock alone: the page's may be hours off. */
  function endsAt(tokenExpiresAt: string) {
    const leftMs = Math.max(0, Date.parse(tokenExpiresAt) - clock.now() - skewMs)
    tokens.endsIn(leftMs)
    // Between 70 and 85 % of its life, by chance: tokens that were given together are not renewed together.
    if (tokens.renewable) schedule(leftMs * (0.7 + 0.15 * clock.random()))
  }

  async function renew() {
    if (renewing || !calls.open) return
    renewing = true
    try {
      const token = await tokens.get('refresh')
      if (token) endsAt((await calls.attempt('auth.renew', { token: token.token })).tokenExpiresAt)
    } catch (error) {
      // The old token still holds: try again while the connection lives; its end is the connection's own affair.
      if (!calls.open) return
      schedule(RETRY_MS * (1 + clock.random()))
      emitter.emit(
        'error',
        error instanceof CollabError ? error : new CollabError('unavailable', { cause: error }),
      )
    } finally {
      renewing = false
    }
  }

  const stop = () => clock.clearTimeout(timer)
  emitter.on('closed', stop)
  emitter.on('end', stop)
  emitter.on('auth.tokenExpiring', () => {
    if (tokens.renewable && !renewing) schedule(HURRY_MS * clock.random())
  })

  return {
    start(tokenExpiresAt, skew) {
      skewMs = skew
      endsAt(tokenExpiresAt)
    },
  }
}
