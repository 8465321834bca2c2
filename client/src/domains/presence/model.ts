import type { Audience, ErrorShape, OwnPresence, Presence } from '@collab-kit/protocol'

/** Whose presence is followed: exactly one of these. */
export type PresenceTarget =
  | { usernames: readonly string[] }
  | { contacts: true }
  | { chatId: string }
  | { activity: { type: string; id: string } }

/** The people of a target that is watched. */
export interface PresencePlace {
  /** `refused`: `error` says why. While the connection is away, what was known last stays. */
  status: 'loading' | 'ready' | 'refused'
  error?: ErrorShape
  /** Who belongs to it; their presence is in `people`. Empty where only the number is told. */
  usernames: readonly string[]
  /** Set where there are too many to be told one by one. */
  audience?: Pick<Audience, 'online' | 'total'>
}

export interface PresenceSlice {
  /** By username; kept for as long as somebody watches the person. */
  people: Readonly<Record<string, Presence>>
  /** By `placeKey(target)`. */
  places: Readonly<Record<string, PresencePlace>>
  /** What oneself says; loaded with the first watch or change. */
  own?: OwnPresence
}

export const initialPresence: PresenceSlice = { people: {}, places: {} }
