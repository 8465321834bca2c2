import { type Grouping, roleIn, type RoleOf } from './grouping.ts'

/** Not to be mistaken for a role by that name. */
const MEMBERS = '\u0000members'
const GUESTS = '\u0000guests'

/** People put together by what they are here; the others as members and guests. */
export function byRole(roleOf: RoleOf): Grouping {
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
