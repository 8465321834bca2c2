import { CollabError } from '@collab-kit/protocol'

export interface BucketOptions {
  /** Tokens per second. */
  rate: number
  /** Most tokens at once. */
  burst: number
  /** What the limit is called. Default: `opsPerSecond`. */
  limit?: string
  /** Its value as it is configured. Default: `rate`. */
  max?: number
  now(): number
}

/** Token buckets by key; those that are full again are forgotten. */
export class Buckets {
  readonly #options: BucketOptions
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(options: BucketOptions) {
    this.#options = options
  }

  /** Take `cost` tokens or refuse with the time after which they are there. */
  take(key: string, cost: number): void {
    const { rate, burst, limit = 'opsPerSecond', max = rate } = this.#options
    const now = this.#options.now()
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      this.#sweep(now)
      bucket = { tokens: burst, at: now }
      this.#buckets.set(key, bucket)
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * rate)
    bucket.at = now
    if (bucket.tokens < cost) {
      const retryAfterMs = Math.ceil(((cost - bucket.tokens) / rate) * 1000)
      throw new CollabError('rate_limited', {
        retryAfterMs,
        details: { limit, max },
      })
    }
    bucket.tokens -= cost
  }

  /** Whether `cost` tokens are there. */
  has(key: string, cost: number): boolean {
    const bucket = this.#buckets.get(key)
    if (!bucket) return true
    const { rate, burst } = this.#options
    const since = Math.max(0, this.#options.now() - bucket.at)
    return Math.min(burst, bucket.tokens + (since / 1000) * rate) >= cost
  }

  #sweep(now: number): void {
    if (this.#buckets.size < SWEEP_AT) return
    const { rate, burst } = this.#options
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) / 1000) * rate >= burst) this.#buckets.delete(key)
    }
  }
}

const SWEEP_AT = 10_000
