import { presence } from '@collab-kit/protocol'
import type { Personal } from '../../kernel/module.ts'
import { blankRow, toOwn, toPresence } from './rules.ts'
import { createPresenceStore, toRow } from './store.ts'

/** What presence keeps of a person. */
export const personal: Personal = {
  async export({ db, now }, username) {
    const row = await db
      .selectFrom('presence')
      .selectAll()
      .where('username', '=', username)
      .executeTakeFirst()
    if (!row) return {}
    return { said: toOwn(toRow(row), now), seen: toPresence({ ...toRow(row), show_last_seen: 1 }) }
  },
  /** Whoever follows them learns that they are gone; the empty row says so to nodes that did not hear of it. */
  async erase(ctx, username) {
    await ctx.db.deleteFrom('presence_nodes').where('username', '=', username).execute()
    const store = createPresenceStore(ctx.driver)
    const before = (await store.lock([username], ctx.now)).get(username)
    if (!before) return
    // Who was never seen is nobody's news.
    const rev = before.rev > 0 ? before.rev + 1 : 0
    const gone = { ...blankRow(username, ctx.now), show_last_seen: 0, rev }
    await store.save([gone], ctx.now)
    if (rev > 0) ctx.tell(presence.events.presenceChanged, username, toPresence(gone))
  },
}
