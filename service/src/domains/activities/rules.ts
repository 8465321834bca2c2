import { activityPermissions, type ActivityPermission } from '@collab-kit/protocol'
import type { Caller } from '../../kernel/context.ts'
import type { Grants, Vocabulary } from '../../kernel/grants.ts'

/** What everybody may do in an activity that nothing else is said about. */
const DEFAULT_GRANT: readonly ActivityPermission[] = ['join', 'view_state', 'set_state']

/** What a subject may do as long as nothing is granted to it. */
export const defaultGrant = (subject: string): readonly ActivityPermission[] =>
  subject === 'world' ? DEFAULT_GRANT : []

export const isPower = (permission: ActivityPermission): boolean =>
  permission === 'manage' || permission === 'remove'

export const vocabulary: Vocabulary<ActivityPermission> = {
  permissions: activityPermissions,
  isPower,
}

/** Who one is, and what decides about them. */
export interface Person {
  caller: Pick<Caller, 'username' | 'role'>
  grants: Grants<ActivityPermission>
  /** What the person is granted something as. */
  subjects: readonly string[]
}

/**
 * What a person may do in an activity: the union of what is granted to them. Admins hold everything, and so does the
 * account that made it. An empty answer means that the activity must look absent.
 */
export function permissionsIn(
  { created_by: maker }: { created_by: string | null },
  { caller: { username, role }, grants, subjects }: Person,
): ReadonlySet<ActivityPermission> {
  if (role === 'admin' || (maker === username && role !== 'guest'))
    return new Set(activityPermissions)
  return new Set(subjects.flatMap((each) => grants.get(each) ?? defaultGrant(each)))
}

/** The first right that being in an activity takes and that is missing. */
export const missingRight = (
  permissions: ReadonlySet<ActivityPermission>,
  lurking: boolean,
): ActivityPermission | undefined =>
  (['join', 'view_state', ...(lurking ? (['lurk'] as const) : [])] as const).find(
    (each) => !permissions.has(each),
  )

/**
 * How far the number of a state may have gone on in the memory of a node beyond what its row says: what ends a
 * participant that is known by its row alone is numbered beyond all that was told.
 */
export const LEAP = 1000
