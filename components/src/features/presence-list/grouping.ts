import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from '../presence/people.ts'
import type { Arranging } from './arrangement.ts'

/** What people are put together by. */
export type GroupBy = 'status' | 'role' | 'none'

type RoleOf = ((person: Person) => string | undefined) | undefined

interface Grouping extends Pick<Arranging, 'groupOf' | 'groups'> {
  /** The heading of a group; empty where there is none. */
  label: (key: string, localize: Localize) => string
}

const STATUS = {
  available: 'online',
  dnd: 'online',
  away: 'away',
  offline: 'offline',
} as const
const HEADINGS = {
  online: 'statusAvailable',
  away: 'statusAway',
  offline: 'statusOffline',
} as const
/** Not to be mistaken for a role by that name. */
const MEMBERS = '\u0000members'
const GUESTS = '\u0000guests'

const byStatus: Grouping = {
  groupOf: ({ state }) => STATUS[state],
  groups: ['online', 'away', 'offline'],
  label: (key, localize) => localize.text(HEADINGS[key as keyof typeof HEADINGS] ?? 'people'),
}
const together: Grouping = { groupOf: () => '', groups: [], label: () => '' }

export function groupingOf(by: GroupBy, roleOf: RoleOf): Grouping {
  if (by !== 'role') return by === 'none' ? together : byStatus
  return {
    groupOf: (person) => roleIn(person, roleOf) ?? (person.user?.guest ? GUESTS : MEMBERS),
    groups: [],
    label: (key, localize) =>
      key === GUESTS
        ? localize.text('presenceGuests')
        : key === MEMBERS
          ? localize.text('presenceMembers')
          : key,
  }
}

function roleIn(person: Person, roleOf: RoleOf): string | undefined {
  if (roleOf) return roleOf(person) || undefined
  const role = person.presence?.data?.['role']
  return typeof role === 'string' && role ? role : undefined
}

/** The word beside a name. */
export function roleLabel(person: Person, localize: Localize, roleOf: RoleOf): string | undefined {
  if (person.self) return localize.text('presenceYou')
  return roleIn(person, roleOf) ?? (person.user?.guest ? localize.text('presenceGuest') : undefined)
}
