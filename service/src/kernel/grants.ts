import type { Kysely } from 'kysely'
import type { Refusing } from './context.ts'
import type { Database } from './schema.ts'

// What is granted in one place, a chat or an activity, to whom.

/** What is granted in place of the defaults, by subject. */
export type Grants<P extends string> = ReadonlyMap<string, readonly P[]>

/** What may be granted somewhere. */
export interface Vocabulary<P extends string> {
  /** In the order in which they are shown. */
  permissions: readonly P[]
  /** Power over others: nobody gives or takes it who does not hold it. */
  isPower(permission: P): boolean
}

/** Each once, in the order of the vocabulary. */
export function ordered<P extends string>(
  { permissions: all }: Pick<Vocabulary<P>, 'permissions'>,
  permissions: Iterable<P>,
): P[] {
  const held = new Set(permissions)
  return all.filter((each) => held.has(each))
}

export const areSame = <P>(one: readonly P[], other: readonly P[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each))

/** Whether something is granted to any group: where not, nobody's groups are asked for. */
const isGrouped = (grants: Grants<string>): boolean =>
  [...grants.keys()].some((subject) => subject.startsWith('group:'))

/** What each of these people is granted something as, as far as it matters for `grants`. Default: all of it. */
export async function subjectsOfPeople(
  db: Kysely<Database>,
  usernames: readonly string[],
  grants?: Grants<string>,
): Promise<Map<string, string[]>> {
  const subjects = new Map(usernames.map((each) => [each, ['world', `user:${each}`]]))
  if (usernames.length === 0 || (grants && !isGrouped(grants))) return subjects
  const rows = await db
    .selectFrom('group_members')
    .select(['group_name', 'username'])
    .where('username', 'in', [...subjects.keys()])
    .execute()
  for (const { group_name: group, username } of rows) subjects.get(username)?.push(`group:${group}`)
  return subjects
}

/** The same for one person. */
export const subjectsOf = async (
  db: Kysely<Database>,
  username: string,
  grants?: Grants<string>,
): Promise<string[]> => (await subjectsOfPeople(db, [username], grants)).get(username)!

export interface Shown<P extends string> {
  /** Nothing: whatever concerns the caller, or everything for those who manage. */
  subject: string | undefined
  /** Subjects that have a default here. */
  always: readonly string[]
  /** What the caller is granted something as. */
  own: readonly string[]
  held: ReadonlySet<P | 'manage'>
  grants: Grants<P>
  grantOf(subject: string): readonly P[]
}

/**
 * What is granted to whom, as the caller is shown it.
 * @throws CollabError `forbidden` about a subject that is none of the caller's
 */
export function shownGrants<P extends string>(
  ctx: Refusing,
  { subject, always, own, held, grants, grantOf }: Shown<P>,
): Record<string, P[]> {
  const concerns = (each: string) => held.has('manage') || own.includes(each)
  if (subject !== undefined && !concerns(subject))
    ctx.fail('forbidden', { permission: 'manage', subject })
  const subjects =
    subject === undefined ? [...always, ...[...grants.keys()].filter(concerns)] : [subject]
  return Object.fromEntries(subjects.map((each) => [each, [...grantOf(each)]]))
}

export interface Regrant<P extends string> {
  before: readonly P[]
  after: readonly P[]
  held: ReadonlySet<P>
}

/**
 * What is granted to a subject from now on; nothing where that is as before.
 * @throws CollabError `forbidden` for power that the caller would give or take without holding it
 */
export function regranted<P extends string>(
  ctx: Refusing,
  vocabulary: Vocabulary<P>,
  { before, after, held }: Regrant<P>,
): { permissions: P[]; isNew: boolean } {
  const permissions = ordered(vocabulary, after)
  const changed = vocabulary.permissions.filter(
    (each) => before.includes(each) !== permissions.includes(each),
  )
  const beyond = changed.find((each) => vocabulary.isPower(each) && !held.has(each))
  if (beyond) ctx.fail('forbidden', { permission: beyond })
  return { permissions, isNew: changed.length > 0 }
}
