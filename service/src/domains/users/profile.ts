import { users, type Parsed } from '@collab-kit/protocol'
import type { Emitter, ReadContext } from '../../kernel/context.ts'
import { changeUser, findUser, toUser, type Change, type UserRow } from './store.ts'

const { userUpdated } = users.events

type Profile = Parsed<typeof users.operations.updateMe>

/** A changed profile as columns; what was not given stays. */
export const toColumns = ({
  displayName,
  firstName,
  lastName,
  email,
  picture,
}: Profile): Change => ({
  ...(displayName !== undefined && { display_name: displayName }),
  ...(firstName !== undefined && { first_name: firstName }),
  ...(lastName !== undefined && { last_name: lastName }),
  ...(email !== undefined && { email }),
  ...(picture !== undefined && { picture }),
})

/** Change what is said of a person and tell them; nothing is told when nothing changed. */
export async function updateProfile(
  ctx: Pick<ReadContext, 'db'> & Emitter<typeof userUpdated>,
  username: string,
  change: Change,
): Promise<UserRow> {
  const before = (await findUser(ctx.db, username))!
  const same = Object.entries(change).every(([key, value]) => before[key as keyof Change] === value)
  if (same) return before
  const after = await changeUser(ctx.db, username, change)
  await ctx.append(userUpdated, username, toUser(after))
  return after
}
