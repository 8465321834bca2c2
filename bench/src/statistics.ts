/** The middle value; of two middle values the lower one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN
}

/** Counts durations in buckets 1 % wide: millions of them cost no memory and no sorting. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(ms: number, times = 1): void {
    const bucket = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / STEP)
    this.#buckets[Math.min(bucket, BUCKETS - 1)]! += times
    this.#count += times
  }

  /** The duration, milliseconds, that this share of all stays below. */
  quantile(share: number): number {
    let left = share * this.#count
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count
      if (left <= 0 && count > 0) return LEAST_MS * Math.exp((bucket + 0.5) * STEP)
    }
    return Number.NaN
  }
}

/** A microsecond. */
const LEAST_MS = 0.001
const STEP = Math.log(1.01)
/** Up to some 500 seconds. */
const BUCKETS = 2018
