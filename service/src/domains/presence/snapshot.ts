import type { Presence } from '@collab-kit/protocol'
import type { SelectQueryBuilder } from 'kysely'
import { isPerson, type Caller, type ReadContext } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'
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
  const [visible = []] = await visibleToEach(ctx, [{ reader: ctx.caller, usernames }])
  return visible
}

/** What a reader asks about others. */
export interface Asking {
  reader: Caller
  usernames: readonly string[]
}

/** The same for several readers at once, in their order. */
export async function visibleToEach(
  ctx: Pick<Reading, 'db' | 'policy'>,
  asked: readonly Asking[],
): Promise<string[][]> {
  const known = new Set<string>()
  const some = asked.filter(({ reader }) => !seesAll({ ...ctx, caller: reader }))
  const readers = [...new Set(some.map(({ reader }) => reader.username))]
  const names = [...new Set(some.flatMap(({ usernames }) => usernames))]
  for (const pairs of names.length === 0 ? [] : knowing(ctx)) {
    const rows = await pairs
      .where('pair.reader', 'in', readers)
      .where('pair.username', 'in', names)
      .select(['pair.reader', 'pair.username'])
      .distinct()
      .execute()
    for (const { reader, username } of rows) known.add(`${reader}\n${username}`)
  }
  return asked.map(({ reader, usernames }) =>
    seesAll({ ...ctx, caller: reader })
      ? [...usernames]
      : usernames.filter(
          (each) => each === reader.username || known.has(`${reader.username}\n${each}`),
        ),
  )
}

/** Of whom one may know who does not see everybody, beside themselves: whoever is in any of these. */
export const knownTo = (ctx: Reading) =>
  knowing(ctx).map((pairs) =>
    pairs.where('pair.reader', '=', ctx.caller.username).select('pair.username'),
  )

type Pairs = SelectQueryBuilder<
  Database & { pair: { reader: string; username: string } },
  'pair',
  object
>

/** Readers and those of whom they may know. */
function knowing({ db, policy }: Pick<Reading, 'db' | 'policy'>): Pairs[] {
  // Those who have the reader in their list.
  const listed = db.selectFrom('contacts').select(['username as reader', 'owner as username'])
  // Those who are in a chat or in an activity with the reader.
  const inChats = db
    .selectFrom('members as mine')
    .innerJoin('members as other', 'other.chat_id', 'mine.chat_id')
    .select(['mine.username as reader', 'other.username'])
  const inActivities = db
    .selectFrom('participants as mine')
    .innerJoin('participants as other', (join) =>
      join.onRef('other.type', '=', 'mine.type').onRef('other.id', '=', 'mine.id'),
    )
    .select(['mine.username as reader', 'other.username'])
    .where('mine.left_at', 'is', null)
    .where('other.left_at', 'is', null)
    .where('other.lurking', '=', 0)
  const sources = policy.presenceVisibility === 'contacts' ? [listed] : [inChats, inActivities]
  return sources.map((source) => db.selectFrom(source.as('pair')) as unknown as Pairs)
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
