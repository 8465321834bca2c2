export interface HttpRequest {
  method: string
  /** Below `/api/v1`, or from the root with `root: true`. */
  path: string
  root?: boolean
  token?: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  text?: string
}

export interface HttpAnswer {
  status: number
  headers: Headers
  /** The parsed body, or the text where it is no JSON. */
  body: unknown
}

/** What went over the wire, as it was. */
export type Seen =
  | { kind: 'rest'; request: HttpRequest; answer: HttpAnswer }
  | { kind: 'reply'; name: string; args: readonly unknown[]; reply: unknown }
  /** One argument of the `events` event; an event stream's item by itself. */
  | { kind: 'events'; batch: unknown }
  /** What came with a refused handshake. */
  | { kind: 'refused'; error: { message: string; data?: unknown } }

const onlookers = new Set<(seen: Seen) => void>()

/** Be shown everything that the rules send and receive, to hold it against more than their own expectations. */
export function onSeen(onlooker: (seen: Seen) => void): () => void {
  onlookers.add(onlooker)
  return () => void onlookers.delete(onlooker)
}

export function show(seen: Seen): void {
  for (const onlooker of onlookers) onlooker(seen)
}
