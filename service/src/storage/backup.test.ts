import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectTarget } from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { openStore, sqliteFile } from '../database.ts'
import type { Store } from '../kernel/store.ts'
import { systemClock } from '../kernel/clock.ts'
import { createLog } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { createDatabase, type TestDatabase } from '../testing/service.ts'
import { backupPostgres, backupSqlite } from './backup.ts'
import { HISTORY } from './history.ts'
import { readMeta } from './migrate.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const silent = { onProgress: () => {} }
const configOf = (database: TestDatabase) =>
  ConfigSchema.parse({
    host: '127.0.0.1',
    port: 0,
    registration: 'open',
    logLevel: 'silent',
    limits: { signInsPerMinute: 100_000, opsPerSecond: 100_000, opsBurst: 100_000 },
    ...database.config,
  })

async function start(database: TestDatabase): Promise<{ service: Service; url: string }> {
  const config = configOf(database)
  const service = await createService({ config, clock: systemClock, log: createLog(config) })
  return { service, url: `http://127.0.0.1:${(await service.listen()).port}` }
}

/** Positions in the log and the head of every stream, and the history they belong to. */
async function contentOf(database: TestDatabase) {
  const store: Store = await openStore(configOf(database))
  const content = await store.read(async (session) => ({
    epoch: await readMeta(session, HISTORY.epoch),
    streams: await session.db.selectFrom('streams').selectAll().orderBy('key').execute(),
    log: await session.db
      .selectFrom('log')
      .select(['stream', 'seq', 'number', 'data'])
      .orderBy('stream')
      .orderBy('seq')
      .execute(),
  }))
  await store.close()
  return content
}
type Content = Awaited<ReturnType<typeof contentOf>>

const eventsOf = ({ log }: Content, key: string) => log.filter(({ stream }) => stream === key)

/** The copy holds the beginning of every stream, without a gap, and nothing else. */
function expectPrefix(copy: Content, original: Content): void {
  for (const { key, head } of copy.streams) {
    const events = eventsOf(copy, key)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events).toHaveLength(head)
    expect(events).toEqual(eventsOf(original, key).slice(0, head))
  }
}

let database: TestDatabase
let restored: TestDatabase
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collab-backup-'))
})
afterEach(async () => {
  await database?.drop()
  await restored?.drop()
  rmSync(folder, { recursive: true })
})

/** Back up while several people send to two chats; resolves to a token that was given before. */
async function backupUnderLoad(backup: () => Promise<void>): Promise<string> {
  const { service, url } = await start(database)
  const { trustedIps: _ips, ...limits } = configOf(database).limits
  const target = connectTarget({ name: 'backup', transport: 'socket', url, limits })
  const ann = await target.person()
  const peer = await ann.connect()
  const chats = await Promise.all(
    [1, 2].map(() => peer.call('chat.createChat', { kind: 'channel', visibility: 'public' })),
  )
  let sent = 0
  let stop = false
  let warm = () => {}
  const hundred = new Promise<void>((resolve) => (warm = resolve))
  const senders = chats.flatMap(({ chatId }, chat) =>
    [1, 2, 3].map(async (sender) => {
      while (!stop) {
        const clientMessageId = `${chat}-${sender}-${sent++}`
        const body = clientMessageId.padEnd(2000, '.')
        await peer.call('chat.sendMessage', { chatId, clientMessageId, body })
        if (sent === 100) warm()
      }
    }),
  )
  await hundred
  const before = sent
  await backup()
  const during = sent - before
  stop = true
  await Promise.all(senders)
  await ann.close()
  await service.close({ spreadMs: 0 })
  expect(during).toBeGreaterThan(0)
  return ann.accessToken
}

