import type { PresenceState } from '@collab-kit/protocol'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from './people.ts'

const STATES = {
  available: 'statusAvailable',
  away: 'statusAway',
  dnd: 'statusDnd',
  offline: 'statusOffline',
} as const satisfies Record<PresenceState, string>

/** How somebody is here, in words. */
export const stateText = (localize: Localize, state: PresenceState): string =>
  localize.text(STATES[state])

/** From when on a time is told as a date, milliseconds. */
const RELATIVE_MS = 7 * 86_400_000
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** “5 minutes ago”; the day when it was longer than a week ago. */
export function ago({ formats }: Localize, at: Date, now: Date): string {
  const passed = now.getTime() - at.getTime()
  if (passed >= RELATIVE_MS) return formats.since(at, now)
  const [unit, size] = UNITS.find(([, each]) => passed >= each) ?? ['minute', 60_000]
  return formats.ago(Math.max(Math.floor(passed / size), 0), unit)
}

/** When somebody was last here; empty where it is not known, or they are here. */
export function lastSeen(localize: Localize, { presence, state }: Person, now: Date): string {
  const at = state === 'offline' ? presence?.lastSeenAt : undefined
  return at ? localize.text('lastSeenAgo', ago(localize, new Date(at), now)) : ''
}

/** One thing after the other, as the language says them; what is empty is left out. */
export const inOneBreath = (localize: Localize, ...said: readonly (string | undefined)[]): string =>
  said.reduce<string>(
    (all, next) => (all && next ? localize.text('personIs', all, next) : all || (next ?? '')),
    '',
  )

/** Name, state and status of somebody, as their name for assistive technology. */
export function personLabel(localize: Localize, person: Person, now: Date): string {
  const { name, presence, self } = person
  const state = lastSeen(localize, person, now) || stateText(localize, person.state)
  const who = self ? `${name} (${localize.text('presenceYou')})` : name
  return inOneBreath(localize, who, state, presence?.status)
}
