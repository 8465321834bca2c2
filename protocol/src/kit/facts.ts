/** What a caller has to know of an operation before calling it. */
export interface OperationFacts {
  kind: 'command' | 'query'
  /** Before sign-in: never by a connection. */
  before?: 'sign_in'
  /** The reply holds a secret: it is never remembered, and never shown to listeners. */
  secret?: boolean
}

/** Verbs of queries, whatever else there is in a name. */
const QUERY = /\.(get|list|read|search)[A-Z]/

const kinds: Readonly<Record<string, OperationFacts>> = {
  '?': { kind: 'query' },
  '!': { kind: 'command', secret: true },
  '^': { kind: 'command', secret: true, before: 'sign_in' },
}

/** What the name alone says, for those operations that are not named here. */
export const factsByName = (name: string): OperationFacts => ({
  kind: QUERY.test(name) ? 'query' : 'command',
})

/**
 * Facts of every operation, from the short form that the contract generates: only those whose names do not say it, with a
 * letter before them. A name that nobody has declared is one of a newer service: its name says what there is to know.
 */
export function readFacts(exceptions: string): (name: string) => OperationFacts {
  const known = new Map(exceptions.split(' ').map((each) => [each.slice(1), kinds[each[0]!]!]))
  return (name) => known.get(name) ?? factsByName(name)
}
