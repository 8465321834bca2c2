import type { Presence, PresenceState, User } from '@collab-kit/protocol'

/** A person as elements of presence show them. The same object as long as nothing of it changed. */
export interface Person {
  readonly username: string
  /** What to call them; the username until their profile is loaded. */
  readonly name: string
  readonly state: PresenceState
  readonly presence: Presence | undefined
  readonly user: User | undefined
  /** Whether it is the person at this page. */
  readonly self: boolean
}

export interface PeopleInput {
  usernames: readonly string[]
  people: Readonly<Record<string, Presence>>
  users: Readonly<Record<string, User>>
  /** Who is at this page. */
  me: string | undefined
}

/** Makes people out of what the client knows, and keeps those of whom nothing changed. */
export class People {
  #known = new Map<string, Person>()

  take({ usernames, people, users, me }: PeopleInput): Person[] {
    const known = new Map<string, Person>()
    const taken = usernames.map((username) => {
      const before = this.#known.get(username)
      const presence = people[username]
      const user = users[username]
      const self = username === me
      const same =
        before && before.presence === presence && before.user === user && before.self === self
      const person = same
        ? before
        : {
            username,
            name: user?.displayName ?? username,
            state: presence?.state ?? 'offline',
            presence,
            user,
            self,
          }
      known.set(username, person)
      return person
    })
    this.#known = known
    return taken
  }
}

/** How people come after each other. */
export type Order = (a: Person, b: Person) => number

/** By locale; the same function each time, so that what is in order already is known to be. */
const orders = new Map<string, { byName: Order; hereFirst: Order }>()

function ordersOf(locale: string): { byName: Order; hereFirst: Order } {
  let made = orders.get(locale)
  if (!made) {
    const { compare } = new Intl.Collator(locale, { numeric: true })
    const byName: Order = (a, b) =>
      Number(b.self) - Number(a.self) ||
      compare(a.name, b.name) ||
      (a.username < b.username ? -1 : Number(a.username > b.username))
    const gone = ({ state }: Person) => Number(state === 'offline')
    const hereFirst: Order = (a, b) => gone(a) - gone(b) || byName(a, b)
    orders.set(locale, (made = { byName, hereFirst }))
  }
  return made
}

/** Oneself first, then by name as the language sorts. */
export const byName = (locale: string): Order => ordersOf(locale).byName

/** Who is here before who is not, each by name. */
export const hereFirst = (locale: string): Order => ordersOf(locale).hereFirst
