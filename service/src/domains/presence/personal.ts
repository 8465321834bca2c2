import { presence } from '@collab-kit/protocol'
import type { Personal } from '../../kernel/module.ts'
import { blankRow, settled, toOwn, toPresence } from './rules.ts'
import { toRow } from './store.ts'

/** What presence keeps of a person. */
export const personal: Personal = {
  async export({ db }, username) {
    const row = await db
      .selectFrom('presence')
      .selectAll()
      .where('username', '=', username)
      .executeTakeFirst()
    if (!row) return {}
    return { said: toOwn(toRow(row)), seen: toPresence({ ...toRow(row), show_last_seen: 1 }) }
  },
  /** Whoever follows them learns that they are gone. */
  async erase(ctx, username) {
    const row = await ctx.db
      .deleteFrom('presence')
      .where('username', '=', username)
      .returningAll()
      .executeTakeFirst()
    await ctx.db.deleteFrom('presence_nodes').where('username', '=', username).execute()
    if (!row) return
    const before = toRow(row)
    const after = { ...blankRow(username, ctx.now), state: before.state, rev: before.rev }
    const gone = settled({ before, after }, { devices: undefined, now: ctx.now })
    if (gone.rev === before.rev) return
    const last = toPresence({ ...gone, show_last_seen: 0 })
    ctx.tell(presence.events.presenceChanged, username, last)
  },
}
