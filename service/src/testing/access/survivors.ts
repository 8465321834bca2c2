import type { Mutant } from './mutants.ts'

interface Survivor {
  /** File and function. */
  at: string
  /** What stands there. */
  original: string
  replacement?: string
  reason: string
}

/** Checks that decide nothing that a cell could show, each with its reason. */
export const survivors: readonly Survivor[] = []

/** Why a mutant may survive; nothing where it must not. */
export const reasonFor = ({ file, within, original, replacement }: Mutant): string | undefined =>
  survivors.find(
    (each) =>
      each.at === `${file} ${within}` &&
      each.original === original &&
      (each.replacement ?? replacement) === replacement,
  )?.reason
