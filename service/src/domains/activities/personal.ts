import type { Personal } from '../../kernel/module.ts'
import { grantsTo } from './grants.ts'
import { departAll } from './leaving.ts'
import { entriesSetBy, participations } from './store.ts'
import { toFacts } from './views.ts'

/** What activities keep of a person. */
export const personal: Personal = {
  async export({ db }, username) {
    const made = await db
      .selectFrom('activities')
      .selectAll()
      .where('created_by', '=', username)
      .orderBy('type')
      .orderBy('id')
      .execute()
    const present = await participations(db, { username })
    return {
      made: made.map(toFacts),
      granted: await grantsTo(db, `user:${username}`),
      set: await entriesSetBy(db, username),
      present: present.map(({ type, id, joined_at: joinedAt }) => ({ type, id, joinedAt })),
    }
  },

  async erase(ctx, username) {
    await departAll(ctx, { username })
    await ctx.db.deleteFrom('activity_grants').where('subject', '=', `user:${username}`).execute()
    await ctx.db
      .updateTable('activity_state')
      .set({ set_by: null })
      .where('set_by', '=', username)
      .execute()
    await ctx.db
      .updateTable('activities')
      .set({ created_by: null })
      .where('created_by', '=', username)
      .execute()
  },
}
