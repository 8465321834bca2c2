import type { Clock } from '@collab-kit/client'
import { seededRandom } from '@collab-kit/client/testing'

/** When every story begins: a Friday morning. The page's clock runs on from there. */
export const NOW = Date.parse('2026-11-20T10:42:00Z')

const RealDate = Date
let shift = NOW - RealDate.now()

const shifted = () => RealDate.now() + shift

/**
 * Puts the clock of this page to the time of the stories, so that "Today" is the same day for everybody, for good.
 * Elements ask the page's clock and nothing else; that is why it is the page's that is moved.
 */
export function installStoryTime(): void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: unknown[], newTarget) =>
      Reflect.construct(target, given.length > 0 ? given : [shifted()], newTarget) as Date,
    apply: () => new RealDate(shifted()).toString(),
    get: (target, key) => (key === 'now' ? shifted : (Reflect.get(target, key) as unknown)),
  })
}

/** Back to the beginning, for the next story. */
export function restartStoryTime(): void {
  shift = NOW - RealDate.now()
}

export interface StoryClockOptions {
  /** How long ago the client believes it is, milliseconds: what happens to it happened that long ago. Default 0. */
  behindMs?: number
  /** Chance that is the same every time. Default 1. */
  seed?: number
}

/** The clock of a client in a story. */
export function storyClock({ behindMs = 0, seed = 1 }: StoryClockOptions = {}): Clock {
  return {
    now: () => Date.now() - behindMs,
    random: seededRandom(seed),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
  }
}

/** ISO 8601 of some minutes before the story begins. */
export const minutesAgo = (minutes: number): string =>
  new Date(NOW - minutes * 60_000).toISOString()
