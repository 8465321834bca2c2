import { chatStream, type EventItem, type Message } from '@collab-kit/protocol'
import { connectLink, type Link } from '../rig/link.ts'
import type { Person } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import { hashOf, type Observation, type Sighting } from './history.ts'

/** How a message is named in a history: unique over the run. */
export type Naming = (message: Message) => string

const byClientMessageId: Naming = ({ clientMessageId }) => clientMessageId

/** A sighting from an item of a chat's stream. */
export function toSighting(
  chat: string,
  item: EventItem,
  naming: Naming = byClientMessageId,
): Sighting {
  const { seq = -1 } = item
  if (item.name !== 'chat.messageSent') return { chat, seq }
  const message = item.data as Message
  return { chat, seq, id: naming(message), hash: hashOf(message.body) }
}

/**
 * One who reads chats as a good client does: live events in the order in which they come, and after an absence the
 * missing ones from the log. What it has seen is kept over all its connections.
 */
export class Watcher {
  readonly observation: Observation
  /** What a single connection delivered against the rules: out of order, twice, with a gap. */
  readonly violations: string[] = []
  /** Called with each event that is new to it. */
  onSeen: ((sighting: Sighting) => void) | undefined
  readonly #person: Person
  readonly #naming: Naming
  readonly #heads = new Map<string, number>()
  readonly #chats: ReadonlyMap<string, string>
  #epoch = ''
  #link: Link | undefined

  constructor(person: Person, chats: readonly string[], naming: Naming = byClientMessageId) {
    this.#person = person
    this.#naming = naming
    this.#chats = new Map(chats.map((chat) => [chatStream(chat), chat]))
    this.observation = {
      observer: person.username,
      sightings: [],
      complete: true,
      since: Object.fromEntries(chats.map((chat) => [chat, 0])),
    }
  }

  get link(): Link {
    if (!this.#link) throw new Error('not connected')
    return this.#link
  }

  seen(chat: string): number {
    return this.#heads.get(chatStream(chat)) ?? 0
  }

  /** Connect, and catch up with what happened since the last connection. */
  async connect(url: string): Promise<void> {
    const link = await connectLink(url, this.#person)
    this.#link = link
    const arrived = new Map<string, number>()
    let waiting: EventItem[] | undefined = []
    const take = (items: readonly EventItem[]) => {
      for (const item of items) this.#checkLive(item, arrived)
      if (waiting) waiting.push(...items)
      else for (const item of items) this.#apply(item)
    }
    take(link.items)
    link.onItems(take)
    for (const chatId of this.#chats.values()) await link.call('chat.joinChat', { chatId })
    await this.#catchUp(link)
    for (const item of waiting) this.#apply(item)
    waiting = undefined
  }

  /** Resolves when everything is seen up to these heads. */
  async sees(heads: Readonly<Record<string, number>>): Promise<void> {
    await until(() => Object.entries(heads).every(([chat, head]) => this.seen(chat) >= head), {
      what: `${this.#person.username} sees ${JSON.stringify(heads)}; it has seen ${JSON.stringify(Object.fromEntries(this.#heads))}`,
    })
  }

  close(): void {
    this.#link?.close()
  }

  async #catchUp(link: Link): Promise<void> {
    const { epoch: current } = await link.call('system.getInfo', {})
    this.#epoch ||= current
    const known = Object.fromEntries(
      [...this.#chats.keys()].map((stream) => [stream, this.#heads.get(stream) ?? 0]),
    )
    const { heads, behind, gone, reset } = await link.call('streams.resume', {
      epoch: this.#epoch,
      heads: known,
    })
    if (gone.length + reset.length > 0)
      this.violations.push(`resume: gone ${gone.join()}, reset ${reset.join()}`)
    for (const stream of behind) {
      for (let seq = known[stream]!; seq < heads[stream]!;) {
        const page = await link.call('streams.readSince', { stream, seq })
        const last = page.events.at(-1)?.seq
        if (last === undefined || page.events[0]!.seq !== seq + 1) {
          this.violations.push(
            `readSince ${stream} ${seq}: begins with ${page.events[0]?.seq}, head ${page.head}`,
          )
          return
        }
        for (const item of page.events) this.#apply(item)
        seq = last
      }
    }
  }

  /** On one connection: rising, each once, without a gap, from wherever it begins. */
  #checkLive({ stream = '', seq }: EventItem, arrived: Map<string, number>): void {
    if (seq === undefined) return
    const before = arrived.get(stream)
    if (before !== undefined && seq !== before + 1)
      this.violations.push(`live ${stream}: ${seq} after ${before}`)
    arrived.set(stream, seq)
  }

  #apply(item: EventItem): void {
    const { stream = '', seq } = item
    const chat = this.#chats.get(stream)
    if (chat === undefined || seq === undefined) return
    const head = this.#heads.get(stream) ?? 0
    // Known from the log already.
    if (seq <= head) return
    const sighting = toSighting(chat, item, this.#naming)
    this.observation.sightings.push(sighting)
    this.#heads.set(stream, seq)
    this.onSeen?.(sighting)
  }
}
