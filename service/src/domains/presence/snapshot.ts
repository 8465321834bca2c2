import type { Presence } from '@collab-kit/protocol'
import { isPerson, type Caller, type ReadContext } from '../../kernel/context.ts'
import { blockedBy } from '../users/index.ts'
import { toPresence, unknown, withoutExpired, type PresenceRow } from './rules.ts'
import { toRow } from './store.ts'

export type Reading = Pick<ReadContext, 'db' | 'policy' | 'caller' | 'now'>

/** Whether this caller may know of everybody. */
export const seesAll = ({ policy, caller }: Pick<Reading, 'policy' | 'caller'>): boolean =>
  policy.presenceVisibility === 'everyone' ||
  caller.role === 'admin' ||
  caller.role === 'system' ||
  !isPerson(caller)

/** Those of these people of whom the caller may know, in the same order. */
export async function visibleAmong(ctx: Reading, usernames: readonly string[]): Promise<string[]> {
  if (seesAll(ctx) || usernames.length === 0) return [...usernames]
  const find = ctx.policy.presenceVisibility === 'contacts' ? listers : sharers
  const known = new Set(await find(ctx, usernames)).add(ctx.caller.username)
  return usernames.filter((each) => known.has(each))
}

/** Those of these people who have the caller in their list. */
async function listers({ db, caller }: Reading, usernames: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('contacts')
    .select('owner')
    .where('username', '=', caller.username)
    .where('owner', 'in', usernames)
    .execute()
  return rows.map(({ owner }) => owner)
}

/** Those of these people who are in a chat or an activity with the caller. */
async function sharers({ db, caller }: Reading, usernames: readonly string[]): Promise<string[]> {
  const inChats = await db
    .selectFrom('members as mine')
    .innerJoin('members as other', 'other.chat_id', 'mine.chat_id')
    .select('other.username')
    .distinct()
    .where('mine.username', '=', caller.username)
    .where('other.username', 'in', usernames)
    .execute()
  const inActivities = await db
    .selectFrom('participants as mine')
    .innerJoin('participants as other', (join) =>
      join.onRef('other.type', '=', 'mine.type').onRef('other.id', '=', 'mine.id'),
    )
    .select('other.username')
    .distinct()
    .where('mine.username', '=', caller.username)
    .where('mine.left_at', 'is', null)
    .where('other.username', 'in', usernames)
    .where('other.left_at', 'is', null)
    .where('other.lurking', '=', 0)
    .execute()
  return [...inChats, ...inActivities].map(({ username }) => username)
}

const findRows = async (
  { db }: Pick<Reading, 'db'>,
  usernames: readonly string[],
): Promise<PresenceRow[]> =>
  usernames.length === 0
    ? []
    : (
        await db.selectFrom('presence').selectAll().where('username', 'in', usernames).execute()
      ).map(toRow)

/** What others see of these people, in the same order, whoever asks. */
export async function statesOf(
  ctx: Pick<Reading, 'db' | 'now'>,
  usernames: readonly string[],
): Promise<Presence[]> {
  const rows = new Map((await findRows(ctx, usernames)).map((row) => [row.username, row]))
  return usernames.map((username) => {
    const row = rows.get(username)
    return row ? toPresence(withoutExpired(row, ctx.now)) : unknown(username)
  })
}

/** What the caller sees of these people: those whom they have blocked, or may not know of, look as if never here. */
export async function presenceOf(ctx: Reading, usernames: readonly string[]): Promise<Presence[]> {
  const names = [...new Set(usernames)]
  const hidden = new Set(await blockedBy(ctx.db, ctx.caller.username))
  const visible = await visibleAmong(
    ctx,
    names.filter((each) => !hidden.has(each)),
  )
  const states = new Map((await statesOf(ctx, visible)).map((each) => [each.username, each]))
  return names.map((username) => states.get(username) ?? unknown(username))
}

/** The caller's own row. */
export async function ownRow({ db, caller, now }: Reading): Promise<PresenceRow | undefined> {
  const [row] = await findRows({ db }, [caller.username])
  return row && withoutExpired(row, now)
}

/** The same context with somebody else as the caller. */
export const readAs = (ctx: ReadContext, caller: Caller): ReadContext => ({ ...ctx, caller })
