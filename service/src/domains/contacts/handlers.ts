import { contacts, type Contact, type Parsed } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { implement } from '../../kernel/module.ts'
import { encodeCursor, nameAfter } from '../../kernel/pages.ts'
import type { Database } from '../../kernel/schema.ts'
import { presenceOf } from '../presence/index.ts'
import { findUser, findUsers, toUser, type UserRow } from '../users/index.ts'

type Operations = typeof contacts.operations
type ContactRow = Selectable<Database['contacts']>
type Db = Kysely<Database>
const { contactAdded, contactRemoved, contactUpdated } = contacts.events

/** Most people of one list. */
const MOST = 5000

const findContact = (db: Db, owner: string, username: string): Promise<ContactRow | undefined> =>
  db
    .selectFrom('contacts')
    .selectAll()
    .where('owner', '=', owner)
    .where('username', '=', username)
    .executeTakeFirst()

const view = (row: ContactRow, user: UserRow): Contact => ({
  user: toUser(user),
  ...(row.nickname !== null && { nickname: row.nickname }),
  labels: JSON.parse(row.labels) as string[],
  createdAt: row.created_at,
})

const countOf = async (db: Db, owner: string): Promise<number> => {
  const row = await db
    .selectFrom('contacts')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('owner', '=', owner)
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

type About = Pick<Parsed<Operations['updateContact']>, 'nickname' | 'labels'>

const changed = (row: ContactRow, { nickname, labels }: About): ContactRow => ({
  ...row,
  ...(nickname !== undefined && { nickname }),
  ...(labels !== undefined && { labels: JSON.stringify([...new Set(labels)]) }),
})

async function save(db: Db, row: ContactRow): Promise<void> {
  const { nickname, labels } = row
  await db
    .insertInto('contacts')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['owner', 'username']).doUpdateSet({ nickname, labels }),
    )
    .execute()
}

type UpdateContext = Context<Operations['updateContact']>

/** Write what changed and tell the owner's other devices; nothing is told when nothing changed. */
async function change(
  ctx: Pick<UpdateContext, 'db' | 'append'>,
  row: ContactRow,
  { about, user }: { about: About; user: UserRow },
): Promise<Contact> {
  const after = changed(row, about)
  if (after.nickname === row.nickname && after.labels === row.labels) return view(row, user)
  await save(ctx.db, after)
  await ctx.append(contactUpdated, row.owner, view(after, user))
  return view(after, user)
}

export const contactsModule = implement(contacts, {
  handlers: {
    async listContacts(ctx, { cursor, limit: wanted }) {
      const after = nameAfter(cursor)
      if (after === undefined)
        return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
      const limit = Math.min(wanted, ctx.policy.limits.pageItems)
      const rows = await ctx.db
        .selectFrom('contacts')
        .selectAll()
        .where('owner', '=', ctx.caller.username)
        .where('username', '>', after)
        .orderBy('username')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const people = await findUsers(
        ctx.db,
        page.map(({ username }) => username),
      )
      const byName = new Map(people.map((each) => [each.username, each]))
      const states = await presenceOf(
        ctx,
        page.map(({ username }) => username),
      )
      return {
        items: page.map((row, index) => ({
          ...view(row, byName.get(row.username)!),
          presence: states[index]!,
        })),
        ...(rows.length > limit && { nextCursor: encodeCursor(page.at(-1)!.username) }),
      }
    },
    async addContact(ctx, { username, ...about }) {
      const owner = ctx.caller.username
      if (username === owner) ctx.fail('invalid_payload', { reason: 'oneself', path: 'username' })
      const user = await findUser(ctx.db, username)
      if (!user || user.deleted_at !== null) return ctx.fail('not_found', { username })
      const known = await findContact(ctx.db, owner, username)
      if (known) return change(ctx, known, { about, user })
      if ((await countOf(ctx.db, owner)) >= MOST)
        ctx.fail('limit_exceeded', { limit: 'contacts', max: MOST })
      const blank = { owner, username, nickname: null, labels: '[]', created_at: ctx.now }
      const row = changed(blank, about)
      await save(ctx.db, row)
      await ctx.append(contactAdded, owner, view(row, user))
      return view(row, user)
    },
    async updateContact(ctx, { username, ...about }) {
      const row = await findContact(ctx.db, ctx.caller.username, username)
      const user = row && (await findUser(ctx.db, username))
      return row && user ? change(ctx, row, { about, user }) : ctx.fail('not_found', { username })
    },
    async removeContact(ctx, { username }) {
      const owner = ctx.caller.username
      const result = await ctx.db
        .deleteFrom('contacts')
        .where('owner', '=', owner)
        .where('username', '=', username)
        .executeTakeFirst()
      if (Number(result.numDeletedRows) > 0) await ctx.append(contactRemoved, owner, { username })
      return {}
    },
  },
  personal: {
    export: ({ db }, username) =>
      db
        .selectFrom('contacts')
        .select(['username', 'nickname', 'labels', 'created_at as createdAt'])
        .where('owner', '=', username)
        .execute(),
    /** Their own list, and their name in the lists of others, who are told. */
    async erase(ctx, username) {
      await ctx.db.deleteFrom('contacts').where('owner', '=', username).execute()
      const listed = await ctx.db
        .selectFrom('contacts')
        .select('owner')
        .where('username', '=', username)
        .execute()
      await ctx.db.deleteFrom('contacts').where('username', '=', username).execute()
      for (const { owner } of listed) await ctx.append(contactRemoved, owner, { username })
    },
  },
})
