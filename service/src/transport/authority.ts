import type { Caller } from '../kernel/context.ts'
import type { Dispatcher } from '../kernel/dispatch.ts'
import type { Authority } from './authenticator.ts'

/** The database as the doors ask it about credentials. */
export function createAuthority({
  lookup,
  internal,
}: Pick<Dispatcher, 'lookup' | 'internal'>): Authority {
  return {
    async standing(claimed) {
      const caller = (await lookup('auth.?standing', { ...claimed })) as Partial<Caller>
      return caller.username === undefined ? undefined : (caller as Caller)
    },
    async scopesOf(id, secret) {
      const { scopes } = (await lookup('auth.?scopesOf', { id, secret })) as { scopes?: string[] }
      return scopes
    },
    async admit({ username, issuer, profile, groups }) {
      const described = { username, issuer, profile, ...(groups && { groups }) }
      const { known } = (await lookup('auth.?known', described)) as { known: boolean }
      if (!known) await internal('auth.$admitHost', described)
    },
  }
}
