import type { Random } from '../rig/random.ts'

export interface Size {
  /** How often, where a fault is a matter of cycles. */
  cycles: number
  /** Go on for so long instead, minutes. */
  minutes?: number | undefined
  random: Random
  /** One line of progress. */
  say(line: string): void
}

/** What was measured, by name; printed as it is. */
export type Figures = Record<string, string | number>

/** A fault that is done to the real service. */
export interface Fault {
  /** Its number in the catalogue of faults. */
  id: string
  name: string
  /** What holds in spite of it, in one sentence. */
  promise: string
  /** Cycles of a whole run and of the one that is part of all tests. */
  cycles: { whole: number; small: number }
  /** Why it cannot be done on this machine, or nothing when it can. */
  whyNot?(): string | undefined | Promise<string | undefined>
  /** Throws when the promise is broken. */
  run(size: Size): Promise<Figures>
}

/** Whether another cycle is due. */
export function goesOn({ cycles, minutes }: Size, done: number, since: number): boolean {
  return minutes === undefined ? done < cycles : performance.now() - since < minutes * 60_000
}

/** Throws with all that is wrong. */
export function assertNothing(what: string, wrong: readonly unknown[]): void {
  if (wrong.length === 0) return
  const shown = wrong
    .slice(0, 20)
    .map((each) => `  ${typeof each === 'string' ? each : JSON.stringify(each)}`)
  throw new Error(`${wrong.length} × ${what}:\n${shown.join('\n')}`)
}

export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0
