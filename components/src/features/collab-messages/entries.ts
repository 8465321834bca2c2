import type { ChatState, PendingMessage } from '@collab-kit/client'
import type { Message } from '@collab-kit/protocol'

/** Messages of one person closer than this belong together, milliseconds. */
const GROUP_MS = 5 * 60_000
/** Messages of one block of the list. The borders follow from `seq` alone, so they never move. */
export const CHUNK = 40

/** One line of the conversation, confirmed or still to be sent. */
export type Entry =
  | { kind: 'message'; key: string; sender: string; at: string; message: Message }
  | { kind: 'pending'; key: string; sender: string; at: string; pending: PendingMessage }

/** How an entry stands to those around it. */
export interface Placement {
  /** First of a group: the name is shown. */
  first: boolean
  /** Last of a group: picture and time are shown. */
  last: boolean
  /** First of its day. */
  day: boolean
  /** First unread. */
  unread: boolean
}

/** The same entry for the same message, as the list compares by identity. */
const entries = new WeakMap<object, Entry>()

export function messageEntry(message: Message): Entry {
  let entry = entries.get(message)
  if (!entry) {
    const { seq, sender, createdAt } = message
    entry = { kind: 'message', key: `m${seq}`, sender, at: createdAt, message }
    entries.set(message, entry)
  }
  return entry
}

/** @param me The only one who has messages waiting; they are drawn as own even before the name is known. */
export function pendingEntry(pending: PendingMessage, me: string): Entry {
  let entry = entries.get(pending)
  if (!entry || entry.sender !== me) {
    entry = {
      kind: 'pending',
      key: `p${pending.clientMessageId}`,
      sender: me,
      at: pending.createdAt,
      pending,
    }
    entries.set(pending, entry)
  }
  return entry
}

/** The `seq` of the confirmed message that a row of the list shows. */
export function seqOf(row: Element | undefined): number[] {
  const key = row instanceof HTMLElement ? row.dataset['key'] : undefined
  return key?.startsWith('m') ? [Number(key.slice(1))] : []
}

export const chunkOf = (seq: number): number => Math.floor(seq / CHUNK)

/** Index of the first message whose chunk is not before the given one. */
export function indexOfChunk(messages: readonly Message[], chunk: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const message = messages[middle]
    if (message && chunkOf(message.seq) < chunk) low = middle + 1
    else high = middle
  }
  return low
}

/** @param readSeq Where the person had read when the chat was opened. */
export function place(
  entry: Entry,
  { previous, next }: { previous: Entry | undefined; next: Entry | undefined },
  readSeq: number | undefined,
): Placement {
  const unread = isFirstUnread(entry, previous, readSeq)
  const day = !previous || dayOf(previous) !== dayOf(entry)
  const first = unread || day || !belongTogether(previous, entry)
  const last =
    !next ||
    dayOf(next) !== dayOf(entry) ||
    isFirstUnread(next, entry, readSeq) ||
    !belongTogether(entry, next)
  return { first, last, day, unread }
}

function isFirstUnread(
  entry: Entry,
  previous: Entry | undefined,
  readSeq: number | undefined,
): boolean {
  if (readSeq === undefined || entry.kind !== 'message' || entry.message.seq <= readSeq)
    return false
  return previous?.kind === 'message' && previous.message.seq <= readSeq
}

function belongTogether(one: Entry | undefined, other: Entry): boolean {
  if (!one || one.sender !== other.sender) return false
  return Math.abs(Date.parse(other.at) - Date.parse(one.at)) < GROUP_MS
}

const days = new WeakMap<Entry, string>()

function dayOf(entry: Entry): string {
  let day = days.get(entry)
  if (!day) days.set(entry, (day = new Date(entry.at).toDateString()))
  return day
}

/** How many messages of others came after a position. */
export function countAfter(chat: ChatState, seq: number, me: string | undefined): number {
  let count = 0
  for (let index = chat.messages.length - 1; index >= 0; index--) {
    const message = chat.messages[index]
    if (!message || message.seq <= seq) break
    if (message.sender !== me) count++
  }
  return count
}
