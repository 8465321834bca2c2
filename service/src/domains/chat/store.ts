import { chatStream, type Message } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type ChatRow = Selectable<Database['chats']>
export type MemberRow = Selectable<Database['members']>

type Db = Kysely<Database>

export const findChat = (db: Db, chatId: string): Promise<ChatRow | undefined> =>
  db
    .selectFrom('chats')
    .selectAll()
    .where('chat_id', '=', chatId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()

export const findMember = (
  db: Db,
  chatId: string,
  username: string,
): Promise<MemberRow | undefined> =>
  db
    .selectFrom('members')
    .selectAll()
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .executeTakeFirst()

export async function insertChat(db: Db, row: ChatRow): Promise<boolean> {
  const result = await db
    .insertInto('chats')
    .values(row)
    .onConflict((conflict) => conflict.column('chat_id').doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export async function insertMember(db: Db, row: MemberRow): Promise<void> {
  await db.insertInto('members').values(row).execute()
  await countMembers(db, row.chat_id, 1)
}

export async function deleteMember(db: Db, chatId: string, username: string): Promise<void> {
  await db
    .deleteFrom('members')
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .execute()
  await countMembers(db, chatId, -1)
}

async function countMembers(db: Db, chatId: string, by: number): Promise<void> {
  await db
    .updateTable('chats')
    .set(({ eb }) => ({ member_count: eb('member_count', '+', by) }))
    .where('chat_id', '=', chatId)
    .execute()
}

export async function memberNames(db: Db, chatId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('members')
    .select('username')
    .where('chat_id', '=', chatId)
    .orderBy('username')
    .execute()
  return rows.map(({ username }) => username)
}

/** Who of these people is a member of what. */
export async function membershipsOf(
  db: Db,
  usernames: readonly string[],
): Promise<Pick<MemberRow, 'username' | 'chat_id'>[]> {
  if (usernames.length === 0) return []
  return db
    .selectFrom('members')
    .select(['username', 'chat_id'])
    .where('username', 'in', usernames)
    .execute()
}

/** Those of these people who are members. */
export async function memberNamesAmong(
  db: Db,
  chatId: string,
  usernames: readonly string[],
): Promise<string[]> {
  if (usernames.length === 0) return []
  const rows = await db
    .selectFrom('members')
    .select('username')
    .where('chat_id', '=', chatId)
    .where('username', 'in', [...new Set(usernames)])
    .execute()
  return rows.map(({ username }) => username)
}

/** A chat is as old as the first thing in it. */
export async function backdateChat(db: Db, chatId: string, at: string): Promise<void> {
  await db
    .updateTable('chats')
    .set({ created_at: at })
    .where('chat_id', '=', chatId)
    .where('created_at', '>', at)
    .execute()
}

/** Members with their names, from `after` on. */
export const listMemberRows = (
  db: Db,
  { chatId, after, limit }: { chatId: string; after: string; limit: number },
) =>
  db
    .selectFrom('members')
    .leftJoin('users', 'users.username', 'members.username')
    .select([
      'members.username',
      'members.role',
      'members.joined_at',
      'users.display_name',
      'users.role as user_role',
      'users.picture',
    ])
    .where('chat_id', '=', chatId)
    .where('members.username', '>', after)
    .orderBy('members.username')
    .limit(limit)
    .execute()

/** Where a page of chats ended. */
export interface ListPosition {
  at: string
  chatId: string
}

/** The chats of a person, the latest talk first. */
export const listChatRows = (
  db: Db,
  query: {
    username: string
    kinds: ChatRow['kind'][]
    after: ListPosition | undefined
    limit: number
  },
): Promise<ChatRow[]> =>
  db
    .selectFrom('members')
    .innerJoin('chats', 'chats.chat_id', 'members.chat_id')
    .selectAll('chats')
    .where('members.username', '=', query.username)
    .$if(query.kinds.length > 0, (rows) => rows.where('chats.kind', 'in', query.kinds))
    .$if(query.after !== undefined, (rows) =>
      rows.where(({ eb, and, or }) => {
        const { at, chatId } = query.after!
        return or([
          eb('chats.last_at', '<', at),
          and([eb('chats.last_at', '=', at), eb('chats.chat_id', '>', chatId)]),
        ])
      }),
    )
    .orderBy('chats.last_at', 'desc')
    .orderBy('chats.chat_id')
    .limit(query.limit)
    .execute()

/** A message and its size as JSON. */
export interface FoundMessage {
  message: Message
  bytes: number
}

/** Messages before a position, newest first. */
export async function messagesBefore(
  db: Db,
  {
    chatId,
    reader,
    before,
    from = 0,
    limit,
  }: { chatId: string; reader: string; before: number; from?: number; limit: number },
): Promise<FoundMessage[]> {
  const rows = await messages(db, chatId, reader)
    .where('seq', '<', before)
    .where('seq', '>', from)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toFound)
}

/** Messages after a position, oldest first. */
export async function messagesAfter(
  db: Db,
  {
    chatId,
    reader,
    after,
    limit,
  }: { chatId: string; reader: string; after: number; limit: number },
): Promise<FoundMessage[]> {
  const rows = await messages(db, chatId, reader)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(toFound)
}

/** The messages of a chat, but for those of people that the reader has blocked. */
const messages = (db: Db, chatId: string, reader: string) =>
  db
    .selectFrom('log')
    .select('data')
    .where('stream', '=', chatStream(chatId))
    .where('number', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('blocks')
            .select('blocks.username')
            .where('blocks.owner', '=', reader)
            .whereRef('blocks.username', '=', 'log.actor'),
        ),
      ),
    )

