import type { ReadContext, WriteContext } from '../../kernel/context.ts'
import { groupChanged } from './changes.ts'
import { deleteMembers, insertGroup, insertMembers, isInGroup, tokenGroupsOf } from './store.ts'

/** Whether what a token names is so already: they are in all of these groups, and no token put them into another. */
export async function hasTokenGroups(
  db: ReadContext['db'],
  username: string,
  groups: readonly string[],
): Promise<boolean> {
  const byToken = await tokenGroupsOf(db, username)
  if (byToken.some((name) => !groups.includes(name))) return false
  for (const name of groups) {
    // Who was put there by hand is in it, whatever tokens say.
    if (!byToken.includes(name) && !(await isInGroup(db, name, username))) return false
  }
  return true
}

/** The groups that a token names replace those that earlier ones named; others stay. */
export async function setTokenGroups(
  ctx: Pick<WriteContext, 'db' | 'driver' | 'now' | 'append' | 'lock' | 'log'>,
  username: string,
  groups: readonly string[],
): Promise<void> {
  for (const name of await tokenGroupsOf(ctx.db, username)) {
    if (groups.includes(name)) continue
    await deleteMembers(ctx.db, name, [username])
    await groupChanged(ctx, name)
  }
  for (const name of groups) {
    await insertGroup(ctx.db, { name, description: null, created_at: ctx.now })
    if (await isInGroup(ctx.db, name, username)) continue
    await insertMembers(ctx.db, name, { usernames: [username], byToken: true })
    await groupChanged(ctx, name)
  }
}
