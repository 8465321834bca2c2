import { CollabError, type Limits, type StateValue } from '@collab-kit/protocol'
import { jsonBytes } from '../../kernel/pages.ts'

/** What a key of a state takes. */
export const bytesOf = (key: string, value: StateValue): number =>
  Buffer.byteLength(key) + jsonBytes(value)

/** What one participant may show of itself is this part of what an activity may hold. */
const OWN_PART = 16

export const ownStateBytes = ({ stateBytes }: Limits): number => Math.floor(stateBytes / OWN_PART)

/** @throws CollabError `too_large` for a value that is larger than one may be */
export function assertValueFits(limits: Limits, value: StateValue, path: string): void {
  const size = jsonBytes(value)
  const { stateValueBytes: max } = limits
  if (size > max)
    throw new CollabError('too_large', {
      message: `${path} has ${size} bytes; ${max} are allowed.`,
      details: { limit: 'stateValueBytes', max, size, path },
    })
}

/** @throws CollabError `too_large` for metadata larger than a value of a state may be */
export const assertMetadataFits = (limits: Limits, metadata: Record<string, unknown>): void =>
  assertValueFits(limits, metadata as StateValue, 'metadata')

/** @throws CollabError `too_large` or `limit_exceeded` for more than a participant may show of itself */
export function assertOwnFits(limits: Limits, state: ReadonlyMap<string, StateValue>): void {
  const reason = 'state_limit'
  const { stateKeys } = limits
  if (state.size > stateKeys)
    throw new CollabError('limit_exceeded', {
      details: { limit: 'stateKeys', max: stateKeys, reason },
    })
  const max = ownStateBytes(limits)
  let size = 0
  for (const [key, value] of state) size += bytesOf(key, value)
  if (size > max)
    throw new CollabError('limit_exceeded', { details: { limit: 'stateBytes', max, reason } })
}
