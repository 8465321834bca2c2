import type { Message } from '@collab-kit/protocol'
import { retryOf, type CollabError } from '@collab-kit/protocol/runtime'
import { holdLock, withLock, type HeldLock } from '../auth/locks.ts'
import type { Calls } from '../calls/calls.ts'
import type { Clock } from '../clock.ts'
import type { PendingMessage } from '../domains/chat/model.ts'
import { toCollabError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { CollabStorage } from '../storage/storage.ts'
import { createPace, type Pace, type PaceLimits } from './pace.ts'
import { isRecord, toInput, type OutboxRecord } from './records.ts'

export interface OutboxOptions {
  clock: Clock
  calls: Calls
  storage: CollabStorage
  /** Those in force; messages stay below them. */
  limits(): PaceLimits
  /** Whether a chat takes messages now; not while it is being joined. */
  isReady(chatId: string): boolean
  /** Pending messages of a chat changed. */
  onChange(chatId: string, pending: readonly PendingMessage[]): void
  /** The service has a message; answers whether it is shown already, else `confirmed` follows. */
  onSent(message: Message): boolean
}

interface Entry {
  record: OutboxRecord
  state: PendingMessage['state']
  /** The service has it, and its event is on the way. */
  sent: boolean
  /** Failures of the service itself. */
  failures: number
}

interface Lane {
  entries: Entry[]
  inFlight: number
  /** How many may be in flight: falls to one when the service is busy, so that the order holds. */
  window: number
  /** Pauses in a row, for the next one's length. */
  pauses: number
  timer: unknown
}

const MAX_WINDOW = 16
/** Answers of `internal` after which a message counts as refused: it may be what breaks the service. */
const MAX_FAILURES = 5
const PAUSE_MS = 1_000
const MAX_PAUSE_MS = 30_000

/**
 * Messages on their way. Each is sent in the order of its chat until the service has it or refuses it for good; kept
 * in the storage meanwhile, and taken over by another tab when this one is gone.
 */
export class Outbox {
  readonly #options: OutboxOptions
  #lanes = new Map<string, Lane>()
  /** The name by which this page keeps what waits; another one with every person. */
  #owner = newId()
  readonly #pace: Pace
  #order = 0
  /** Where records are kept: known with the person. */
  #prefix: string | undefined
  /** The lock of the name, while something is kept by it. */
  #claimed: HeldLock | undefined
  #closed = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#pace = createPace(options.clock, options.limits)
  }

  /** The person is known: what was kept for them is taken up, what was written before that is kept. */
  async identify(prefix: string): Promise<void> {
    this.#prefix = prefix
    for (const lane of this.#lanes.values())
      for (const entry of lane.entries) void this.#keep(entry)
    await this.adopt()
  }

  /** Takes over what tabs that are gone have left. */
  async adopt(): Promise<void> {
    const prefix = this.#prefix
    if (prefix === undefined || this.#closed) return
    const owners = new Set((await this.#records(prefix)).map(({ owner }) => owner))
    owners.delete(this.#owner)
    for (const owner of owners) {
      const takeOver = async (held: boolean) => {
        // Looked at again: another tab may have been faster.
        const records = held ? await this.#records(prefix) : []
        if (this.#prefix === prefix && !this.#closed)
          await this.#takeOver(records.filter((each) => each.owner === owner))
      }
      // Whoever lives holds the lock of its own name.
      await withLock(lockOf(owner), takeOver, true)
    }
  }

  async #records(prefix: string): Promise<OutboxRecord[]> {
    const entries = await this.#options.storage.entries(prefix)
    return entries.map(([, value]) => value).filter(isRecord)
  }

  async #takeOver(records: readonly OutboxRecord[]) {
    const entries = records.flatMap(
      (record) =>
        this.#enter({ ...record, owner: this.#owner }, record.error ? 'failed' : 'queued') ?? [],
    )
    for (const chatId of new Set(records.map(({ message }) => message.chatId))) {
      this.#tell(chatId)
      this.#drain(chatId)
    }
    // Under the lock of their former owner until they are kept as this tab's.
    await Promise.all(entries.map((entry) => this.#keep(entry)))
  }

  /** Sends a message as soon as that goes. */
  add(message: OutboxRecord['message']): PendingMessage {
    const entry = this.#enter({ message, order: this.#nextOrder(), owner: this.#owner }, 'queued')
    if (entry) void this.#keep(entry)
    this.#tell(message.chatId)
    this.#drain(message.chatId)
    return { ...message, state: entry?.state ?? 'queued' }
  }

  /** Sends a refused message again, as the newest. */
  retry(chatId: string, clientMessageId: string): void {
    const entry = this.#take(chatId, clientMessageId, (each) => each.state === 'failed')
    if (!entry) return
    const { error: _error, ...record } = entry.record
    const again = this.#enter({ ...record, order: this.#nextOrder() }, 'queued')
    if (again) void this.#keep(again)
    this.#tell(chatId)
    this.#drain(chatId)
  }

  /** Gives up a message; one that is on its way may arrive all the same. */
  discard(chatId: string, clientMessageId: string): void {
    const entry = this.#take(chatId, clientMessageId, () => true)
    if (!entry) return
    this.#remove(entry)
    this.#tell(chatId)
  }

  /** The service has these messages, as a page of it or an event says. */
  confirmed(chatId: string, messages: readonly Message[]): void {
    for (const { clientMessageId } of messages) this.discard(chatId, clientMessageId)
  }

  /** A chat was loaded anew up to its head: what the service had before is in it or above it. */
  loaded(chatId: string): void {
    const lane = this.#lanes.get(chatId)
    if (!lane?.entries.some((each) => each.sent)) return
    lane.entries = lane.entries.filter((each) => !each.sent)
    this.#tell(chatId)
  }

  pending(chatId: string): readonly PendingMessage[] {
    return (this.#lanes.get(chatId)?.entries ?? []).map(toPending)
  }

  /** The connection is there, or gone. */
  drain(): void {
    for (const chatId of this.#lanes.keys()) this.#drain(chatId)
  }

  /** Another person comes: what this tab knows is forgotten, what the storage keeps stays for its writer. */
  forget(): void {
    this.#prefix = undefined
    this.#clear()
    // Should the same person come back, what was left is taken over as from any other page.
    this.#owner = newId()
  }

  /** As `forget`, for good. */
  close(): void {
    this.#closed = true
    this.#clear()
  }

  #enter(record: OutboxRecord, state: Entry['state']): Entry | undefined {
    const { chatId, clientMessageId } = record.message
    let lane = this.#lanes.get(chatId)
    if (!lane) {
      lane = { entries: [], inFlight: 0, window: MAX_WINDOW, pauses: 0, timer: undefined }
      this.#lanes.set(chatId, lane)
    }
    if (lane.entries.some((each) => each.record.message.clientMessageId === clientMessageId))
      return undefined
    const entry = { record, state, sent: false, failures: 0 }
    lane.entries.push(entry)
    lane.entries.sort((a, b) => a.record.order - b.record.order)
    return entry
  }

  #drain(chatId: string) {
    const { calls, isReady } = this.#options
    const lane = this.#lanes.get(chatId)
    if (!lane || lane.timer !== undefined || !calls.open || !isReady(chatId)) return
    for (const entry of lane.entries) {
      if (lane.inFlight >= lane.window) return
      if (entry.state !== 'queued') continue
      const wait = this.#pace.take()
      if (wait) return this.#pause(chatId, lane, wait)
      void this.#send(chatId, lane, entry)
    }
  }

  #pause(chatId: string, lane: Lane, ms: number) {
    const { clock } = this.#options
    clock.clearTimeout(lane.timer)
    lane.timer = clock.setTimeout(() => {
      lane.timer = undefined
      this.#drain(chatId)
    }, ms)
  }

  async #send(chatId: string, lane: Lane, entry: Entry) {
    const isHere = () => this.#lanes.get(chatId) === lane && lane.entries.includes(entry)
    entry.state = 'sending'
    lane.inFlight++
    this.#tell(chatId)
    try {
      const message = await this.#options.calls.attempt('chat.sendMessage', toInput(entry.record))
      lane.window = Math.min(MAX_WINDOW, lane.window + 1)
      lane.pauses = 0
      if (isHere()) this.#sent(entry, message)
    } catch (error) {
      // Every failure is kept with the message or decided by the catalogue; nothing is lost here.
      if (isHere()) this.#failed(lane, entry, toCollabError(error))
    }
    lane.inFlight--
    this.#drain(chatId)
  }

  #sent(entry: Entry, message: Message) {
    entry.sent = true
    void this.#options.storage.delete(this.#key(entry))
    if (this.#options.onSent(message)) this.discard(message.chatId, message.clientMessageId)
  }

  #failed(lane: Lane, entry: Entry, error: CollabError) {
    const { chatId } = entry.record.message
    const retry = retryOf(error.code)
    if (error.code === 'internal') entry.failures++
    if (retry === 'never' || entry.failures >= MAX_FAILURES) {
      entry.state = 'failed'
      entry.record = { ...entry.record, error: error.toJSON() }
      void this.#keep(entry)
    } else {
      entry.state = 'queued'
      // One at a time from now on: what follows must not overtake.
      lane.window = 1
      if (this.#options.calls.open) this.#pause(chatId, lane, this.#pauseFor(lane, error))
    }
    this.#tell(chatId)
  }

  #pauseFor(lane: Lane, { retryAfterMs }: CollabError): number {
    const chance = this.#options.clock.random()
    if (retryAfterMs !== undefined) return retryAfterMs + 100 * chance
    return Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** lane.pauses++) * (0.5 + chance / 2)
  }

  #take(
    chatId: string,
    clientMessageId: string,
    test: (entry: Entry) => boolean,
  ): Entry | undefined {
    const lane = this.#lanes.get(chatId)
    const entry = lane?.entries.find(
      (each) => each.record.message.clientMessageId === clientMessageId,
    )
    if (!lane || !entry || !test(entry)) return undefined
    lane.entries = lane.entries.filter((each) => each !== entry)
    return entry
  }

  #remove(entry: Entry) {
    void this.#options.storage.delete(this.#key(entry))
    this.#unclaim()
  }

  #tell(chatId: string) {
    this.#options.onChange(chatId, this.pending(chatId))
  }

  #nextOrder(): number {
    return (this.#order = Math.max(this.#order + 1, this.#options.clock.now() * 1000))
  }

  #key({ record: { message } }: Entry): string {
    return `${this.#prefix}${encodeURIComponent(message.chatId)}/${message.clientMessageId}`
  }

  async #keep(entry: Entry): Promise<void> {
    if (this.#prefix === undefined || this.#closed) return
    const lanes = this.#lanes
    const key = this.#key(entry)
    this.#claimed ??= holdLock(lockOf(this.#owner))
    await this.#claimed.held
    // Sent or given up meanwhile: nothing to keep. With another person here it stays for its writer.
    const isWanted = lanes.get(entry.record.message.chatId)?.entries.includes(entry)
    if (isWanted && !entry.sent && !this.#closed) await this.#options.storage.set(key, entry.record)
  }

  #unclaim() {
    if ([...this.#lanes.values()].some((lane) => lane.entries.length > 0)) return
    this.#claimed?.release()
    this.#claimed = undefined
  }

  #clear() {
    for (const lane of this.#lanes.values()) this.#options.clock.clearTimeout(lane.timer)
    this.#lanes = new Map()
    this.#unclaim()
  }
}

const lockOf = (owner: string) => `outbox:${owner}`

function toPending({ record, state }: Entry): PendingMessage {
  return { ...record.message, state, ...(record.error && { error: record.error }) }
}
