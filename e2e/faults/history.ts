import { createHash } from 'node:crypto'

/** What became of one attempt to send, with monotonic times in milliseconds. */
export interface Attempt {
  /** Names the connection; a new one for each. */
  lane: string
  invokedAt: number
  endedAt?: number
  /** Nothing while it is under way: as good as unknown. */
  outcome?: { ok: { seq: number; messageId: string } } | { refused: string } | 'unknown'
}

/** One message that somebody tried to send, once or more. */
export interface Send {
  /** The client's message id; unique over the run. */
  id: string
  author: string
  chat: string
  hash: string
  attempts: Attempt[]
}

/** One event of a chat's stream as somebody saw it, or as it is stored. */
export interface Sighting {
  chat: string
  seq: number
  /** Of a message; nothing for other events of the stream. */
  id?: string
  hash?: string
}

/** All that one observer saw, in the order in which it was applied. */
export interface Observation {
  observer: string
  sightings: Sighting[]
  /** Whether it watched to the end: then it must have seen the last event as well. */
  complete: boolean
  /** The chats it watches, and what it knew of each when it began: the next event is the first it must see. */
  since?: Readonly<Record<string, number>>
}

export interface History {
  sends: Send[]
  observations: Observation[]
  /** What is stored in the end, read from the database itself. */
  stored: Sighting[]
  /** Heads as the service names them in the end. */
  heads: Record<string, number>
}

/** Names a body in a history. */
export const hashOf = (body: string): string =>
  createHash('sha256').update(body).digest('base64url').slice(0, 16)

/** What became of a message as far as its author can know. */
export function verdictOf({ attempts }: Send): 'ok' | 'refused' | 'unknown' {
  const outcomes = attempts.map(({ outcome }) => outcome)
  if (outcomes.some((each) => typeof each === 'object' && 'ok' in each)) return 'ok'
  return outcomes.some((each) => each === undefined || each === 'unknown') ? 'unknown' : 'refused'
}
