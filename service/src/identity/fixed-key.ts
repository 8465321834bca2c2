import { CollabError } from '@collab-kit/protocol'
import type { Keys } from './keys.ts'
import { parsePublicKey, type IssuerSettings } from './settings.ts'

/** The one key that is configured. */
export function fixedKey({ publicKey, secret, keyId }: IssuerSettings): Keys {
  const key = publicKey === undefined ? new TextEncoder().encode(secret) : parsePublicKey(publicKey)
  return {
    async find({ kid }) {
      // One key needs no name; a name that is given has to be its own.
      if (kid !== undefined && kid !== keyId) throw new CollabError('token_key')
      return key
    },
  }
}
