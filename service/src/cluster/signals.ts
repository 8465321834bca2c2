import type { PersonState } from '../kernel/context.ts'

/** What nodes tell each other, one line of text each; the first letter says what it is. */
export type Signal =
  /** On a stream's channel: its newest event has this position. */
  | { kind: 'moved'; seq: number }
  /** On a stream's channel: events that are nowhere else, as JSON, and whose doings they are. */
  | { kind: 'told'; items: readonly Told[] }
  /** On a person's channel: they became a reader of a stream, by the event at `seq` where that is kept. */
  | { kind: 'admitted'; stream: string; seq: number | undefined }
  /** On a person's channel: they read a stream no more. */
  | { kind: 'dismissed'; stream: string; reason: string | undefined }
  /** On a person's channel: a ticket of theirs has opened a newer connection. */
  | { kind: 'replaced'; by: Replacement }
  /** On the channel of all nodes: a sign-in is over. */
  | { kind: 'ended'; signInId: string; code: 'revoked' | 'signed_out' }
  /** On the channel of all nodes: what a person may have changed. */
  | { kind: 'person'; state: PersonState }

/** A connection that takes the place of those that its ticket opened before. */
export interface Replacement {
  username: string
  /** The ticket's hash. */
  ticket: string
  connectionId: string
}

export interface Told {
  json: string
  by?: string
}

/** Channel that all nodes listen to. */
export const EVERYONE = 'all'

const letters = {
  moved: 'm',
  told: 't',
  admitted: 'a',
  dismissed: 'd',
  replaced: 'r',
  ended: 'e',
  person: 'p',
} as const

export function encodeSignal(signal: Signal): string {
  return letters[signal.kind] + contentOf(signal)
}

function contentOf(signal: Signal): string {
  switch (signal.kind) {
    case 'moved':
      return String(signal.seq)
    case 'told':
      // JSON on one line holds no line break, and a name no space.
      return signal.items.map(({ by = '', json }) => `${by} ${json}`).join('\n')
    case 'admitted':
      return `${signal.seq ?? ''} ${signal.stream}`
    case 'dismissed':
      return `${signal.reason ?? ''} ${signal.stream}`
    case 'replaced':
      return `${signal.by.ticket} ${signal.by.connectionId} ${signal.by.username}`
    case 'ended':
      return `${signal.code} ${signal.signInId}`
    case 'person':
      return JSON.stringify(signal.state)
  }
}

/** Nothing for what this version does not know: another version may be running beside it. */
export function decodeSignal(text: string): Signal | undefined {
  const content = text.slice(1)
  switch (text[0]) {
    case letters.moved: {
      const seq = Number(content)
      return Number.isSafeInteger(seq) ? { kind: 'moved', seq } : undefined
    }
    case letters.told:
      return { kind: 'told', items: content.split('\n').map(toTold) }
    case letters.admitted: {
      const [seq = '', stream] = content.split(' ')
      if (stream === undefined) return undefined
      return { kind: 'admitted', stream, seq: seq === '' ? undefined : Number(seq) }
    }
    case letters.dismissed: {
      const [reason, stream] = content.split(' ')
      if (stream === undefined) return undefined
      return { kind: 'dismissed', stream, reason: reason === '' ? undefined : reason }
    }
    case letters.replaced: {
      const [ticket, connectionId, username] = content.split(' ')
      if (ticket === undefined || connectionId === undefined || username === undefined)
        return undefined
      return { kind: 'replaced', by: { ticket, connectionId, username } }
    }
    case letters.ended: {
      const [code, signInId] = content.split(' ')
      if (signInId === undefined) return undefined
      return { kind: 'ended', signInId, code: code === 'signed_out' ? code : 'revoked' }
    }
    case letters.person: {
      const state = parseState(content)
      return state && { kind: 'person', state }
    }
    default:
      return undefined
  }
}

function toTold(line: string): Told {
  const space = line.indexOf(' ')
  const json = line.slice(space + 1)
  return space === 0 ? { json } : { json, by: line.slice(0, space) }
}

function parseState(text: string): PersonState | undefined {
  try {
    const { username, role, gone, tokensFrom } = JSON.parse(text) as Partial<PersonState>
    if (typeof username !== 'string' || role === undefined || typeof gone !== 'boolean')
      return undefined
    return { username, role, gone, ...(typeof tokensFrom === 'number' && { tokensFrom }) }
  } catch {
    // Another version may say it in another way; the database says it too.
    return undefined
  }
}
