import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { openForCopy, openStore, sqliteFile } from '../database.ts'
import type { Store } from '../kernel/store.ts'
import { createLog } from '../log.ts'
import { createDatabase, type TestDatabase } from '../testing/service.ts'
import { copyDatabase } from './copy.ts'
import { HISTORY } from './history.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const EVENTS = 12_000
const PEOPLE = 1_500

let original: TestDatabase
let target: TestDatabase
let outsider: pg.Client
beforeEach(async () => {
  original = await createDatabase('file')
  target = await createDatabase('postgres')
  outsider = new pg.Client({ connectionString: target.config.databaseUrl })
  await outsider.connect()
})
afterEach(async () => {
  await outsider.end()
  await target.drop()
  await original.drop()
})

const configOf = (database: TestDatabase) =>
  ConfigSchema.parse({ logLevel: 'silent', ...database.config })
const file = () => sqliteFile(configOf(original))!

/** Open it as a service does, and close it. */
const start = async (database: TestDatabase) => (await openStore(configOf(database))).close()

function inOriginal<T>(work: (raw: DatabaseSync) => T): T {
  const raw = new DatabaseSync(file())
  try {
    return work(raw)
  } finally {
    raw.close()
  }
}

/** Several chunks of people with sign-ins, and of events in two streams; text that is hard to carry. */
async function fill(): Promise<void> {
  await start(original)
  inOriginal((raw) => {
    raw.exec('begin')
    const at = '2026-01-01T00:00:00.000Z'
    const user = raw.prepare(
      'insert into users (username, display_name, role, created_at) values (?, ?, ?, ?)',
    )
    const signIn = raw.prepare(
      'insert into sign_ins (id, username, created_at, used_at) values (?, ?, ?, ?)',
    )
    for (let index = 0; index < PEOPLE; index++) {
      const name = `${index % 2 ? 'ö' : 'Z'}-\u{1f600}-${index}`
      user.run(name, `It's "${name}", {\\}, NULL`, 'user', at)
      signIn.run(`s${index}`, name, at, at)
    }
    const event = raw.prepare(
      'insert into log (stream, seq, name, at, number, data) values (?, ?, ?, ?, ?, ?)',
    )
    for (let seq = 1; seq <= EVENTS; seq++) {
      event.run(
        `chat:${seq % 2 ? 'a' : 'B'}`,
        Math.ceil(seq / 2),
        'x.y',
        at,
        null,
        '{"a":"\\u0000"}',
      )
    }
    const stream = raw.prepare('insert into streams (key, head) values (?, ?)')
    for (const key of ['chat:a', 'chat:B']) stream.run(key, EVENTS / 2)
    raw.exec('commit')
  })
}

function run(): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } {
  const child = spawn(
    process.execPath,
    ['--conditions=collab-kit-source', MAIN, 'migrate', '--to', target.config.databaseUrl!],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        COLLAB_DATA_DIR: original.config.dataDir,
        COLLAB_DURABILITY: 'relaxed',
      },
    },
  )
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number, said })) }
}

const copied = async (table: string): Promise<number> => {
  const { rows } = await outsider.query<{ exists: boolean }>(
    'select to_regclass($1) is not null as exists',
    [table],
  )
  if (!rows[0]!.exists) return 0
  const found = await outsider.query<{ count: string }>(`select count(*) as count from ${table}`)
  return Number(found.rows[0]!.count)
}

/** Run and kill it as soon as something holds; resolves to whether it came to that. */
async function killWhen(holds: () => Promise<boolean>): Promise<boolean> {
  const { child, ended } = run()
  let over = false
  void ended.then(() => (over = true))
  while (!over) {
    if (!(await holds())) continue
    child.kill('SIGKILL')
    break
  }
  return (await ended).code === null
}

const metaOf = async (): Promise<Record<string, string>> => {
  const { rows } = await outsider.query<{ key: string; value: string }>('select * from meta')
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}
const originalMeta = (key: string) =>
  inOriginal((raw) => raw.prepare('select value from meta where key = ?').get(key)?.['value'])

async function expectSame(): Promise<void> {
  const { epoch, signing_key: signingKey, ...rest } = await metaOf()
  expect([epoch, signingKey]).toEqual([
    originalMeta(HISTORY.epoch),
    originalMeta(HISTORY.signingKey),
  ])
  expect(Object.keys(rest).filter((key) => key.startsWith(HISTORY.copying))).toEqual([])
  for (const [table, order] of [
    ['users', 'username'],
    ['sign_ins', 'id'],
    ['streams', 'key'],
    ['log', 'stream, seq'],
  ] as const) {
    const here = inOriginal((raw) => raw.prepare(`select * from ${table} order by ${order}`).all())
    const { rows } = await outsider.query(`select * from ${table} order by ${order}`)
    const plain = rows.map((row: Record<string, unknown>) =>
      // The driver gives large integers as text.
      ({ ...row, ...numbers(row) }),
    )
    expect(plain).toEqual(here.map((row) => ({ ...row })))
  }
}

