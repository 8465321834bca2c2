import type { InputOf, Limits, Message, OutputOf } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { LazyList } from './lazy-list.ts'

/** What a page of history is read from. */
export interface HistoryOf {
  messages: LazyList<Message>
  head: number
  limits: Pick<Limits, 'pageItems' | 'pageBytes'>
}

/** Room for what a page holds beside its items. */
const ENVELOPE = 512

/** A page of messages as the service cuts it: by items and by bytes, with a cursor where it goes on. */
export function readHistory(
  { messages, head, limits }: HistoryOf,
  { before, after, around, limit: wanted = 50 }: InputOf<'chat.readHistory'>,
): OutputOf<'chat.readHistory'> {
  check({ before, after, around }, head)
  const limit = Math.min(wanted, limits.pageItems)
  const upTo = (seq: number) => messages.count((message) => message.seq <= seq)
  const older = (end: number, most: number, bytes: number) => {
    const to = upTo(end - 1)
    return page(messages.slice(to - most - 1, to).toReversed(), most, bytes)
  }
  const newer = (start: number, most: number, bytes: number) => {
    const from = upTo(start)
    return page(messages.slice(from, from + most + 1), most, bytes)
  }
  if (after !== undefined) {
    const { items, next } = newer(after, limit, limits.pageBytes)
    return { items, head, ...next }
  }
  if (around !== undefined) {
    const above = older(around + 1, Math.ceil(limit / 2), limits.pageBytes / 2)
    const below = newer(around, limit - above.items.length, limits.pageBytes / 2)
    return { items: [...above.items.toReversed(), ...below.items], head }
  }
  const { items, next } = older(before ?? head + 1, limit, limits.pageBytes)
  return { items: items.toReversed(), head, ...next }
}

function check(positions: Record<'before' | 'after' | 'around', number | undefined>, head: number) {
  const given = Object.entries(positions).filter(([, position]) => position !== undefined)
  const [path, position = 0] = given[0] ?? []
  if (given.length > 1)
    throw new CollabError('invalid_payload', { details: { reason: 'exclusive', path: 'before' } })
  // `before` one past the head is the way to say "the newest".
  if (position > (path === 'before' ? head + 1 : head))
    throw new CollabError('invalid_cursor', { details: { reason: 'cursor_ahead', path, head } })
}

/** @param found in the order of reading, one more than fit where there are more */
function page(found: readonly Message[], most: number, bytes: number) {
  let size = ENVELOPE
  const end = found
    .slice(0, most)
    .findIndex((message, index) => (size += bytesOf(message) + 1) > bytes && index > 0)
  const items = found.slice(0, end === -1 ? most : end)
  const last = items.at(-1)
  return { items, next: items.length < found.length && last ? { nextCursor: `${last.seq}` } : {} }
}

const bytesOf = (message: Message) => new TextEncoder().encode(JSON.stringify(message)).length
