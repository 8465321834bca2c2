import { users, type Parsed } from '@collab-kit/protocol'
import {
  isPerson,
  type ReadContext,
  type Refusing,
  type WriteContext,
} from '../../kernel/context.ts'
import { implement } from '../../kernel/module.ts'
import { encodeCursor, nameAfter } from '../../kernel/pages.ts'
import { blockedPage, deleteBlock, insertBlock } from './blocks.ts'
import {
  createUser,
  deleteMe,
  deleteUser,
  disableUser,
  enableUser,
  setRole,
  updateUser,
} from './manage.ts'
import { toColumns, updateProfile } from './profile.ts'
import { searchUsers } from './search.ts'
import { toState } from './state.ts'
import {
  dropProperty,
  findUser,
  findUsers,
  propertiesOf,
  saveProperty,
  toMe,
  toUser,
} from './store.ts'

type Operations = typeof users.operations
const { blockedChanged, propertyChanged } = users.events

/** Most values of one person, and most characters of one as JSON. */
const MOST_PROPERTIES = 100
const PROPERTY_CHARACTERS = 4096

type Owned = Parsed<Operations['removeProperty']>

/** Whose property it is: one's own, or for admins anybody's. */
async function ownerOf(
  ctx: Pick<ReadContext, 'caller' | 'db'> & Refusing,
  { username = ctx.caller.username }: Owned,
): Promise<string> {
  if (username !== ctx.caller.username && ctx.caller.role !== 'admin')
    ctx.fail('forbidden', { reason: 'admin', path: 'username' })
  if (username === ctx.caller.username && !isPerson(ctx.caller))
    ctx.fail('forbidden', { reason: 'act_as', path: 'username' })
  const row = await findUser(ctx.db, username)
  return row && row.deleted_at === null ? username : ctx.fail('not_found', { username })
}

export const usersModule = implement(users, {
  handlers: {
    async getMe({ db, caller, fail }) {
      const row = await findUser(db, caller.username)
      return row ? toMe(row, await propertiesOf(db, row.username)) : fail('unauthenticated')
    },
    async updateMe(ctx, input) {
      const row = await updateProfile(ctx, ctx.caller.username, toColumns(input))
      return toMe(row, await propertiesOf(ctx.db, row.username))
    },
    async getUser({ db, fail }, { username }) {
      const row = await findUser(db, username)
      return row ? toUser(row) : fail('not_found', { username })
    },
    async getUsers({ db }, { usernames }) {
      const rows = await findUsers(db, usernames)
      return { items: rows.map(toUser).sort((a, b) => (a.username < b.username ? -1 : 1)) }
    },
    searchUsers,
    async setProperty(ctx, { value, ...input }) {
      const username = await ownerOf(ctx, input)
      const json = JSON.stringify(value) ?? 'null'
      if (json.length > PROPERTY_CHARACTERS)
        ctx.fail('too_large', { limit: 'propertyCharacters', max: PROPERTY_CHARACTERS })
      const before = await propertiesOf(ctx.db, username)
      if (!(input.name in before) && Object.keys(before).length >= MOST_PROPERTIES)
        ctx.fail('limit_exceeded', { limit: 'properties', max: MOST_PROPERTIES })
      await saveProperty(ctx.db, { username, name: input.name, value: json })
      await ctx.append(propertyChanged, '', { username, name: input.name, value })
      return propertiesOf(ctx.db, username)
    },
    async removeProperty(ctx, input) {
      const username = await ownerOf(ctx, input)
      if (await dropProperty(ctx.db, username, input.name))
        await ctx.append(propertyChanged, '', { username, name: input.name })
      return propertiesOf(ctx.db, username)
    },
    async blockUser(ctx, { username }) {
      if (username === ctx.caller.username)
        ctx.fail('invalid_payload', { reason: 'oneself', path: 'username' })
      const row = await findUser(ctx.db, username)
      if (!row || row.deleted_at !== null) ctx.fail('not_found', { username })
      const owner = ctx.caller.username
      if (await insertBlock(ctx.db, { owner, username, at: ctx.now }))
        await ctx.append(blockedChanged, owner, { username, blocked: true })
      return {}
    },
    async unblockUser(ctx, { username }) {
      const owner = ctx.caller.username
      if (await deleteBlock(ctx.db, owner, username))
        await ctx.append(blockedChanged, owner, { username, blocked: false })
      return {}
    },
    async listBlocked(ctx, { cursor, limit: wanted }) {
      const after = nameAfter(cursor)
      if (after === undefined)
        return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
      const limit = Math.min(wanted, ctx.policy.limits.pageItems)
      const owner = ctx.caller.username
      const names = await blockedPage(ctx.db, { owner, after, limit: limit + 1 })
      const page = names.slice(0, limit)
      const rows = new Map((await findUsers(ctx.db, page)).map((row) => [row.username, row]))
      return {
        items: page.flatMap((name) => rows.get(name) ?? []).map(toUser),
        ...(names.length > limit && { nextCursor: encodeCursor(page.at(-1)) }),
      }
    },
    exportMe: (ctx) => ctx.export(ctx.caller.username),
    deleteMe,
    createUser,
    updateUser,
    setRole,
    disableUser,
    enableUser,
    deleteUser,
  },
  streams: {
    deleteMe: () => ['service'],
    deleteUser: () => ['service'],
  },
  lookups: {
    /** The hash of a person's password, where they may sign in with one. */
    async passwordOf({ db }, { username }) {
      const row = await findUser(db, String(username))
      return row?.password_hash && !toState(row).gone ? { passwordHash: row.password_hash } : {}
    },
    async countUsers({ db }) {
      const row = await db
        .selectFrom('users')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirst()
      return { count: Number(row?.count ?? 0) }
    },
  },
  personal: { export: exportPerson, erase: erasePerson },
})

async function exportPerson({ db }: ReadContext, username: string): Promise<unknown> {
  const row = await findUser(db, username)
  const blocked = await db
    .selectFrom('blocks')
    .select(['username', 'created_at as at'])
    .where('owner', '=', username)
    .execute()
  return { account: row && toMe(row, await propertiesOf(db, username)), blocked }
}

/** The row itself stays until all else is gone; what speaks of it goes. */
async function erasePerson({ db }: WriteContext, username: string): Promise<void> {
  await db.deleteFrom('user_properties').where('username', '=', username).execute()
  await db
    .deleteFrom('blocks')
    .where(({ or, eb }) => or([eb('owner', '=', username), eb('username', '=', username)]))
    .execute()
}
