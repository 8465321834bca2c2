import type { CollabState, PresencePlace } from '@collab-kit/client'
import type { OwnPresence, Presence, PresenceState, User } from '@collab-kit/protocol'

/** Somebody who is shown by an element of presence. */
export interface Shown {
  username: string
  name?: string
  state?: PresenceState
  status?: string
  guest?: boolean
  picture?: string
  /** How long they are that way, minutes. Default 60. */
  sinceMinutes?: number
  /** How long ago they were here last, minutes. */
  seenMinutes?: number
  role?: string
}

const MINUTE_MS = 60_000

/** What a client knows while these are one's contacts. */
export function presenceOf(
  people: readonly Shown[],
  { place = {}, own }: { place?: Partial<PresencePlace>; own?: OwnPresence } = {},
): Partial<CollabState> {
  const now = Date.now()
  const before = (minutes: number) => new Date(now - minutes * MINUTE_MS).toISOString()
  const presences = people.map(
    ({
      username,
      state = 'available',
      status,
      sinceMinutes = 60,
      seenMinutes,
      role,
    }): Presence => ({
      username,
      rev: 1,
      state,
      since: before(sinceMinutes),
      ...(status !== undefined && { status }),
      ...(seenMinutes !== undefined && { lastSeenAt: before(seenMinutes) }),
      ...(role !== undefined && { data: { role } }),
    }),
  )
  const users = people.map(({ username, name = username, guest = false, picture }): User => ({
    username,
    displayName: name,
    guest,
    ...(picture !== undefined && { picture }),
  }))
  const byName = <T extends { username: string }>(list: readonly T[]) =>
    Object.fromEntries(list.map((each) => [each.username, each]))
  return {
    users: byName(users),
    presence: {
      people: byName(presences),
      places: {
        contacts: { status: 'ready', usernames: people.map(({ username }) => username), ...place },
      },
      ...(own && { own }),
    },
  }
}

/** As many people as are wanted, a quarter of them in each state. */
export function crowd(count: number): Shown[] {
  const states = ['available', 'away', 'offline', 'dnd'] as const
  return Array.from({ length: count }, (_, index) => ({
    username: `p${index}`,
    name: `Person ${index}`,
    state: states[index % 4] ?? 'available',
    sinceMinutes: count - index,
    ...(index % 5 === 0 && { status: 'Busy with things' }),
  }))
}

/** Four people, each here in another way. */
export const four: readonly Shown[] = [
  { username: 'ben', name: 'Ben Lindqvist', status: 'Reviewing' },
  { username: 'chidi', name: 'Chidi Okafor', state: 'dnd' },
  { username: 'mina', name: 'مينا حسن', state: 'away', guest: true },
  { username: 'yuki', name: '高橋 ゆき', state: 'offline', seenMinutes: 25 },
]
