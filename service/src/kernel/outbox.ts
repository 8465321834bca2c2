import type { EventDefinition } from '@collab-kit/protocol'
import type { Database } from './schema.ts'
import type { Session } from './store.ts'
import type { Insertable } from 'kysely'
import type { Caller } from './context.ts'
import { effectOf, type Effect } from './effects.ts'
import { prepared } from './statements.ts'

/** An event on its way to the readers, encoded once for all of them. */
export interface Published extends Effect {
  /** `null` never occurs here: events of one connection do not pass the outbox. */
  stream: string
  seq: number | undefined
  /** The whole item as JSON. */
  json: string
  /** Where the stream stood, for an event without a `seq` that begins somebody's reading. */
  head?: number
}

/** Where somebody's reading of a stream begins. */
export interface Start {
  /** Where the stream stood when they were let in. */
  head: number
  /** What they have to get before that. */
  missed?: readonly Published[]
}

type LogRow = Insertable<Database['log']>

export interface Entry {
  event: string
  stream: string
  seq: number
  caller: Caller
  commandId?: string | undefined
  number?: number
  clientMessageId?: string
  at: string
  /** The event's data as JSON. */
  json: string
}

/** Streams, log and events of one transaction. */
export class Outbox {
  readonly #session: Session
  #heads = new Map<string, number>()
  #moved = new Set<string>()
  #rows: LogRow[] = []
  #published: Published[] = []

  constructor(session: Session) {
    this.#session = session
  }

  /** Load and, where the engine has many writers, lock the heads of these streams, in one order for all writers. */
  async lock(streams: Iterable<string>): Promise<void> {
    const missing = [...new Set(streams)].filter((key) => !this.#heads.has(key)).sort()
    if (missing.length === 0) return
    const { db, driver } = this.#session
    if (driver.kind === 'sqlite') {
      const select = prepared(driver.raw, 'select head from streams where key = ?')
      for (const key of missing) this.#heads.set(key, Number(select.get(key)?.['head'] ?? 0))
      return
    }
    await db
      .insertInto('streams')
      .values(missing.map((key) => ({ key, head: 0 })))
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    const rows = await db
      .selectFrom('streams')
      .selectAll()
      .where('key', 'in', missing)
      .orderBy('key')
      .forUpdate()
      .execute()
    for (const row of rows) this.#heads.set(row.key, row.head)
  }

  /** Where a stream stands. One that is not written here is not locked either: locks are taken in one order, at the start. */
  async head(stream: string): Promise<number> {
    const known = this.#heads.get(stream)
    if (known !== undefined) return known
    if (this.#session.driver.kind === 'sqlite') {
      await this.lock([stream])
      return this.#heads.get(stream) ?? 0
    }
    const row = await this.#session.db
      .selectFrom('streams')
      .select('head')
      .where('key', '=', stream)
      .executeTakeFirst()
    return row?.head ?? 0
  }

  /** The next `seq` of a stream, taken. */
  async take(stream: string): Promise<number> {
    await this.lock([stream])
    const seq = (this.#heads.get(stream) ?? 0) + 1
    this.#heads.set(stream, seq)
    this.#moved.add(stream)
    return seq
  }

  append(entry: Entry, effect: Effect = {}): void {
    const { event, stream, seq, caller, commandId, at, json } = entry
    const actor = actorOf(caller)
    const connection = caller.connectionId ?? null
    this.#rows.push({
      stream,
      seq,
      name: event,
      at,
      actor,
      connection,
      command_id: commandId ?? null,
      number: entry.number ?? null,
      client_message_id: entry.clientMessageId ?? null,
      data: json,
    })
    const item = encodeItem({
      name: event,
      stream,
      seq,
      at,
      actor,
      connection,
      command_id: commandId ?? null,
      data: json,
    })
    this.#published.push({ stream, seq, json: item, ...effect })
  }

  tell(item: Published): void {
    const head = item.admits === undefined ? undefined : this.#heads.get(item.stream)
    this.#published.push(head === undefined ? item : { ...item, head })
  }