/** How many of the messages after a position these people sent. */
export async function countFrom(
  db: Db,
  { chatId, senders, after }: { chatId: string; senders: readonly string[]; after: number },
): Promise<number> {
  if (senders.length === 0) return 0
  const row = await db
    .selectFrom('log')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('stream', '=', chatStream(chatId))
    .where('seq', '>', after)
    .where('number', 'is not', null)
    .where('actor', 'in', senders)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

const toMessage = ({ data }: { data: string }): Message => JSON.parse(data) as Message

const toFound = (row: { data: string }): FoundMessage => ({
  message: toMessage(row),
  bytes: Buffer.byteLength(row.data),
})

/** Number of the last message at or before a position; 0 when there is none. */
export async function numberAt(db: Db, chatId: string, seq: number): Promise<number> {
  const row = await db
    .selectFrom('log')
    .select('number')
    .where('stream', '=', chatStream(chatId))
    .where('number', 'is not', null)
    .where('seq', '<=', seq)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? 0
}

/** Whether there is a message at a position that the reader may know of. */
export async function isMessage(
  db: Db,
  { chatId, reader, seq }: { chatId: string; reader: string; seq: number },
): Promise<boolean> {
  return (
    (await messages(db, chatId, reader).where('seq', '=', seq).executeTakeFirst()) !== undefined
  )
}

/** Names of the owners among a chat's members. */
export async function ownersOf(db: Db, chatId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('members')
    .select('username')
    .where('chat_id', '=', chatId)
    .where('role', '=', 'owner')
    .execute()
  return rows.map(({ username }) => username)
}

export async function setRole(
  db: Db,
  { chatId, username, role }: { chatId: string; username: string; role: MemberRow['role'] },
): Promise<void> {
  await db
    .updateTable('members')
    .set({ role })
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .execute()
}

export async function changeChat(
  db: Db,
  chatId: string,
  change: Partial<Pick<ChatRow, 'name' | 'topic' | 'guarded'>>,
): Promise<void> {
  await db.updateTable('chats').set(change).where('chat_id', '=', chatId).execute()
}

/** Drops all of a chat but its id, which stays taken. */
export async function emptyChat(db: Db, chatId: string, at: string): Promise<void> {
  for (const table of ['members', 'room_visits', 'chat_grants', 'chat_sanctions'] as const) {
    await db.deleteFrom(table).where('chat_id', '=', chatId).execute()
  }
  await db.deleteFrom('log').where('stream', '=', chatStream(chatId)).execute()
  await db
    .updateTable('chats')
    .set({ removed_at: at, name: null, topic: null, member_count: 0, guarded: 0 })
    .where('chat_id', '=', chatId)
    .execute()
}

export async function moveReadMark(
  db: Db,
  {
    chatId,
    username,
    readNumber,
    readSeq,
  }: { chatId: string; username: string; readNumber: number; readSeq: number },
): Promise<void> {
  await db
    .updateTable('members')
    .set({ read_number: readNumber, read_seq: readSeq })
    .where('chat_id', '=', chatId)
    .where('username', '=', username)
    .execute()
}

export async function chatIdsOf(db: Db, username: string): Promise<string[]> {
  const rows = await db
    .selectFrom('members')
    .select('chat_id')
    .where('username', '=', username)
    .execute()
  return rows.map((row) => row.chat_id)
}
