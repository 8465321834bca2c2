import type { EventItem } from '@collab-kit/protocol'

/** What a stream's durable event is to one who has read up to a position. */
export type Decision = 'next' | 'duplicate' | 'gap'

/** A position in a stream, and what came too early. */
export interface Cursor {
  /** The last event applied; 0 is before the first. */
  readonly seq: number
  /** Later events in `seq` order, waiting for those between. */
  readonly held: readonly EventItem[]
}

export interface Received {
  decision: Decision
  cursor: Cursor
  /** Events to apply now, in order. */
  ready: readonly EventItem[]
}

/** Most events kept for a gap; the rest is read again. */
export const MAX_HELD = 500

export const cursorAt = (seq: number): Cursor => ({ seq, held: [] })

/** Decides what to do with a durable event: apply it (and what waited for it), drop it, or hold it. */
export function receive(cursor: Cursor, item: EventItem): Received {
  const seq = item.seq ?? 0
  if (seq <= cursor.seq) return { decision: 'duplicate', cursor, ready: [] }
  if (seq === cursor.seq + 1) return release({ seq, held: cursor.held }, [item])
  return { decision: 'gap', cursor: { seq: cursor.seq, held: hold(cursor.held, item) }, ready: [] }
}

/** Moves a cursor to a position that was read otherwise, and releases what follows it. */
export function advance(cursor: Cursor, seq: number): Received {
  return release({ seq: Math.max(seq, cursor.seq), held: cursor.held }, [])
}

function release({ seq, held }: Cursor, ready: EventItem[]): Received {
  let at = seq
  let count = 0
  for (const item of held) {
    const itemSeq = item.seq ?? 0
    if (itemSeq > at + 1) break
    if (itemSeq === at + 1) {
      ready.push(item)
      at = itemSeq
    }
    count++
  }
  return { decision: 'next', cursor: { seq: at, held: count ? held.slice(count) : held }, ready }
}

function hold(held: readonly EventItem[], item: EventItem): readonly EventItem[] {
  const seq = item.seq ?? 0
  let index = held.length
  while (index > 0 && (held[index - 1]?.seq ?? 0) > seq) index--
  if (held[index - 1]?.seq === seq) return held
  return held.toSpliced(index, 0, item).slice(0, MAX_HELD)
}
