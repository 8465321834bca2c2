import type { RefreshTokenRow } from './store.ts'

/** A lost answer may be asked for again for this long. */
const REPEAT_MS = 60_000
/** A refresh token that is not used for this long is worth nothing. */
const IDLE_MS = 30 * 86_400_000

export interface RefreshAttempt {
  token: RefreshTokenRow
  /** Whether the sign-in behind it is over. */
  ended: boolean
  commandId: string | undefined
  now: string
}

/**
 * What to do with a refresh token that exists.
 * - `rotate`: first use
 * - `repeat`: the same command again, its answer was lost
 * - `revoke`: an old token used again: somebody else has it
 * - `refuse`: the sign-in is over
 */
export function decideRefresh({
  token,
  ended,
  commandId,
  now,
}: RefreshAttempt): 'rotate' | 'repeat' | 'revoke' | 'refuse' {
  if (ended) return 'refuse'
  if (token.used_at === null) return age(token.created_at, now) > IDLE_MS ? 'refuse' : 'rotate'
  const repeated =
    commandId !== undefined &&
    commandId === token.command_id &&
    age(token.used_at, now) <= REPEAT_MS
  return repeated ? 'repeat' : 'revoke'
}

const age = (then: string, now: string): number => Date.parse(now) - Date.parse(then)
