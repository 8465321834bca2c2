import type { Api, OperationName } from '@collab-kit/protocol'
import { operations } from '@collab-kit/protocol/runtime'

/** `api.<domain>.<operation>(input)` over one function; a name that the contract does not know is `undefined`. */
export function createApi(call: (name: OperationName, input: object) => Promise<unknown>): Api {
  const api: Record<string, Record<string, (input?: object) => Promise<unknown>>> = {}
  for (const name of Object.keys(operations) as OperationName[]) {
    const [domain = '', operation = ''] = name.split('.')
    ;(api[domain] ??= {})[operation] = (input = {}) => call(name, input)
  }
  // Built from the table that the contract generates: as typed as the contract.
  return api as unknown as Api
}
