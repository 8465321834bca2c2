import type { PresenceState } from '@collab-kit/protocol'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from '../presence/people.ts'
import { stateText } from '../presence/wording.ts'
import type { Arranging } from './arrangement.ts'

/** What people are put together by. */
export type GroupBy = 'status' | 'role' | 'none'

export type RoleOf = ((person: Person) => string | undefined) | undefined

export interface Grouping extends Pick<Arranging, 'groupOf' | 'groups'> {
  /** The heading of a group; empty where there is none. */
  label: (key: string, localize: Localize) => string
}

/** Whoever does not want to be disturbed is online. */
export const byStatus: Grouping = {
  groupOf: ({ state }) => (state === 'dnd' ? 'available' : state),
  groups: ['available', 'away', 'offline'],
  label: (key, localize) => stateText(localize, key as PresenceState),
}
export const together: Grouping = { groupOf: () => '', groups: [], label: () => '' }

export function roleIn(person: Person, roleOf: RoleOf): string | undefined {
  if (roleOf) return roleOf(person) || undefined
  const role = person.presence?.data?.['role']
  return typeof role === 'string' && role ? role : undefined
}

/** The word beside a name. */
export function roleLabel(person: Person, localize: Localize, roleOf: RoleOf): string | undefined {
  if (person.self) return localize.text('presenceYou')
  return roleIn(person, roleOf) ?? (person.user?.guest ? localize.text('presenceGuest') : undefined)
}
