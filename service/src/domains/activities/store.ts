import { activityStream, type SharedEntry, type StateValue } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import { databaseTime } from '../../kernel/database-time.ts'
import type { Database } from '../../kernel/schema.ts'

export type Db = Kysely<Database>
/** What a statement takes that notes when it was. */
export type Timed = Pick<ReadContext, 'db' | 'driver' | 'now'>
export type ActivityRow = Selectable<Database['activities']>
export type ParticipantRow = Selectable<Database['participants']>
export type StateRow = Selectable<Database['activity_state']>

/** What names an activity. */
export interface Name {
  type: string
  id: string
}

/** The name in one string: neither part holds a slash. */
export const nameOf = ({ type, id }: Name): string => `${type}/${id}`
export const toName = (name: string): Name => {
  const slash = name.indexOf('/')
  return { type: name.slice(0, slash), id: name.slice(slash + 1) }
}
export const streamOf = ({ type, id }: Name): string => activityStream(type, id)

export const findActivity = (db: Db, { type, id }: Name): Promise<ActivityRow | undefined> =>
  db
    .selectFrom('activities')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', id)
    .executeTakeFirst()

export async function insertActivity(db: Db, row: ActivityRow): Promise<void> {
  await db.insertInto('activities').values(row).execute()
}

/** Change an activity's columns; answers the row as it is now. */
export async function changeActivity(
  db: Db,
  name: Name,
  change: Partial<Omit<ActivityRow, 'type' | 'id'>>,
): Promise<ActivityRow> {
  if (Object.keys(change).length > 0)
    await db
      .updateTable('activities')
      .set(change)
      .where('type', '=', name.type)
      .where('id', '=', name.id)
      .execute()
  return (await findActivity(db, name))!
}

/** Drops an activity with its state, its grants, who is in it and its log. */
export async function deleteActivity(db: Db, { type, id }: Name): Promise<void> {
  for (const table of ['activity_grants', 'activity_state', 'participants', 'activities'] as const)
    await db.deleteFrom(table).where('type', '=', type).where('id', '=', id).execute()
  await db.deleteFrom('log').where('stream', '=', activityStream(type, id)).execute()
}

/** Whose activities a list shows: those of a person with what is granted to these subjects, or all. */
export interface Knowing {
  username: string
  /** Whether they own what they made. */
  owns: boolean
  subjects: readonly string[]
}

/** Activities after a place in the order of type and id. */
export function activityPage(
  db: Db,
  page: {
    knowing?: Knowing
    type?: string | undefined
    after: readonly [type: string, id: string]
    limit: number
  },
): Promise<ActivityRow[]> {
  const { knowing, type, limit } = page
  const [afterType, afterId] = page.after
  let rows = db
    .selectFrom('activities')
    .selectAll()
    .where(({ eb, and, or }) =>
      or([eb('type', '>', afterType), and([eb('type', '=', afterType), eb('id', '>', afterId)])]),
    )
    .orderBy('type')
    .orderBy('id')
    .limit(limit)
  if (type !== undefined) rows = rows.where('type', '=', type)
  if (!knowing) return rows.execute()
  return rows
    .where(({ eb, or, not, exists, selectFrom }) => {
      const grant = selectFrom('activity_grants as g')
        .select('g.subject')
        .whereRef('g.type', '=', 'activities.type')
        .whereRef('g.id', '=', 'activities.id')
      return or([
        not(exists(grant.where('g.subject', '=', 'world'))),
        exists(grant.where('g.subject', 'in', knowing.subjects).where('g.permissions', '!=', '[]')),
        ...(knowing.owns ? [eb('created_by', '=', knowing.username)] : []),
      ])
    })
    .execute()
}

/** Connections in an activity, the longest there first. */
export const participantsIn = (db: Db, { type, id }: Name): Promise<ParticipantRow[]> =>
  db
    .selectFrom('participants')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', id)
    .where('left_at', 'is', null)
    .orderBy('joined_at')
    .orderBy('connection_id')
    .execute()

/** A connection that is in an activity, or was a moment ago. */
export const findParticipant = (
  db: Db,
  { type, id }: Name,
  connectionId: string,
): Promise<ParticipantRow | undefined> =>
  db
    .selectFrom('participants')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', id)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst()

