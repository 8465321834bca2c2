import type { Driver } from '../../kernel/schema.ts'
import { prepared } from '../../kernel/statements.ts'
import { blankRow, type PresenceRow } from './rules.ts'

/** The few statements by which presence changes: sets on PostgreSQL, prepared statements on SQLite. */
export interface PresenceStore {
  /** The rows of those of these people who have an account, locked where the engine has many writers. */
  lock(usernames: readonly string[], now: string): Promise<Map<string, PresenceRow>>
  /** They are here from this node. */
  putNode(nodeId: string, entries: readonly Entry[]): Promise<void>
  /** They are not. */
  dropNode(nodeId: string, usernames: readonly string[]): Promise<void>
  /** Who of these people is here from any node, and whether nobody is at any device. */
  devices(usernames: readonly string[]): Promise<Map<string, { idle: boolean }>>
  /** Write these rows, changed now. */
  save(rows: readonly PresenceRow[], now: string): Promise<void>
}

export interface Entry {
  username: string
  idle: boolean
}

type Row = Record<string, unknown>

const SAVED = [
  'username',
  'rev',
  'chosen',
  'state',
  'status',
  'status_expires_at',
  'data',
  'show_last_seen',
  'unshown',
  'since',
  'last_seen_at',
] as const satisfies (keyof PresenceRow)[]
const COLUMNS = [...SAVED, 'changed_at'] as const

export const createPresenceStore = (driver: Driver): PresenceStore =>
  driver.kind === 'sqlite' ? sqliteStore(driver) : postgresStore(driver)

/** A row as either engine answers it. */
export const toRow = (row: Row): PresenceRow =>
  ({
    ...row,
    rev: Number(row['rev']),
    show_last_seen: Number(row['show_last_seen']),
    changed_at: Number(row['changed_at']),
  }) as PresenceRow

function sqliteStore({ raw }: Extract<Driver, { kind: 'sqlite' }>): PresenceStore {
  return {
    async lock(usernames, now) {
      const find = prepared(raw, `select ${COLUMNS.join(', ')} from presence where username = ?`)
      const known = prepared(raw, 'select 1 from users where username = ? and deleted_at is null')
      const insert = prepared(
        raw,
        `insert into presence (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`,
      )
      const rows = new Map<string, PresenceRow>()
      for (const username of usernames) {
        if (!known.get(username)) continue
        const row = find.get(username)
        if (row) rows.set(username, toRow(row))
        else {
          const blank = blankRow(username, now)
          insert.run(...COLUMNS.map((column) => blank[column]))
          rows.set(username, blank)
        }
      }
      return rows
    },
    async putNode(nodeId, entries) {
      const put = prepared(
        raw,
        `insert into presence_nodes (username, node_id, idle) values (?, ?, ?)
         on conflict (username, node_id) do update set idle = excluded.idle`,
      )
      for (const { username, idle } of entries) put.run(username, nodeId, idle ? 1 : 0)
    },
    async dropNode(nodeId, usernames) {
      const drop = prepared(raw, 'delete from presence_nodes where username = ? and node_id = ?')
      for (const username of usernames) drop.run(username, nodeId)
    },
    async devices(usernames) {
      const find = prepared(raw, 'select min(idle) as idle from presence_nodes where username = ?')
      const devices = new Map<string, { idle: boolean }>()
      for (const username of usernames) {
        const idle = find.get(username)?.['idle'] ?? null
        if (idle !== null) devices.set(username, { idle: Number(idle) > 0 })
      }
      return devices
    },
    async save(rows, now) {
      const columns = SAVED.slice(1)
      const update = prepared(
        raw,
        `update presence set ${columns.map((column) => `${column} = ?`).join(', ')}, changed_at = ?
         where username = ?`,
      )
      const at = Date.parse(now)
      for (const row of rows) update.run(...columns.map((column) => row[column]), at, row.username)
    },
  }
}

function postgresStore(driver: Extract<Driver, { kind: 'postgres' }>): PresenceStore {
  return {
    async lock(usernames, now) {
      const names = [...usernames].sort()
      await driver.query(
        `insert into presence (${COLUMNS.join(', ')})
         select username, 0, 'available', 'offline', null, null, null, 1, null, $2, null, 0 from users
         where username = any($1::text[]) and deleted_at is null order by username
         on conflict (username) do nothing`,
        [names, now],
      )
      const rows = await driver.query(
        `select ${COLUMNS.join(', ')} from presence where username = any($1::text[])
           and exists (
             select 1 from users where users.username = presence.username and deleted_at is null)
         order by username for update`,
        [names],
      )
      return new Map(rows.map((row) => [String(row['username']), toRow(row)]))
    },
    async putNode(nodeId, entries) {
      if (entries.length === 0) return
      await driver.query(
        `insert into presence_nodes (username, node_id, idle)
         select username, $3, idle from unnest($1::text[], $2::bigint[]) as entry (username, idle)
         on conflict (username, node_id) do update set idle = excluded.idle`,
        [entries.map(({ username }) => username), entries.map(({ idle }) => +idle), nodeId],
      )
    },
    async dropNode(nodeId, usernames) {
      if (usernames.length === 0) return
      await driver.query(
        'delete from presence_nodes where username = any($1::text[]) and node_id = $2',
        [usernames, nodeId],
      )
    },
    async devices(usernames) {
      const rows = await driver.query(
        `select username, min(idle) as idle from presence_nodes
         where username = any($1::text[]) group by username`,
        [usernames],
      )
      return new Map(
        rows.map((row) => [String(row['username']), { idle: Number(row['idle']) > 0 }]),
      )
    },
    save: (rows) => saveAll(driver, rows),
  }
}

async function saveAll(
  driver: Extract<Driver, { kind: 'postgres' }>,
  rows: readonly PresenceRow[],
): Promise<void> {
  if (rows.length === 0) return
  const types: Record<string, string> = { rev: 'bigint', show_last_seen: 'bigint' }
  const arrays = SAVED.map((column, index) => `$${index + 1}::${types[column] ?? 'text'}[]`)
  const set = SAVED.slice(1).map((column) => `${column} = saved.${column}`)
  await driver.query(
    `update presence set ${set.join(', ')},
     changed_at = (extract(epoch from clock_timestamp()) * 1000)::bigint
     from unnest(${arrays.join(', ')}) as saved (${SAVED.join(', ')})
     where presence.username = saved.username`,
    SAVED.map((column) => rows.map((row) => row[column])),
  )
}
