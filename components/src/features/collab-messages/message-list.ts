import type { ChatState } from '@collab-kit/client'
import type { Message } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { repeat } from 'lit/directives/repeat.js'
import { chunkOf, type Entry, messageEntry, pendingEntry, place } from './entries.ts'
import { messageRow, type RowContext } from './message-row.ts'
import type { Slice } from './message-window.ts'

export interface ListModel {
  chat: ChatState
  slice: Slice
  /** Whether messages that wait to be sent are drawn: only after the newest. */
  followsNewest: boolean
  /** Where the person had read when the chat was opened. */
  readSeq: number | undefined
  context: RowContext
}

interface Chunk {
  key: number
  start: number
  end: number
}

/**
 * The drawn messages in chunks. A chunk is looked at again only when one of its own messages, a neighbour, a name in
 * it or something all rows share has changed, and of its rows only those are drawn anew that look different then.
 */
export function messageList({
  chat,
  slice,
  followsNewest,
  readSeq,
  context,
}: ListModel): TemplateResult {
  const { messages } = chat
  const pending = followsNewest
    ? chat.pending.map((each) => pendingEntry(each, context.me ?? ''))
    : []
  const entryAt = (index: number): Entry | undefined => {
    const message = messages[index]
    return message ? messageEntry(message) : index === messages.length ? pending[0] : undefined
  }
  const shared = [
    readSeq,
    context.me,
    ...context.localize.dependencies,
    context.now.toDateString(),
    context.headingLevel,
    context.variant,
    context.renderers,
  ]
  const all = { readSeq, context, shared }
  return html`${repeat(
    toChunks(messages, slice),
    (chunk) => chunk.key,
    (chunk) => {
      const own = messages.slice(chunk.start, chunk.end)
      const before = entryAt(chunk.start - 1)
      const after = entryAt(chunk.end)
      const entries = own.map(messageEntry)
      return html`<div class="chunk" .style=${unseenSize(own)}>
        ${guard(
          [...shared, before, after, ...entries.flatMap((entry) => lookOf(entry, context))],
          () => rows(entries, { before, after }, all),
        )}
      </div>`
    },
  )}${
    pending.length > 0
      ? html`<div class="chunk pending">
          ${rows(pending, { before: entryAt(messages.length - 1), after: undefined }, all)}
        </div>`
      : nothing
  }`
}

function toChunks(messages: readonly Message[], { start, end }: Slice): Chunk[] {
  const chunks: Chunk[] = []
  for (let index = start; index < end; index++) {
    const key = chunkOf(messages[index]?.seq ?? 0)
    const last = chunks.at(-1)
    if (last?.key === key) last.end = index + 1
    else chunks.push({ key, start: index, end: index + 1 })
  }
  return chunks
}

interface Around {
  before: Entry | undefined
  after: Entry | undefined
}

/** What every row depends on, and the same as values to compare. */
interface Shared {
  readSeq: number | undefined
  context: RowContext
  shared: readonly unknown[]
}

function rows(
  entries: Entry[],
  { before, after }: Around,
  { readSeq, context, shared }: Shared,
): unknown {
  return repeat(
    entries,
    (entry) => entry.key,
    (entry, index) => {
      const previous = entries[index - 1] ?? before
      const next = entries[index + 1] ?? after
      const placement = place(entry, { previous, next }, readSeq)
      const draw = () => messageRow(entry, placement, context)
      if (entry.kind === 'pending') return draw()
      // One message more leaves the rest of its chunk as it is.
      return guard([...shared, ...Object.values({ ...placement }), ...lookOf(entry, context)], draw)
    },
  )
}

/** What changes the look of a row: itself, the name of who wrote it, the tab stop, and whether it is new. */
const lookOf = (entry: Entry, { users, active, fresh }: RowContext): unknown[] => [
  entry,
  users[entry.sender],
  active === entry.key,
  fresh.has(entry.key),
]

/**
 * The height to reckon with for what was never drawn: a guess in pixels from the length of the texts. As a property of
 * the element and not as an attribute, which a strict content security policy refuses.
 */
function unseenSize(messages: readonly Message[]): string {
  let pixels = 0
  for (const { body } of messages) pixels += 44 + 21 * Math.floor(Math.min(body.length, 4000) / 56)
  return `contain-intrinsic-block-size:auto ${pixels}px`
}
