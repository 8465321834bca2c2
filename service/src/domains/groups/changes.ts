import { groupChanged as groupChangedInActivities } from '../activities/index.ts'
import { groupChanged as groupChangedInChats } from '../chat/index.ts'

type ChangeContext = Parameters<typeof groupChangedInActivities>[0] &
  Parameters<typeof groupChangedInChats>[0]

/** Who is in a group changed, or with `gone` the group is no more: what is granted to it is decided anew everywhere. */
export async function groupChanged(
  ctx: ChangeContext,
  group: string,
  options: { gone?: boolean } = {},
): Promise<void> {
  await groupChangedInChats(ctx, group, options)
  await groupChangedInActivities(ctx, group, options)
}
