/** What nodes tell each other, one line of text each; the first letter says what it is. */
export type Signal =
  /** On a stream's channel: its newest event has this position. */
  | { kind: 'moved'; seq: number }
  /** On a stream's channel: events that are nowhere else, as JSON. */
  | { kind: 'told'; items: readonly string[] }
  /** On a person's channel: they became a reader of a stream, by the event at `seq` where that is kept. */
  | { kind: 'admitted'; stream: string; seq: number | undefined }
  /** On a person's channel: they read a stream no more. */
  | { kind: 'dismissed'; stream: string }
  /** On the channel of all nodes: a sign-in is over. */
  | { kind: 'ended'; signInId: string; code: 'revoked' | 'signed_out' }

/** Channel that all nodes listen to. */
export const EVERYONE = 'all'

const letters = { moved: 'm', told: 't', admitted: 'a', dismissed: 'd', ended: 'e' } as const

export function encodeSignal(signal: Signal): string {
  return letters[signal.kind] + contentOf(signal)
}

function contentOf(signal: Signal): string {
  switch (signal.kind) {
    case 'moved':
      return String(signal.seq)
    case 'told':
      // JSON on one line holds no line break.
      return signal.items.join('\n')
    case 'admitted':
      return `${signal.seq ?? ''} ${signal.stream}`
    case 'dismissed':
      return signal.stream
    case 'ended':
      return `${signal.code} ${signal.signInId}`
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
      return { kind: 'told', items: content.split('\n') }
    case letters.admitted: {
      const [seq = '', stream] = content.split(' ')
      if (stream === undefined) return undefined
      return { kind: 'admitted', stream, seq: seq === '' ? undefined : Number(seq) }
    }
    case letters.dismissed:
      return { kind: 'dismissed', stream: content }
    case letters.ended: {
      const [code, signInId] = content.split(' ')
      if (signInId === undefined) return undefined
      return { kind: 'ended', signInId, code: code === 'signed_out' ? code : 'revoked' }
    }
    default:
      return undefined
  }
}
