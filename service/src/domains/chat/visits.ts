import type { Kysely } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'
import type { MemberRow } from './store.ts'

// A person is in a room while a connection of theirs is, on whichever node.

type Base = Pick<ReadContext, 'db' | 'policy'>

/** The caller is in the room from this node. */
export async function visit(
  { db, policy, caller }: Base & Pick<ReadContext, 'caller'>,
  chatId: string,
): Promise<void> {
  await db
    .insertInto('room_visits')
    .values({ chat_id: chatId, username: caller.username, node_id: policy.nodeId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Ends a visit from this node; whether the person is in the room from another. */
export async function endVisit(
  { db, policy }: Base,
  chatId: string,
  username: string,
): Promise<boolean> {
  await visitsOf(db, chatId, username).where('node_id', '=', policy.nodeId).execute()
  const other = await db
    .selectFrom('room_visits')
    .select('node_id')
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .executeTakeFirst()
  return other !== undefined
}

/** Ends a person's visits from everywhere. */
export async function endVisits(
  db: Kysely<Database>,
  chatId: string,
  username: string,
): Promise<void> {
  await visitsOf(db, chatId, username).execute()
}

const visitsOf = (db: Kysely<Database>, chatId: string, username: string) =>
  db.deleteFrom('room_visits').where('chat_id', '=', chatId).where('username', '=', username)

/** Ends the visits from all nodes but these; who is in a room from nowhere then. */
export async function endVisitsOfOthers(
  db: Kysely<Database>,
  alive: readonly string[],
): Promise<Pick<MemberRow, 'chat_id' | 'username'>[]> {
  const visits = db.deleteFrom('room_visits').returning(['chat_id', 'username'])
  const ended = await (
    alive.length === 0 ? visits : visits.where('node_id', 'not in', alive)
  ).execute()
  const abandoned: typeof ended = []
  for (const visit of ended) {
    const left = await db
      .selectFrom('room_visits')
      .select('node_id')
      .where('chat_id', '=', visit.chat_id)
      .where('username', '=', visit.username)
      .executeTakeFirst()
    if (!left) abandoned.push(visit)
  }
  return abandoned
}