const numbers = (row: Record<string, unknown>) =>
  Object.fromEntries(
    ['seq', 'number', 'head']
      .filter((column) => typeof row[column] === 'string')
      .map((column) => [column, Number(row[column])]),
  )

test('F66: a copy that is killed again and again goes on where it was, and in the end holds everything', async () => {
  await fill()
  const moments = [
    async () => (await copied('meta')) > 0,
    async () => (await copied('users')) > 0,
    async () => (await copied('sign_ins')) > 500,
    async () => (await copied('log')) > 0,
    async () => (await copied('log')) > EVENTS / 3,
    async () => (await copied('log')) > EVENTS / 2,
  ]
  let kills = 0
  for (const moment of moments) if (await killWhen(moment)) kills++
  expect(kills).toBeGreaterThanOrEqual(4)
  await expect(start(target)).rejects.toThrow('half a copy')
  const { code, said } = await run().ended
  expect([code, said]).toEqual([0, expect.stringContaining('going on')])
  expect(said).toContain(`log: ${EVENTS}`)
  await expectSame()
  const again = await run().ended
  expect([again.code, again.said]).toEqual([0, expect.stringContaining('is the same')])
  const { epoch } = await metaOf()
  await start(target)
  expect((await metaOf())[HISTORY.epoch]).toBe(epoch)
})

/** Breaks off at its nth transaction: before the commit, or after it and before the reply. */
function mortal(store: Store, nth: number, moment: 'before' | 'after'): Store {
  let count = 0
  return {
    ...store,
    async transaction(work) {
      const last = ++count === nth
      const result = await store.transaction(async (session) => {
        const inner = await work(session)
        if (last && moment === 'before') throw new Error('cut off')
        return inner
      })
      if (last) throw new Error('cut off')
      return result
    },
  }
}

test('F66: wherever a copy is cut off, before a commit or after it, it goes on without a loss or a repetition', async () => {
  await fill()
  const config = {
    ...configOf(original),
    databaseUrl: target.config.databaseUrl,
    durability: 'relaxed' as const,
  }
  const attempt = async (nth: number) => {
    const { from, to } = await openForCopy(
      file(),
      config,
      createLog({ logLevel: 'silent', logFile: undefined }),
    )
    try {
      const moment = nth % 2 ? 'before' : 'after'
      await copyDatabase({ from, to: mortal(to, nth, moment), onProgress: () => {} })
      return 'whole'
    } catch (error) {
      return (error as Error).message
    } finally {
      await to.close()
      await from.close()
    }
  }
  let nth = 1
  for (let outcome = ''; outcome !== 'whole'; nth++) {
    outcome = await attempt(nth)
    expect(outcome).toMatch(/^(cut off|whole)$/)
  }
  expect(nth).toBeGreaterThan(6)
  await expectSame()
})

test('a copy begins again when the original was used since it was cut off', async () => {
  await fill()
  expect(await killWhen(async () => (await copied('log')) > 0)).toBe(true)
  await start(original)
  inOriginal((raw) => raw.exec(`update users set display_name = 'changed'`))
  const { code, said } = await run().ended
  expect([code, said]).toEqual([0, expect.stringContaining('beginning again')])
  await expectSame()
})

test('a finished copy is not written over when the original was used since', async () => {
  await fill()
  expect((await run().ended).code).toBe(0)
  await start(original)
  const { code, said } = await run().ended
  expect([code, said]).toEqual([1, expect.stringContaining('name an empty one')])
})

test('a finished copy that has gone on by itself is told from its original', async () => {
  await fill()
  expect((await run().ended).code).toBe(0)
  await outsider.query(`update streams set head = head + 1 where key = 'chat:a'`)
  const { code, said } = await run().ended
  expect([code, said]).toEqual([1, expect.stringContaining('the stream chat:a differs')])
})

test('a target with a history of its own is left alone', async () => {
  await fill()
  await start(target)
  const before = await metaOf()
  const { code, said } = await run().ended
  expect([code, said]).toEqual([1, expect.stringContaining('history of another database')])
  expect(await metaOf()).toEqual(before)
  expect(await copied('users')).toBe(0)
})

test('a database that a service uses is not copied', async () => {
  const store = await openStore(configOf(original))
  const { code, said } = await run().ended
  await store.close()
  expect([code, said]).toEqual([1, expect.stringContaining('another process uses')])
})
