import type { ReadContext } from '../../kernel/context.ts'

type Base = Pick<ReadContext, 'db'>

/** Takes away all but what these nodes have; answers whose it was. */
export async function endedElsewhere({ db }: Base, alive: readonly string[]): Promise<string[]> {
  const all = db.deleteFrom('presence_nodes').returning('username')
  const rows = await (alive.length === 0 ? all : all.where('node_id', 'not in', alive)).execute()
  return rows.map(({ username }) => username)
}

/** People whose status has come to its end. */
export async function expired({ db, now }: Base & Pick<ReadContext, 'now'>): Promise<string[]> {
  const rows = await db
    .selectFrom('presence')
    .select('username')
    .where('status_expires_at', 'is not', null)
    .where('status_expires_at', '<=', now)
    .execute()
  return rows.map(({ username }) => username)
}
