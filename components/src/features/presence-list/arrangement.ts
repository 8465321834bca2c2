import type { Order, Person } from '../presence/people.ts'

/** People under one heading. */
export interface Group {
  readonly key: string
  readonly people: readonly Person[]
}

export interface Arranging {
  /** Under which heading somebody stands. */
  groupOf: (person: Person) => string
  /** Headings in their order; those it does not name come after, as they are met. */
  groups: readonly string[]
  order: Order
  /** Nobody moves: what is looked at or held must not slip away. What is new comes last. */
  held: boolean
}

/** Who stands where. While it is held, people change but stay in their places. */
export class Arrangement {
  #groups: readonly Group[] = []
  #last: readonly unknown[] = []

  take(people: readonly Person[], { groupOf, groups, order, held }: Arranging): readonly Group[] {
    const now = [order, groupOf, held, ...people]
    const same =
      now.length === this.#last.length && now.every((each, at) => each === this.#last[at])
    if (same) return this.#groups
    this.#last = now
    const arranged = held && this.#groups.length > 0 ? this.#keep(people, groupOf) : undefined
    this.#groups = arranged ?? arrange(people, { groupOf, groups, order })
    return this.#groups
  }

  /** Whoever is gone stays, as they were seen last. */
  #keep(people: readonly Person[], groupOf: Arranging['groupOf']): readonly Group[] {
    const now = new Map(people.map((person) => [person.username, person]))
    const kept = this.#groups.map(({ key, people: before }) => ({
      key,
      people: before.map((person) => {
        const next = now.get(person.username) ?? person
        now.delete(person.username)
        return next
      }),
    }))
    for (const person of now.values()) {
      const key = groupOf(person)
      const group = kept.find((each) => each.key === key)
      if (group) group.people.push(person)
      else kept.push({ key, people: [person] })
    }
    return kept
  }
}

function arrange(
  people: readonly Person[],
  { groupOf, groups, order }: Omit<Arranging, 'held'>,
): readonly Group[] {
  const byKey = new Map<string, Person[]>(groups.map((key) => [key, []]))
  for (const person of people) {
    const key = groupOf(person)
    const group = byKey.get(key)
    if (group) group.push(person)
    else byKey.set(key, [person])
  }
  return [...byKey]
    .filter(([, members]) => members.length > 0)
    .map(([key, members]) => ({ key, people: members.sort(order) }))
}
