import { CollabError, limitDefaults } from '@collab-kit/protocol'
import { checkClaims } from './claims.ts'
import { parseCompact, type CompactToken } from './compact.ts'
import { fixedKey } from './fixed-key.ts'
import { checkHeader } from './header.ts'
import type { HostIdentity } from './host-identity.ts'
import type { Keys, KeysOptions } from './keys.ts'
import { RemoteKeys } from './remote-keys.ts'
import type { IssuerSettings } from './settings.ts'
import { checkSignature } from './signature.ts'

export type { HostIdentity }

/** The hosts whose tokens are accepted. */
export interface Issuers {
  /**
   * Who the token speaks for, once everything about it is found in order.
   * @throws CollabError `token_*`; `unavailable` with `details.reason: 'issuer_keys'` while an issuer's keys cannot be had
   */
  verify(token: string): Promise<HostIdentity>
}

interface Trusted {
  settings: IssuerSettings
  keys: Keys
}

export interface IssuersOptions extends KeysOptions {
  /** Most characters of a name that a token may bring. Default: that of the limits. */
  nameCharacters?: number
}

/** @param settings from the configuration, which has seen to it that every key fits */
export function createIssuers(
  settings: readonly IssuerSettings[],
  options: IssuersOptions,
): Issuers {
  const { nameCharacters = limitDefaults.nameCharacters } = options
  const trusted = new Map<string, Trusted>(
    settings.map((each) => [each.issuer, { settings: each, keys: keysOf(each, options) }]),
  )
  return {
    async verify(text) {
      const token = parseCompact(text)
      const { settings: issuer, keys } = issuerOf(token, trusted)
      const header = checkHeader(token.header, issuer.algorithm)
      await checkSignature(token, await keys.find(header), issuer.algorithm)
      return checkClaims(token.payload, issuer, { now: options.now(), nameCharacters })
    },
  }
}

const keysOf = (issuer: IssuerSettings, options: KeysOptions): Keys =>
  issuer.jwksUrl === undefined
    ? fixedKey(issuer)
    : new RemoteKeys({ ...options, url: issuer.jwksUrl })

function issuerOf({ payload }: CompactToken, trusted: ReadonlyMap<string, Trusted>): Trusted {
  const { iss } = payload
  const found = typeof iss === 'string' ? trusted.get(iss) : undefined
  if (!found) throw new CollabError('token_iss')
  return found
}
