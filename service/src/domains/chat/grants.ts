import type { ChatPermission } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import { areSame, subjectsOf } from '../../kernel/grants.ts'
import type { Database } from '../../kernel/schema.ts'
import { defaultGrant, NO_FACTS, permissionsIn, type Facts, type Person } from './rules.ts'
import { changeChat, type ChatRow } from './store.ts'

type Db = Kysely<Database>
type SanctionRow = Selectable<Database['chat_sanctions']>
export type SanctionKind = SanctionRow['kind']

/** What is granted in a chat in place of the defaults, by subject. */
export async function grantsIn(
  db: Db,
  { chat_id: chatId, guarded }: ChatRow,
): Promise<Map<string, ChatPermission[]>> {
  if (!guarded) return new Map()
  const rows = await db
    .selectFrom('chat_grants')
    .select(['subject', 'permissions'])
    .where('chat_id', '=', chatId)
    .orderBy('subject')
    .execute()
  return new Map(
    rows.map(({ subject, permissions }) => [subject, JSON.parse(permissions) as ChatPermission[]]),
  )
}

/** What a subject may do: what is granted to it, or the default. */
export const grantOf = (
  chat: ChatRow,
  grants: Facts['grants'],
  subject: string,
): readonly ChatPermission[] => grants.get(subject) ?? defaultGrant(chat, subject)

/** What decides about a person in a chat; a chat with nothing but its defaults costs no question. */
export async function factsOf(
  { db, now }: Pick<ReadContext, 'db' | 'now'>,
  chat: ChatRow,
  username: string,
): Promise<Facts> {
  if (!chat.guarded) return NO_FACTS
  const grants = await grantsIn(db, chat)
  const sanctions = await db
    .selectFrom('chat_sanctions')
    .select('kind')
    .where('chat_id', '=', chat.chat_id)
    .where('username', '=', username)
    .where(({ or, eb }) => or([eb('until', 'is', null), eb('until', '>', now)]))
    .execute()
  return {
    grants,
    subjects: await subjectsOf(db, username, grants),
    sanctions: new Set(sanctions.map(({ kind }) => kind)),
  }
}

/** What a person may do in a chat. */
export const permissionsOf = async (
  ctx: Pick<ReadContext, 'db' | 'now'>,
  chat: ChatRow,
  person: Omit<Person, 'facts'>,
): Promise<ReadonlySet<ChatPermission>> =>
  permissionsIn(chat, { ...person, facts: await factsOf(ctx, chat, person.caller.username) })

/** Keeps what is granted to a subject; what is its default anyway is not kept. */
export async function saveGrant(
  db: Db,
  chat: ChatRow,
  { subject, permissions }: { subject: string; permissions: readonly ChatPermission[] },
): Promise<void> {
  const { chat_id } = chat
  if (areSame(permissions, defaultGrant(chat, subject))) {
    await db
      .deleteFrom('chat_grants')
      .where('chat_id', '=', chat_id)
      .where('subject', '=', subject)
      .execute()
  } else {
    const json = JSON.stringify(permissions)
    await db
      .insertInto('chat_grants')
      .values({ chat_id, subject, permissions: json })
      .onConflict((conflict) =>
        conflict.columns(['chat_id', 'subject']).doUpdateSet({ permissions: json }),
      )
      .execute()
  }
  await guard(db, chat_id)
}

/** Notes whether more than the defaults decides in a chat. */
async function guard(db: Db, chatId: string): Promise<void> {
  const first = (table: 'chat_grants' | 'chat_sanctions') =>
    db.selectFrom(table).select('chat_id').where('chat_id', '=', chatId).limit(1).executeTakeFirst()
  const guarded = (await first('chat_grants')) ?? (await first('chat_sanctions'))
  await changeChat(db, chatId, { guarded: guarded ? 1 : 0 })
}

export async function saveSanction(db: Db, row: SanctionRow): Promise<void> {
  const { until, reason, created_by, created_at } = row
  await db
    .insertInto('chat_sanctions')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['chat_id', 'username', 'kind'])
        .doUpdateSet({ until, reason, created_by, created_at }),
    )
    .execute()
  await guard(db, row.chat_id)
}

/** Answers whether there was one. */
export async function dropSanction(
  db: Db,
  { chatId, username, kind }: { chatId: string; username: string; kind: SanctionKind },
): Promise<boolean> {
  const result = await db
    .deleteFrom('chat_sanctions')
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .where('kind', '=', kind)
    .executeTakeFirst()
  await guard(db, chatId)
  return Number(result.numDeletedRows) > 0
}

/** The chats in which something is granted to a subject, and what. */
export async function grantsTo(
  db: Db,
  subject: string,
): Promise<{ chatId: string; permissions: ChatPermission[] }[]> {
  const rows = await db
    .selectFrom('chat_grants')
    .select(['chat_id', 'permissions'])
    .where('subject', '=', subject)
    .orderBy('chat_id')
    .execute()
  return rows.map(({ chat_id: chatId, permissions }) => ({
    chatId,
    permissions: JSON.parse(permissions) as ChatPermission[],
  }))
}

/** Forgets what is granted to a person and in force against them, everywhere. */
export async function forgetPerson(db: Db, username: string): Promise<void> {
  await db.deleteFrom('chat_grants').where('subject', '=', `user:${username}`).execute()
  await db.deleteFrom('chat_sanctions').where('username', '=', username).execute()
}
