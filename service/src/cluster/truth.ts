import type { Dispatcher } from '../kernel/dispatch.ts'
import type { Published } from '../kernel/outbox.ts'
import type { Ended, Truth } from './node.ts'

/** The database as a node asks it: by the domains' own lookups, and as the person whose right it is about. */
export function createTruth(dispatcher: Pick<Dispatcher, 'lookup'>): Truth {
  const ask = async <T>(...call: Parameters<Dispatcher['lookup']>): Promise<T> =>
    (await dispatcher.lookup(...call)) as T
  return {
    async after(positions) {
      return (await ask<{ items: Published[] }>('streams.?after', { positions })).items
    },
    async heads(streams) {
      if (streams.length === 0) return {}
      const answer = await ask<{ heads: Record<string, number> }>('streams.?heads', { streams })
      return answer.heads
    },
    async readable({ username, role, scopes }, stream) {
      const caller = { username, role, ...(scopes && { scopes }) }
      return (await ask<{ head?: number }>('streams.?readable', { stream }, caller)).head
    },
    async memberships(usernames) {
      const answer = await ask<{ memberships: [string, string[]][] }>('chat.?membershipsOf', {
        usernames,
      })
      return new Map(answer.memberships)
    },
    async changed(since = {}) {
      const items: Published[] = []
      const next: Record<string, number> = {}
      for (const domain of ['presence', 'activities']) {
        const asked = { since: since[domain] }
        const answer = await ask<{ items: Published[]; since: number }>(`${domain}.?changed`, asked)
        items.push(...answer.items)
        next[domain] = answer.since
      }
      return { items, since: next }
    },
    ended: () => ask<Ended>('auth.?ended', {}),
  }
}
