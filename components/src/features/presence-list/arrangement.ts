import type { Order, Person } from '../presence/people.ts'
import { isSame } from './same.ts'

/** People under one heading. */
export interface Group {
  readonly key: string
  readonly people: readonly Person[]
}

/** People as they are now, in the places they had. */
export type Keep = (
  before: readonly Group[],
  people: readonly Person[],
  groupOf: Arranging['groupOf'],
) => readonly Group[]

export interface Arranging {
  /** Under which heading somebody stands. */
  groupOf: (person: Person) => string
  /** Headings in their order; those it does not name come after, as they are met. */
  groups: readonly string[]
  order: Order
  /** How people keep their places, where nobody may move. */
  keep: Keep | undefined
}

/** Who stands where. While it is held, people change but stay in their places. */
export class Arrangement {
  #groups: readonly Group[] = []
  #last: readonly unknown[] = []

  take(people: readonly Person[], { groupOf, groups, order, keep }: Arranging): readonly Group[] {
    const now = [order, groupOf, keep, ...people]
    if (isSame(now, this.#last)) return this.#groups
    this.#last = now
    this.#groups =
      keep && this.#groups.length > 0
        ? keep(this.#groups, people, groupOf)
        : arrange(people, { groupOf, groups, order })
    return this.#groups
  }
}

function arrange(
  people: readonly Person[],
  { groupOf, groups, order }: Omit<Arranging, 'keep'>,
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