/** Whether a person is in an activity with some connection. */
export async function isIn(db: Db, { type, id }: Name, username: string): Promise<boolean> {
  const row = await db
    .selectFrom('participants')
    .select('connection_id')
    .where('type', '=', type)
    .where('id', '=', id)
    .where('username', '=', username)
    .where('left_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** A row as it is written: when it changed, the database says. */
export type Coming = Omit<ParticipantRow, 'changed_at' | 'left_at'>

export async function saveParticipant(ctx: Timed, row: Coming): Promise<void> {
  const { type: _type, id: _id, connection_id: _connection, ...change } = row
  const now = { changed_at: databaseTime(ctx), left_at: null }
  await ctx.db
    .insertInto('participants')
    .values({ ...row, ...now })
    .onConflict((conflict) =>
      conflict.columns(['type', 'id', 'connection_id']).doUpdateSet({ ...change, ...now }),
    )
    .execute()
}

/** Ends a participation; it is remembered for a while, without its state. */
export async function endParticipant(
  ctx: Timed,
  { type, id, connection_id: connectionId }: ParticipantRow,
  rev: number,
): Promise<void> {
  await ctx.db
    .updateTable('participants')
    .set({ left_at: ctx.now, changed_at: databaseTime(ctx), state: '{}', rev })
    .where('type', '=', type)
    .where('id', '=', id)
    .where('connection_id', '=', connectionId)
    .execute()
}

/** Everything that a person, or a node that is gone, is in. */
export function participations(
  db: Db,
  of: { username: string } | { notOf: readonly string[] },
): Promise<ParticipantRow[]> {
  const rows = db.selectFrom('participants').selectAll().where('left_at', 'is', null)
  if ('username' in of) return rows.where('username', '=', of.username).execute()
  return (of.notOf.length > 0 ? rows.where('node_id', 'not in', of.notOf) : rows).execute()
}

/** People in each of these activities, but for those who lurk and those whom the asker has blocked. */
export async function peopleIn(
  { db, caller }: Pick<ReadContext, 'db' | 'caller'>,
  names: readonly Name[],
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map()
  const rows = await db
    .selectFrom('participants')
    .select(({ fn }) => ['type', 'id', fn.count('username').distinct().as('people')])
    .where('left_at', 'is', null)
    .where('lurking', '=', 0)
    .where('username', 'not in', ({ selectFrom }) =>
      selectFrom('blocks').select('blocks.username').where('owner', '=', caller.username),
    )
    .where(({ or, and, eb }) =>
      or(names.map(({ type, id }) => and([eb('type', '=', type), eb('id', '=', id)]))),
    )
    .groupBy(['type', 'id'])
    .execute()
  return new Map(rows.map((row) => [nameOf(row), Number(row.people)]))
}

export const findEntry = (db: Db, { type, id }: Name, key: string): Promise<StateRow | undefined> =>
  db
    .selectFrom('activity_state')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', id)
    .where('key', '=', key)
    .executeTakeFirst()

export async function saveEntry(db: Db, row: StateRow): Promise<void> {
  const { value, version, bytes, set_by } = row
  await db
    .insertInto('activity_state')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['type', 'id', 'key']).doUpdateSet({ value, version, bytes, set_by }),
    )
    .execute()
}

/** Drops one key of the shared state, or all. */
export async function dropEntries(db: Db, { type, id }: Name, key?: string): Promise<void> {
  const entries = db.deleteFrom('activity_state').where('type', '=', type).where('id', '=', id)
  await (key === undefined ? entries : entries.where('key', '=', key)).execute()
}

export const valueOf = ({ value }: StateRow): StateValue => JSON.parse(value) as StateValue
export const toEntry = (row: StateRow): SharedEntry => ({
  key: row.key,
  value: valueOf(row),
  version: row.version,
  ...(row.set_by !== null && { by: row.set_by }),
})

/** The shared state by key: one key, or everything. */
export async function entriesIn(db: Db, { type, id }: Name, key?: string): Promise<SharedEntry[]> {
  const rows = db
    .selectFrom('activity_state')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', id)
    .orderBy('key')
  return (await (key === undefined ? rows : rows.where('key', '=', key)).execute()).map(toEntry)
}

/** The keys that a person set last, with what they set. */
export async function entriesSetBy(
  db: Db,
  username: string,
): Promise<(Name & { key: string; value: StateValue })[]> {
  const rows = await db
    .selectFrom('activity_state')
    .selectAll()
    .where('set_by', '=', username)
    .orderBy('type')
    .orderBy('id')
    .orderBy('key')
    .execute()
  return rows.map((row) => ({ type: row.type, id: row.id, key: row.key, value: valueOf(row) }))
}

/** What a participant shows of itself, as it is written down. */
export interface WrittenState extends Name {
  connectionId: string
  /** JSON. */
  state: string
  rev: number
}

/** Writes down what participants show of themselves, in one statement where the engine is shared. */
export async function writeStates(ctx: Timed, rows: readonly WrittenState[]): Promise<void> {
  const { db, driver } = ctx
  if (driver.kind === 'postgres') {
    const column = (of: keyof WrittenState) => rows.map((row) => row[of])
    await driver.query(
      `update participants set state = told.state, rev = told.rev,
         changed_at = (extract(epoch from clock_timestamp()) * 1000)::bigint
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
         as told (type, id, connection_id, state, rev)
       where participants.type = told.type and participants.id = told.id
         and participants.connection_id = told.connection_id and participants.left_at is null
         and participants.rev < told.rev`,
      [column('type'), column('id'), column('connectionId'), column('state'), column('rev')],
    )
    return
  }
  for (const { type, id, connectionId, state, rev } of rows) {
    await db
      .updateTable('participants')
      .set({ state, rev, changed_at: databaseTime(ctx) })
      .where('type', '=', type)
      .where('id', '=', id)
      .where('connection_id', '=', connectionId)
      .where('left_at', 'is', null)
      .where('rev', '<', rev)
      .execute()
  }
}
