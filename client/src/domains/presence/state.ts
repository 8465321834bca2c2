import type { Audience, ErrorShape, OwnPresence, Presence } from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../state.ts'
import type { PresenceChanges } from './handle.ts'
import type { PresencePlace, PresenceSlice } from './model.ts'

/** A change of what is known of presence; the same state when nothing changed. */
export const patchPresence =
  (patch: (slice: PresenceSlice) => PresenceSlice) =>
  (state: CollabState): CollabState => {
    const presence = patch(state.presence)
    return presence === state.presence ? state : { ...state, presence }
  }

/** A change of one place; nothing for one that nobody watches. */
export const patchPlace =
  (key: string, patch: (place: PresencePlace) => PresencePlace) =>
  (slice: PresenceSlice): PresenceSlice => {
    const before = slice.places[key]
    const after = before && patch(before)
    if (!after || after === before) return slice
    return { ...slice, places: { ...slice.places, [key]: after } }
  }

/** A place that is watched from now on. */
export const withPlace =
  (key: string, usernames: readonly string[]) =>
  (slice: PresenceSlice): PresenceSlice => ({
    ...slice,
    places: { ...slice.places, [key]: { status: 'loading', usernames } },
  })

/** People as the service tells them, in place of what was known. */
export function withPeople(slice: PresenceSlice, people: readonly Presence[]): PresenceSlice {
  const changed = people.filter((each) => !isSame(slice.people[each.username], each))
  if (!changed.length) return slice
  const named = changed.map((each) => [each.username, each] as const)
  return { ...slice, people: { ...slice.people, ...Object.fromEntries(named) } }
}

/** What the service answered of a place. */
export const answered = (
  key: string,
  usernames: readonly string[],
  audience?: Pick<Audience, 'online' | 'total'>,
): ((slice: PresenceSlice) => PresenceSlice) =>
  patchPlace(key, () => ({
    status: 'ready',
    usernames: audience ? [] : usernames,
    ...(audience && { audience }),
  }))

export const refusedPlace = (key: string, error: ErrorShape) =>
  patchPlace(key, ({ usernames }) => ({ status: 'refused', error, usernames }))

/** Somebody belongs to a place from now on, or not any more. */
export const withMember = (key: string, username: string, belongs: boolean) =>
  patchPlace(key, (place) => {
    if (place.audience || place.usernames.includes(username) === belongs) return place
    const { usernames } = place
    return {
      ...place,
      usernames: belongs ? [...usernames, username] : usernames.filter((each) => each !== username),
    }
  })

/** Places and people without those that nobody watches. */
export function pruned(slice: PresenceSlice, watched: (key: string) => boolean): PresenceSlice {
  const places = Object.entries(slice.places).filter(([key]) => watched(key))
  const named = new Set(places.flatMap(([, { usernames }]) => usernames))
  const people = Object.entries(slice.people).filter(([username]) => named.has(username))
  return {
    ...slice,
    places: Object.fromEntries(places),
    people: Object.fromEntries(people),
  }
}

/** What oneself says once these changes are made. */
export function withChanges(own: OwnPresence, changes: PresenceChanges): OwnPresence {
  const merged = Object.entries({ ...own, ...changes })
  return Object.fromEntries(
    merged.filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as OwnPresence
}

/** Key of the place that this is the audience of. */
/** Of a person who is watched nothing is known any more. */
export const withUnknown =
  (username: string) =>
  (slice: PresenceSlice): PresenceSlice =>
    slice.people[username]
      ? {
          ...slice,
          people: { ...slice.people, [username]: { username, rev: 0, state: 'offline' } },
        }
      : slice

export const audienceKey = ({ chatId, activity }: Audience): string =>
  activity ? `activity:${activity.type}/${activity.id}` : `chat:${chatId}`

function isSame(a: Presence | undefined, b: Presence): boolean {
  return a !== undefined && a.rev === b.rev && JSON.stringify(a) === JSON.stringify(b)
}

export const presenceEvents: Appliers<'presence'> = {
  'presence.presenceChanged': (state, { data }) =>
    patchPresence((slice) => {
      const known = slice.people[data.username]
      // 0 is of somebody who may not be known of any more.
      return known && data.rev > 0 && data.rev <= known.rev ? slice : withPeople(slice, [data])
    })(state),
  'presence.ownPresenceChanged': (state, { data }) =>
    patchPresence((slice) => ({ ...slice, own: data }))(state),
  'presence.audienceChanged': (state, { data }) =>
    patchPresence(
      patchPlace(audienceKey(data), ({ status }) => ({
        status,
        usernames: [],
        audience: { online: data.online, total: data.total },
      })),
    )(state),
}
