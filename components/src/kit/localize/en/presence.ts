import type { Formats } from '../formats.ts'

/** Who is here, and how. */
export const presence = {
  people: 'People',
  statusAvailable: 'Online',
  statusAway: 'Away',
  statusDnd: 'Do not disturb',
  statusOffline: 'Offline',
  presenceYou: 'You',
  presenceGuest: 'Guest',
  presenceGuests: 'Guests',
  presenceMembers: 'Members',
  /** The name of a group and how many are in it, as a heading is read. */
  groupNamed: (f: Formats, count: number, group: string) =>
    f.plural(count, { one: `${group}, # person`, other: `${group}, # people` }),
  personIs: (_f: Formats, name: string, state: string) => `${name}, ${state}`,
  /** `ago` is a time such as “5 minutes ago”. */
  lastSeenAgo: (_f: Formats, ago: string) => `Last seen ${ago}`,
  morePeople: (f: Formats, count: number) =>
    f.plural(count, { one: '# more person', other: '# more people' }),
  notLive: 'Not live',
  notLiveText: 'Connection lost. This is what was known last.',
  loadingPeople: 'Loading people…',
}
