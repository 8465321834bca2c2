import { createCollab, type CollabClient } from '@collab-kit/client'
import { scriptedService, type ScriptedService } from '@collab-kit/client/testing'
import type { InputOf, Message, OutputOf } from '@collab-kit/protocol'
import { bodyOf, PEOPLE, senderOf, type Person } from './talk.ts'

export const CHAT = 'room'
/** Between two messages, milliseconds. */
const PAUSE_MS = 45_000

export interface RoomOptions {
  /** Messages that the chat has. */
  count: number
  /** Messages that the page may hold; the client's own default without it. */
  windowSize?: number | undefined
}

/** One chat of a service in this page, and one person's client of it. */
export interface Room {
  readonly client: CollabClient
  readonly service: ScriptedService
  /** Number and position of the newest message. */
  readonly newest: number
  /** One more message, of somebody else; gives its number. */
  say(): number
  /** Loads earlier pages until so many messages are held. */
  load(count: number): Promise<void>
  close(): void
}

/** A room whose messages are made whenever a page of them is read, and kept by nobody. */
export function createRoom({ count, windowSize }: RoomOptions): Room {
  const end = Date.now()
  const said: Message[] = []
  const at = (number: number): Message =>
    said[number - count - 1] ?? {
      messageId: `id-${number}`,
      chatId: CHAT,
      seq: number,
      number,
      sender: senderOf(number),
      body: bodyOf(number),
      mentions: [],
      attachments: [],
      reactions: {},
      createdAt: new Date(end - (count - number + 1) * PAUSE_MS).toISOString(),
      clientMessageId: `client-${number}`,
    }
  const service = scriptedService({
    me: { username: 'ann', displayName: 'Ann Kowalska' },
    users: PEOPLE,
    chats: [{ chatId: CHAT, name: 'The long room', memberCount: 500, messages: { count, at } }],
    // Those of the script keep what they made, which would be measured as memory of the page.
    answers: { 'chat.readHistory': (input) => readHistory(input, count + said.length, at) },
  })
  const client = createCollab({
    ...service.options,
    token: 'token:ann',
    ...(windowSize !== undefined && { windowSize }),
  })
  return {
    client,
    service,
    get newest() {
      return count + said.length
    },
    say() {
      const number = count + said.length + 1
      const other = PEOPLE[number % PEOPLE.length] as Person
      said.push(service.say(CHAT, other.username, bodyOf(number)))
      return number
    },
    load: (wanted) => load(client, wanted),
    close: () => client.close(),
  }
}

function readHistory(
  { before, after, around, limit = 50 }: InputOf<'chat.readHistory'>,
  head: number,
  at: (number: number) => Message,
): OutputOf<'chat.readHistory'> {
  const first =
    after !== undefined
      ? after + 1
      : around !== undefined
        ? around + 1 - Math.ceil(limit / 2)
        : (before ?? head + 1) - limit
  const from = Math.max(first, 1)
  const to = Math.min(first + limit - 1, head)
  const items = Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => at(from + index))
  const more = after === undefined ? from > 1 : to < head
  return { items, head, ...(more && around === undefined && { nextCursor: 'more' }) }
}

/** As a page does it that was scrolled up for long. */
async function load(client: CollabClient, wanted: number): Promise<void> {
  const handle = client.chat(CHAT)
  handle.open()
  const chat = () => client.store.getState().chats[CHAT]
  await new Promise<void>((resolve) => {
    const look = () => chat()?.status === 'ready' && resolve()
    client.store.subscribe(look)
    look()
  })
  while ((chat()?.messages.length ?? 0) < wanted && chat()?.hasOlder) {
    await handle.loadOlder()
    if (chat()?.olderError) throw new Error(`not loaded: ${chat()?.olderError?.message}`)
  }
}