async function expectTokenWorks(accessToken: string): Promise<void> {
  const { service, url } = await start(restored)
  const response = await fetch(`${url}/api/v1/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  await service.close({ spreadMs: 0 })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
}

describe('a backup of SQLite', () => {
  const to = () => join(folder, 'copy.db')
  const file = () => sqliteFile(configOf(database))!
  beforeEach(async () => {
    database = await createDatabase('file')
    restored = await createDatabase('file')
  })

  test('P32: under load it restores to a gapless beginning of every stream, in a new epoch, with tokens still valid', async () => {
    const token = await backupUnderLoad(() => backupSqlite(file(), { to: to(), ...silent }))
    expect(existsSync(`${to()}-wal`)).toBe(false)
    renameSync(to(), sqliteFile(configOf(restored))!)
    const [original, copy] = [await contentOf(database), await contentOf(restored)]
    expect(copy.streams.length).toBeGreaterThanOrEqual(2)
    expect(copy.log.length).toBeGreaterThanOrEqual(90)
    expectPrefix(copy, original)
    expect(copy.epoch).not.toBe(original.epoch)
    expect((await contentOf(restored)).epoch).toBe(copy.epoch)
    await expectTokenWorks(token)
  })

  test('is for its owner alone, and never takes the place of a file', async () => {
    await (await openStore(configOf(database))).close()
    await backupSqlite(file(), { to: to(), ...silent })
    expect(statSync(to()).mode & 0o777).toBe(0o600)
    writeFileSync(to(), 'mine')
    await expect(backupSqlite(file(), { to: to(), ...silent })).rejects.toThrow('exists')
    expect(readFileSync(to(), 'utf8')).toBe('mine')
  })

  test('is made by collab backup, which says what it made, and what it does not do', async () => {
    const collab = (...args: string[]) => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--conditions=collab-kit-source', MAIN, 'backup', ...args],
        { encoding: 'utf8', env: { ...process.env, COLLAB_DATA_DIR: database.config.dataDir } },
      )
      return [status, stderr]
    }
    expect(collab(to())).toEqual([1, expect.stringContaining('there is no database')])
    await (await openStore(configOf(database))).close()
    expect(collab()).toEqual([2, expect.stringContaining('collab backup FILE')])
    expect(collab(to())).toEqual([0, expect.stringContaining(to())])
    expect(collab(to())).toEqual([1, expect.stringContaining('exists')])
  })

  test('that fails leaves nothing', async () => {
    await (await openStore(configOf(database))).close()
    const bytes = readFileSync(file())
    // The header stays, so that it is copied, and the pages do not.
    bytes.fill(0x55, 8192 * 2)
    writeFileSync(join(folder, 'damaged.db'), bytes)
    await expect(backupSqlite(join(folder, 'damaged.db'), { to: to(), ...silent })).rejects.toThrow(
      /damaged|malformed/,
    )
    expect(existsSync(to()) || existsSync(`${to()}.partial`)).toBe(false)
  })
})

const hasPrograms = ['pg_dump', 'pg_restore'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
)

describe('a backup of PostgreSQL', () => {
  const to = () => join(folder, 'copy.dump')
  beforeEach(async () => {
    database = await createDatabase('postgres')
    restored = await createDatabase('postgres')
  })
  const backup = () => backupPostgres(database.config.databaseUrl!, { to: to(), ...silent })
  const restore = (into: TestDatabase, ...flags: string[]) => {
    const args = ['--no-owner', '--exit-on-error', '--single-transaction', ...flags]
    const { status, stderr } = spawnSync(
      'pg_restore',
      [...args, `--dbname=${into.config.databaseUrl}`, to()],
      { encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
  }

  test('says what is missing where there is no pg_dump', async () => {
    const { PATH } = process.env
    process.env['PATH'] = folder
    try {
      await expect(backup()).rejects.toThrow('pg_dump is not on PATH')
    } finally {
      process.env['PATH'] = PATH
    }
    expect(existsSync(to()) || existsSync(`${to()}.partial`)).toBe(false)
  })

  // The npm package that brings a server to machines without one brings no pg_dump.
  describe.runIf(hasPrograms)('with pg_dump', () => {
    test('P32: under load it restores to a gapless beginning of every stream, in a new epoch, with tokens still valid', async () => {
      const token = await backupUnderLoad(backup)
      restore(restored)
      const [original, copy] = [await contentOf(database), await contentOf(restored)]
      expect(copy.log.length).toBeGreaterThanOrEqual(90)
      expectPrefix(copy, original)
      expect(copy.epoch).not.toBe(original.epoch)
      expect((await contentOf(restored)).epoch).toBe(copy.epoch)
      await expectTokenWorks(token)
    })

    test('P9: restored into the database it was taken from, it begins a new epoch too', async () => {
      const before = await contentOf(database)
      await backup()
      restore(database, '--clean')
      expect((await contentOf(database)).epoch).not.toBe(before.epoch)
    })

    test('tells what pg_dump has to say', async () => {
      const url = new URL(database.config.databaseUrl!)
      url.pathname = '/not_there'
      await expect(backupPostgres(url.href, { to: to(), ...silent })).rejects.toThrow('not_there')
      expect(existsSync(to())).toBe(false)
    })
  })
})
