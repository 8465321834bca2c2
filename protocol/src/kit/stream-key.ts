// Free of the schema library: browsers load this file through runtime.ts.

export const streamKinds = [
  'chat',
  'activity',
  'session',
  'queue',
  'user',
  'presence',
  'service',
] as const
export type StreamKind = (typeof streamKinds)[number]
/** `kind:id`, the id percent-encoded. */
export type StreamKey = `${StreamKind}:${string}` | 'service'

export const toStreamKey = (kind: Exclude<StreamKind, 'service'>, ...id: string[]): StreamKey =>
  `${kind}:${id.map(encodeURIComponent).join('/')}`

export const chatStream = (chatId: string): StreamKey => toStreamKey('chat', chatId)
export const presenceStream = (username: string): StreamKey => toStreamKey('presence', username)
/** Of an activity named `TYPE/ID`. */
export const activityStream = (type: string, id: string): StreamKey =>
  toStreamKey('activity', type, id)
export const userStream = (username: string): StreamKey => toStreamKey('user', username)

/** What backends with an API key may follow: sign-ins, accounts, properties. */
export const serviceStream = (): StreamKey => 'service'

/** The parts of a stream key, or nothing for a string that is none. */
export function parseStreamKey(key: string): { kind: StreamKind; id: string[] } | undefined {
  if (key === 'service') return { kind: 'service', id: [] }
  const colon = key.indexOf(':')
  const kind = streamKinds.find((known) => known === key.slice(0, colon))
  if (!kind || kind === 'service' || colon === key.length - 1) return undefined
  try {
    const id = key
      .slice(colon + 1)
      .split('/')
      .map(decodeURIComponent)
    return toStreamKey(kind, ...id) === key ? { kind, id } : undefined
  } catch {
    // decodeURIComponent throws on a malformed escape: such a string names no stream.
    return undefined
  }
}
