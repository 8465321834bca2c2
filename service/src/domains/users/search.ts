import type { Output, Parsed, SearchField, users } from '@collab-kit/protocol'
import { sql, type Expression, type SqlBool } from 'kysely'
import type { Context, ReadContext } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor } from '../../kernel/pages.ts'
import type { Driver } from '../../kernel/schema.ts'
import { toUser, type UserRow } from './store.ts'

type SearchUsers = typeof users.operations.searchUsers

const columns = {
  username: 'username',
  displayName: 'display_name',
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
} as const satisfies Record<SearchField, keyof UserRow>

/** What everybody sees of everybody: the rest would be told by searching for it. */
const OPEN: readonly SearchField[] = ['username', 'displayName']

const seesAll = ({ caller }: Pick<ReadContext, 'caller'>): boolean => caller.role === 'admin'

/** A page of people whose names contain the term. */
export async function searchUsers(
  ctx: Context<SearchUsers>,
  { term, fields = [...OPEN], orderBy, cursor, offset, limit: wanted }: Parsed<SearchUsers>,
): Promise<Output<SearchUsers>> {
  const field = orderBy?.field ?? 'username'
  const hidden = [...fields, field].find((each) => !seesAll(ctx) && !OPEN.includes(each))
  if (hidden !== undefined)
    ctx.fail('forbidden', { reason: 'field', path: 'fields', field: hidden })
  const limit = Math.min(wanted, ctx.policy.limits.pageItems)
  const from = cursor === undefined ? (offset ?? 0) : positionOf(cursor)
  if (from === undefined)
    return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  const pattern = `%${term.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  const direction = (orderBy?.ascending ?? true) ? 'asc' : 'desc'
  let found = ctx.db
    .selectFrom('users')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where(({ or }) => or(fields.map((each) => contains(ctx.driver, columns[each], pattern))))
  // A disabled account is known to those who manage it; guests come and go, and are found by nobody else.
  if (!seesAll(ctx)) found = found.where('disabled_at', 'is', null).where('role', '!=', 'guest')
  const rows = await found
    .orderBy(columns[field], direction)
    .orderBy('username')
    .offset(from)
    .limit(limit + 1)
    .execute()
  const next = from + limit
  return {
    items: rows.slice(0, limit).map(toUser),
    ...(rows.length > limit && { nextCursor: encodeCursor(next) }),
  }
}

function positionOf(cursor: string): number | undefined {
  const value = decodeCursor(cursor)
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** Whatever the letters' case, in every script: SQLite is given a `lower` that knows them. */
const contains = ({ kind }: Driver, column: string, pattern: string): Expression<SqlBool> =>
  kind === 'sqlite'
    ? sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
    : sql<SqlBool>`lower(${sql.ref(column)} collate "und-x-icu") like ${pattern} escape '\\'`
