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

const formatters = new Map<string, Intl.RelativeTimeFormat>()

/** “5 minutes ago”; the day when it was longer than a week ago. */
export function ago({ locale, formats }: Localize, at: Date, now: Date): string {
  const passed = now.getTime() - at.getTime()
  if (passed >= RELATIVE_MS) return formats.since(at, now)
  let formatter = formatters.get(locale)
  if (!formatter) {
    // The formats hold the locale that is one, whatever the page's author wrote.
    formatter = new Intl.RelativeTimeFormat(formats.locale, { numeric: 'auto' })
    formatters.set(locale, formatter)
  }
  const [unit, size] = UNITS.find(([, each]) => passed >= each) ?? ['minute', 60_000]
  return formatter.format(-Math.max(Math.floor(passed / size), 0), unit)
}

/** When somebody was last here; empty where it is not known, or they are here. */
export function lastSeen(localize: Localize, { presence, state }: Person, now: Date): string {
  const at = state === 'offline' ? presence?.lastSeenAt : undefined
  return at ? localize.text('lastSeenAgo', ago(localize, new Date(at), now)) : ''
}

/** Name, state and status of somebody, as their name for assistive technology. */
export function personLabel(localize: Localize, person: Person, now: Date): string {
  const { name, presence, self } = person
  const state = lastSeen(localize, person, now) || stateText(localize, person.state)
  const who = self ? `${name} (${localize.text('presenceYou')})` : name
  const how = presence?.status ? localize.text('personIs', state, presence.status) : state
  return localize.text('personIs', who, how)
}
