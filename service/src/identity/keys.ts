import type { KeyObject } from 'node:crypto'
import type { CryptoKey } from 'jose'
import type { Log } from '../log.ts'
import type { TokenHeader } from './header.ts'

export type VerificationKey = CryptoKey | KeyObject | Uint8Array

/** Where the keys of one issuer come from. */
export interface Keys {
  /** @throws CollabError `token_key` for a key that the issuer does not have, `unavailable` while that cannot be told */
  find(header: TokenHeader): Promise<VerificationKey>
}

export interface KeysOptions {
  /** Milliseconds since 1970. */
  now(): number
  log: Pick<Log, 'warn' | 'info'>
  /** Default: the one of Node. */
  fetch?: typeof fetch
  /** Longest wait for the keys of an issuer, milliseconds. Default: 5000. */
  timeoutMs?: number
}
