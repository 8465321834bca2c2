import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { chatStream, parseStreamKey, type EventItem } from '@collab-kit/protocol'
import type { Link } from '../rig/link.ts'
import type { Observation, Sighting } from './history.ts'
import { toSighting, type Naming } from './watcher.ts'

/** What is in a database file that no service uses, and whether the file is sound. */
export interface Stored {
  rows: Sighting[]
  /** Positions of messages that were emptied with their authors' accounts, as `chat seq`. */
  erased: ReadonlySet<string>
  /** `ok`, or what SQLite found. */
  integrity: string
}

/** Read the chats' logs from the file itself; a removed chat has none. */
export function readStored(dataDir: string, naming?: Naming): Stored {
  const database = new DatabaseSync(join(dataDir, 'collab.db'))
  try {
    const { integrity_check: integrity } = database.prepare('pragma integrity_check').get() as {
      integrity_check: string
    }
    const rows: Sighting[] = []
    const erased = new Set<string>()
    const log = database.prepare(
      `select stream, seq, name, data from log where stream like 'chat:%'
       and stream not in (select 'chat:' || chat_id from chats where removed_at is not null)
       order by stream, seq`,
    )
    for (const { stream, seq, name, data } of log.iterate()) {
      const chat = parseStreamKey(String(stream))?.id[0]
      if (chat === undefined) continue
      const item = {
        name: String(name),
        seq: Number(seq),
        data: JSON.parse(String(data)) as unknown,
      } as EventItem
      rows.push(toSighting(chat, item, naming))
      if ((item.data as { deletedAt?: string }).deletedAt) erased.add(`${chat} ${item.seq}`)
    }
    return { rows, erased, integrity }
  } finally {
    database.close()
  }
}

/** Everything of these chats as the service tells it: by the log, and by pages of history. */
export async function readByService(
  link: Link,
  chats: readonly string[],
): Promise<{ heads: Record<string, number>; observations: Observation[] }> {
  const heads: Record<string, number> = {}
  const log: Sighting[] = []
  for (const chat of chats) {
    const stream = chatStream(chat)
    for (let seq = 0, head = 1; seq < head;) {
      const page = await link.call('streams.readSince', { stream, seq })
      log.push(...page.events.map((item) => toSighting(chat, item)))
      head = page.head
      heads[chat] = head
      const last = page.events.at(-1)?.seq
      if (last === undefined) break
      seq = last
    }
  }
  return { heads, observations: [{ observer: 'the log', sightings: log, complete: true }] }
}

/** Numbers of a chat's messages by pages of history from the newest back: n..1 without a gap when all is well. */
export async function readNumbers(link: Link, chatId: string): Promise<number[]> {
  const numbers: number[] = []
  let before: number | undefined
  for (;;) {
    const page = await link.call('chat.readHistory', {
      chatId,
      limit: 200,
      ...(before !== undefined && { before }),
    })
    numbers.unshift(...page.items.map(({ number }) => number))
    if (page.nextCursor === undefined || page.items.length === 0) return numbers
    before = page.items[0]!.seq
  }
}
