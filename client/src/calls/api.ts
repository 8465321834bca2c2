import type { Api, OperationName } from '@collab-kit/protocol'

/**
 * `api.<domain>.<operation>(input)` over one function. Whether there is such an operation is known to the types, and to
 * the service.
 */
export const createApi = (call: (name: OperationName, input: object) => Promise<unknown>): Api =>
  // As typed as the contract.
  byName((domain) =>
    byName(
      (operation) =>
        (input: object = {}) =>
          call(`${domain}.${operation}` as OperationName, input),
    ),
  ) as Api

/** An object whose members are made when they are first asked for, and the same from then on. */
export function byName(create: (name: string) => unknown, given?: object): unknown {
  const made: Record<string | symbol, unknown> = { __proto__: null, ...given }
  return new Proxy(made, {
    get(_, name) {
      // Whoever awaits it would otherwise call an operation of this name.
      if (typeof name === 'symbol' || name === 'then') return undefined
      return (made[name] ??= create(name))
    },
  })
}
