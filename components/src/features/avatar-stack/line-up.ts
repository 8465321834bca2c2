import type { Person } from '../presence/people.ts'

/** Where the person at this page stands. */
export type SelfPlace = 'first' | 'last' | 'hidden'

/** Who stands in a stack. Those who are there stay in their places; whoever comes, comes last. */
export class LineUp {
  #order: string[] = []

  /** @param people Everybody, in any order. */
  take(people: readonly Person[], self: SelfPlace): Person[] {
    const here = new Map(
      people.filter(({ state }) => state !== 'offline').map((each) => [each.username, each]),
    )
    const stayed = this.#order.filter((username) => here.has(username))
    const known = new Set(stayed)
    const came = [...here.values()]
      .filter(({ username }) => !known.has(username))
      .sort(longestFirst)
      .map(({ username }) => username)
    this.#order = [...stayed, ...came]
    const others: Person[] = []
    const own: Person[] = []
    for (const username of this.#order) {
      const person = here.get(username)
      if (person) (person.self ? own : others).push(person)
    }
    if (self === 'hidden') return others
    return self === 'first' ? [...own, ...others] : [...others, ...own]
  }

  /** Other people are shown. */
  clear(): void {
    this.#order = []
  }
}

function longestFirst(a: Person, b: Person): number {
  const [one = '', other = ''] = [a.presence?.since, b.presence?.since]
  if (one !== other) return one < other ? -1 : 1
  return a.username < b.username ? -1 : 1
}

/** How many faces a stack shows: never more than `max`, and at least one. */
export function facesOf(count: number, max: number): number {
  return Math.min(count, Math.max(Math.floor(max), 1))
}
