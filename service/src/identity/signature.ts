import { CollabError } from '@collab-kit/protocol'
import { compactVerify, errors } from 'jose'
import type { Algorithm } from '../token/algorithm.ts'
import type { CompactToken } from './compact.ts'
import type { VerificationKey } from './keys.ts'

/** @throws CollabError `token_signature` */
export async function checkSignature(
  { text }: CompactToken,
  key: VerificationKey,
  algorithm: Algorithm,
): Promise<void> {
  const signature = text.slice(text.lastIndexOf('.') + 1)
  const written = Buffer.from(signature, 'base64url').toString('base64url')
  if (signature === '' || written !== signature) throw new CollabError('token_signature')
  try {
    await compactVerify(text, key, { algorithms: [algorithm] })
  } catch (cause) {
    // The key is one that the algorithm cannot take, as an issuer may publish.
    if (!(cause instanceof errors.JOSEError)) throw new CollabError('token_key', { cause })
    throw new CollabError('token_signature', { cause })
  }
}