  /** Where to come back to when one operation of a batch fails. */
  mark(): Mark {
    return {
      rows: this.#rows.length,
      published: this.#published.length,
      heads: new Map(this.#heads),
      moved: new Set(this.#moved),
    }
  }

  /** Forget what was added after the mark. */
  reset(mark: Mark): void {
    this.#rows.length = mark.rows
    this.#published.length = mark.published
    // Whole: a stream first touched after the mark is read, and locked, anew.
    this.#heads = new Map(mark.heads)
    this.#moved = new Set(mark.moved)
  }

  /** Write what was appended so far, so that later statements of the transaction see it. */
  async write(): Promise<void> {
    await insertLog(this.#session, this.#rows)
    this.#rows = []
  }

  /** Write the log and the heads; the last thing before the commit. */
  async flush(): Promise<Published[]> {
    await this.write()
    const heads = [...this.#moved].map((key) => ({ key, head: this.#heads.get(key) ?? 0 }))
    await saveHeads(this.#session, heads)
    const published = this.#published
    this.#published = []
    return published
  }
}

export interface Mark {
  rows: number
  published: number
  heads: Map<string, number>
  moved: Set<string>
}

export interface ItemParts {
  name: string
  stream: string
  seq: number | undefined
  rev?: number | undefined
  at: string
  actor: string | null
  connection: string | null
  command_id: string | null
  /** JSON. */
  data: string
}

/** Who is named as the one who did it; nobody where the service did. */
export const actorOf = ({ role, username }: Caller): string | null =>
  role === 'system' ? null : username

/** One event item as JSON, the same whether it comes live or from the log. */
export function encodeItem(parts: ItemParts): string {
  const { name, stream, seq, rev, at, actor, connection, command_id: commandId, data } = parts
  const head = `{"name":"${name}","stream":${JSON.stringify(stream)}`
  const order =
    (seq === undefined ? '' : `,"seq":${seq}`) + (rev === undefined ? '' : `,"rev":${rev}`)
  const by =
    actor === null
      ? ''
      : `,"actor":{"username":${JSON.stringify(actor)}${connection ? `,"connectionId":"${connection}"` : ''}}`
  return `${head}${order},"at":"${at}"${by}${commandId ? `,"commandId":"${commandId}"` : ''},"data":${data}}`
}

/** An ephemeral event on its way out. */
export function toTold(
  event: EventDefinition,
  stream: string,
  parts: { at: string; caller: Caller; data: unknown },
): Published {
  const json = encodeEphemeral(event, stream, parts)
  return { stream, seq: undefined, json, ...effectOf(event, parts.data, actorOf(parts.caller)) }
}

/** An ephemeral event of a stream. */
export function encodeEphemeral(
  event: EventDefinition,
  stream: string,
  parts: { at: string; caller: Caller; data: unknown },
): string {
  const { at, caller, data } = parts
  return encodeItem({
    name: event.name,
    stream,
    seq: undefined,
    rev: event.rev?.(data).rev,
    at,
    // Whose doing it is, the event itself says.
    ...(event.doer
      ? { actor: null, connection: null }
      : { actor: actorOf(caller), connection: caller.connectionId ?? null }),
    command_id: null,
    data: JSON.stringify(data),
  })
}

const LOG_COLUMNS = [
  'stream',
  'seq',
  'name',
  'at',
  'actor',
  'connection',
  'command_id',
  'number',
  'client_message_id',
  'data',
] as const

async function insertLog({ driver }: Session, rows: readonly LogRow[]): Promise<void> {
  if (rows.length === 0) return
  if (driver.kind === 'sqlite') {
    const insert = prepared(
      driver.raw,
      `insert into log (${LOG_COLUMNS.join(', ')}) values (${LOG_COLUMNS.map(() => '?').join(', ')})`,
    )
    for (const row of rows) insert.run(...LOG_COLUMNS.map((column) => row[column] ?? null))
    return
  }
  const types: Record<string, string> = { seq: 'bigint', number: 'bigint' }
  const arrays = LOG_COLUMNS.map((column, index) => `$${index + 1}::${types[column] ?? 'text'}[]`)
  await driver.query(
    `insert into log (${LOG_COLUMNS.join(', ')}) select * from unnest(${arrays.join(', ')})`,
    LOG_COLUMNS.map((column) => rows.map((row) => row[column] ?? null)),
  )
}

async function saveHeads(
  { driver }: Session,
  heads: readonly { key: string; head: number }[],
): Promise<void> {
  if (heads.length === 0) return
  if (driver.kind === 'sqlite') {
    const save = prepared(
      driver.raw,
      'insert into streams (key, head) values (?, ?) on conflict (key) do update set head = excluded.head',
    )
    for (const { key, head } of heads) save.run(key, head)
    return
  }
  await driver.query(
    `update streams set head = moved.head from unnest($1::text[], $2::bigint[]) as moved (key, head)
     where streams.key = moved.key`,
    [heads.map(({ key }) => key), heads.map(({ head }) => head)],
  )
}
