import { CollabError } from '@collab-kit/protocol'
import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import type { TokenHeader } from './header.ts'
import type { Keys, KeysOptions, VerificationKey } from './keys.ts'

export interface RemoteKeysOptions extends KeysOptions {
  /** Where the issuer publishes its keys, a JSON Web Key Set. */
  url: string
}

/** Keys older than this are still used, and fetched anew meanwhile. */
const FRESH_MS = 600_000
/** Between two fetches, whatever came of the first and whatever tokens ask for. */
const COOLDOWN_MS = 30_000
const TIMEOUT_MS = 5000
const LARGEST_BYTES = 64 * 1024

/**
 * The keys that an issuer publishes. Keys that were had once are used until others are there, whatever becomes of the
 * address; one fetch at a time, and none within 30 s of the last.
 */
export class RemoteKeys implements Keys {
  readonly #options: RemoteKeysOptions
  #keys: ReturnType<typeof createLocalJWKSet> | undefined
  #fetchedAt = -Infinity
  #triedAt = -Infinity
  #fetching: Promise<void> | undefined
  #failing = false

  constructor(options: RemoteKeysOptions) {
    this.#options = options
  }

  async find(header: TokenHeader): Promise<VerificationKey> {
    if (!this.#keys) await this.#refresh()
    else if (this.#options.now() - this.#fetchedAt > FRESH_MS) void this.#refresh()
    const known = await this.#select(header)
    if (known) return known
    await this.#refresh()
    const found = await this.#select(header)
    if (found) return found
    throw this.#missing()
  }

  /** The key of a token; nothing when there is none or one could not say which. */
  async #select(header: TokenHeader): Promise<VerificationKey | undefined> {
    try {
      return await this.#keys?.({ ...header })
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      // Several that fit, or one that is none: another fetch would not help.
      throw new CollabError('token_key', { cause: error })
    }
  }

  /** While nobody knows which keys there are now, a token may well be right: whoever has it tries again. */
  #missing(): CollabError {
    const retryAfterMs = Math.max(0, this.#triedAt + COOLDOWN_MS - this.#options.now())
    return this.#failing
      ? new CollabError('unavailable', { details: { reason: 'issuer_keys' }, retryAfterMs })
      : new CollabError('token_key')
  }

  /** Fetches the keys unless that was tried a moment ago; never rejects. */
  #refresh(): Promise<void> {
    const { now } = this.#options
    if (!this.#fetching && now() - this.#triedAt >= COOLDOWN_MS) {
      this.#triedAt = now()
      this.#fetching = this.#load().finally(() => (this.#fetching = undefined))
    }
    return this.#fetching ?? Promise.resolve()
  }

  async #load(): Promise<void> {
    const { url, log, now } = this.#options
    try {
      const set = await fetchKeySet(this.#options)
      this.#keys = createLocalJWKSet(set)
      this.#fetchedAt = now()
      if (this.#failing) log.info({ url }, 'the keys of an issuer are there again')
      this.#failing = false
    } catch (err) {
      // Whoever waits looks into the keys that are there.
      log.warn(
        { err, url, kept: this.#keys !== undefined },
        'the keys of an issuer are not to be had',
      )
      this.#failing = true
    }
  }
}

async function fetchKeySet(options: RemoteKeysOptions): Promise<JSONWebKeySet> {
  const { url, fetch: fetchWith = fetch, timeoutMs = TIMEOUT_MS } = options
  const response = await fetchWith(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    // Another address is the operator's to configure: one that is redirected to could be anybody's.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`answered ${response.status}`)
  }
  const set = JSON.parse(await readText(response)) as JSONWebKeySet
  // What fails for a moment on their side may well answer with nothing.
  if (!Array.isArray(set?.keys) || set.keys.length === 0) throw new Error('holds no keys')
  return set
}

async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    // Leaving the loop ends the answer.
    if (bytes > LARGEST_BYTES) throw new Error(`is longer than ${LARGEST_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
