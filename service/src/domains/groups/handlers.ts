import { groups, type Group } from '@collab-kit/protocol'
import type { ReadContext, Refusing } from '../../kernel/context.ts'
import { implement } from '../../kernel/module.ts'
import { encodeCursor, nameAfter } from '../../kernel/pages.ts'
import { allPresent, findUsers, toUser } from '../users/index.ts'
import { groupChanged } from './changes.ts'
import {
  deleteMembers,
  findGroup,
  groupPage,
  insertGroup,
  insertMembers,
  isInGroup,
  memberPage,
  toGroups,
  type GroupRow,
} from './store.ts'

type Asked = Pick<ReadContext, 'db' | 'caller' | 'policy'> & Refusing

const managesAll = ({ caller }: Pick<ReadContext, 'caller'>): boolean => caller.role === 'admin'

/** A group for those who are in it and those who manage all; to others it looks absent. */
async function visible(ctx: Asked, name: string): Promise<GroupRow> {
  const row = await findGroup(ctx.db, name)
  const seen = row && (managesAll(ctx) || (await isInGroup(ctx.db, name, ctx.caller.username)))
  return seen ? row : ctx.fail('not_found', { name })
}

const view = async ({ db }: Pick<ReadContext, 'db'>, row: GroupRow): Promise<Group> =>
  (await toGroups(db, [row]))[0]!

interface Page {
  after: string
  limit: number
}

function pageOf(
  ctx: Asked,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Page {
  const after = nameAfter(cursor)
  if (after === undefined)
    return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  return { after, limit: Math.min(limit, ctx.policy.limits.pageItems) }
}

/** A page of groups by name. */
async function listed(
  ctx: Asked,
  input: { cursor?: string | undefined; limit: number },
  which: { of?: string; sharedWith?: string },
) {
  const { after, limit } = pageOf(ctx, input)
  const rows = await groupPage(ctx.db, { ...which, after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    items: await toGroups(ctx.db, page),
    ...(rows.length > limit && { nextCursor: encodeCursor(page.at(-1)!.name) }),
  }
}

export const groupsModule = implement(groups, {
  handlers: {
    listGroups: (ctx, input) =>
      listed(ctx, input, managesAll(ctx) ? {} : { of: ctx.caller.username }),
    async getGroup(ctx, input) {
      const row = await visible(ctx, input.name)
      const { after, limit } = pageOf(ctx, input)
      const names = await memberPage(ctx.db, { name: input.name, after, limit: limit + 1 })
      const page = names.slice(0, limit)
      const people = new Map((await findUsers(ctx.db, page)).map((each) => [each.username, each]))
      const items = page.flatMap((name) => people.get(name) ?? []).map(toUser)
      const next = names.length > limit && { nextCursor: encodeCursor(page.at(-1)) }
      return { ...(await view(ctx, row)), members: { items, ...next } }
    },
    listGroupsOfUser(ctx, { username, ...input }) {
      const own = ctx.caller.username
      const shared = managesAll(ctx) || username === own ? {} : { sharedWith: own }
      return listed(ctx, input, { of: username, ...shared })
    },
    async createGroup(ctx, { name, description, members = [] }) {
      await allPresent(ctx, members)
      const row = { name, description: description ?? null, created_at: ctx.now }
      if (!(await insertGroup(ctx.db, row))) ctx.fail('already_exists', { name })
      await insertMembers(ctx.db, name, { usernames: members, byToken: false })
      await ctx.audit('groups.created', name)
      return view(ctx, row)
    },
    async updateGroup(ctx, { name, description }) {
      const row = await visible(ctx, name)
      await ctx.db.updateTable('groups').set({ description }).where('name', '=', name).execute()
      return view(ctx, { ...row, description })
    },
    async deleteGroup(ctx, { name }) {
      const result = await ctx.db.deleteFrom('groups').where('name', '=', name).executeTakeFirst()
      if (Number(result.numDeletedRows) > 0) {
        await groupChanged(ctx, name, { gone: true })
        await ctx.audit('groups.deleted', name)
      }
      return {}
    },
    async addGroupMembers(ctx, { name, usernames }) {
      const row = await visible(ctx, name)
      await allPresent(ctx, usernames)
      await insertMembers(ctx.db, name, { usernames, byToken: false })
      await groupChanged(ctx, name)
      await ctx.audit('groups.members_added', name, { usernames })
      return view(ctx, row)
    },
    async removeGroupMembers(ctx, { name, usernames }) {
      const row = await visible(ctx, name)
      await deleteMembers(ctx.db, name, usernames)
      await groupChanged(ctx, name)
      await ctx.audit('groups.members_removed', name, { usernames })
      return view(ctx, row)
    },
  },
  personal: {
    async export({ db }, username) {
      return (await groupPage(db, { of: username, after: '', limit: MOST })).map(({ name }) => name)
    },
    async erase({ db }, username) {
      await db.deleteFrom('group_members').where('username', '=', username).execute()
    },
  },
})

/** Most groups of one person that are exported. */
const MOST = 1000
