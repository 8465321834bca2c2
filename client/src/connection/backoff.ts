export interface BackoffBounds {
  minMs: number
  maxMs: number
}

/**
 * How long to wait before an attempt: full jitter, so that many clients that lost one service come back spread out.
 * @param failures attempts that failed in a row before this one
 * @param random from 0 to below 1
 */
export function backoff(failures: number, bounds: BackoffBounds, random: number): number {
  return Math.round(random * Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(failures, 30)))
}
