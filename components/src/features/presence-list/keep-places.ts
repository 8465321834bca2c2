import type { Keep } from './arrangement.ts'

/** Nobody moves: whoever is gone stays, as they were seen last, and who is new comes last. */
export const keepPlaces: Keep = (before, people, groupOf) => {
  const now = new Map(people.map((person) => [person.username, person]))
  const kept = before.map(({ key, people: members }) => ({
    key,
    people: members.map((member) => {
      const next = now.get(member.username) ?? member
      now.delete(member.username)
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
