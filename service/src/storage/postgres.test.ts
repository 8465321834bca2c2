import { connectTarget } from '@collab-kit/protocol/conformance'
import { isCollabError } from '@collab-kit/protocol'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { toStorageError } from '../kernel/errors.ts'
import { createLog } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { createPostgresProxy, type PostgresProxy } from '../testing/postgres-proxy.ts'
import { createDatabase, type TestDatabase } from '../testing/service.ts'
import { openPostgres } from './postgres.ts'

/** What "about two seconds" may be on a machine that is busy with something else. */
const SOON_MS = 6000
const BACK_MS = 10_000
const AT_ONCE_MS = 1000

let database: TestDatabase
let url: string
beforeAll(async () => {
  database = await createDatabase('postgres')
  url = database.config.databaseUrl!
})
afterAll(() => database?.drop())

/** A connection that the service knows nothing of. */
async function outsider(connectionString = url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return client
}

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    const refusal = isCollabError(error) ? error : toStorageError(error)
    const reason = refusal.details?.['reason']
    return typeof reason === 'string' ? `${refusal.code}: ${reason}` : refusal.code
  }
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now()
  return { result: await work, ms: performance.now() - started }
}

describe('a service whose PostgreSQL has a bad day', () => {
  let proxy: PostgresProxy
  let service: Service
  let origin: string
  const config = () =>
    ConfigSchema.parse({
      host: '127.0.0.1',
      port: 0,
      registration: 'open',
      logLevel: 'silent',
      durability: 'relaxed',
      databaseUrl: proxy.url,
      limits: { signInsPerMinute: 100_000, opsPerSecond: 10_000, opsBurst: 10_000 },
    })
  beforeEach(async () => {
    proxy = await createPostgresProxy(url)
    const parsed = config()
    service = await createService({ config: parsed, clock: systemClock, log: createLog(parsed) })
    origin = `http://127.0.0.1:${(await service.listen()).port}`
  })
  afterEach(async () => {
    await service?.close({ spreadMs: 0 })
    await proxy?.close()
  })

  /** Somebody with a chat to send to. */
  async function sender() {
    const { trustedIps: _ips, ...limits } = config().limits
    const target = connectTarget({ name: 'postgres', transport: 'socket', url: origin, limits })
    const ann = await (await target.person()).connect()
    const { chatId } = await ann.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    const send = (clientMessageId: string) =>
      ann.call('chat.sendMessage', { chatId, clientMessageId, body: clientMessageId })
    return { ann, chatId, send }
  }

  /** Ids of the messages that are stored, in their order. */
  async function stored(chatId: string): Promise<string[]> {
    const client = await outsider()
    const { rows } = await client.query<{ id: string }>(
      'select client_message_id as id from log where stream = $1 and number is not null order by seq',
      [`chat:${chatId}`],
    )
    await client.end()
    return rows.map(({ id }) => id)
  }

  /** Sends until one goes through; resolves to how long that took, milliseconds. */
  async function untilSent(send: (id: string) => Promise<unknown>, id: string): Promise<number> {
    const started = performance.now()
    while ((await codeOf(send(id))) !== 'ok') {
      if (performance.now() - started > 30_000) throw new Error('nothing is sent any more')
    }
    return performance.now() - started
  }

  test('P25: a frozen server makes calls unavailable in about 2 s, later ones at once, and is used again when it is back', async () => {
    const { ann, chatId, send } = await sender()
    proxy.freeze()
    const first = await timed(
      Promise.all([
        ...Array.from({ length: 40 }, (_, index) => codeOf(send(`frozen-${index}`))),
        ...Array.from({ length: 20 }, () => codeOf(ann.call('chat.getChat', { chatId }))),
      ]),
    )
    // Those that found no free connection cannot know that the server has the others.
    for (const code of first.result)
      expect(code).toMatch(/^unavailable: (storage_unavailable|busy)$/)
    expect(first.ms).toBeLessThan(SOON_MS)
    const second = await timed(codeOf(send('while-frozen')))
    expect(second.result).toBe('unavailable: storage_unavailable')
    expect(second.ms).toBeLessThan(SOON_MS)
    const more = await Promise.all(
      Array.from({ length: 5 }, (_, index) => timed(codeOf(send(`at-once-${index}`)))),
    )
    expect(new Set(more.map(({ result }) => result))).toEqual(
      new Set(['unavailable: storage_unavailable']),
    )
    // Now and then one of them is the one that tries whether the server is back.
    expect(more.filter(({ ms }) => ms >= AT_ONCE_MS).length).toBeLessThanOrEqual(1)
    expect((await fetch(`${origin}/readyz`)).status).toBe(503)
    proxy.thaw()
    expect(await untilSent(send, 'after')).toBeLessThan(BACK_MS)
    expect(await stored(chatId)).toEqual(['after'])
    await ann.close()
  })

  test('P25: a server that is gone is said at once, and used again without a restart', async () => {
    const { ann, chatId, send } = await sender()
    await proxy.refuse()
    const { result, ms } = await timed(
      Promise.all(Array.from({ length: 40 }, (_, index) => codeOf(send(`gone-${index}`)))),
    )
    expect(new Set(result)).toEqual(new Set(['unavailable: storage_unavailable']))
    expect(ms).toBeLessThan(SOON_MS)
    await proxy.accept()
    expect(await untilSent(send, 'after')).toBeLessThan(BACK_MS)
    expect(await stored(chatId)).toEqual(['after'])
    await ann.close()
  })

  test('F21: a locked table makes sending unavailable in about 2 s, and nothing of it is stored later', async () => {
    const { ann, chatId, send } = await sender()
    const locker = await outsider()
    await locker.query('begin; lock table log in access exclusive mode')
    const { result, ms } = await timed(
      Promise.all(Array.from({ length: 20 }, (_, index) => codeOf(send(`locked-${index}`)))),
    )
    expect(new Set(result)).toEqual(new Set(['unavailable: busy']))
    expect(ms).toBeLessThan(SOON_MS)
    await locker.query('commit')
    await locker.end()
    expect(await untilSent(send, 'after')).toBeLessThan(BACK_MS)
    expect(await stored(chatId)).toEqual(['after'])
    await ann.close()
  })

  test('F19: a commit whose reply is cut off is unknown, and a repetition is one message', async () => {
    const { ann, chatId, send } = await sender()
    const cut = proxy.cutCommitOf('cut-off-here')
    // Another transaction, as the service's own may be: it is not the one.
    const bystander = await outsider(proxy.url)
    await bystander.query('begin')
    await bystander.query('commit')
    expect(await codeOf(send('cut-off-here'))).toBe('outcome_unknown')
    await cut
    await bystander.end()
    expect(await stored(chatId)).toEqual(['cut-off-here'])
    const again = await send('cut-off-here')
    expect(await stored(chatId)).toEqual(['cut-off-here'])
    expect(again.number).toBe(1)
    await ann.close()
  })

  test('P8: a commit that a frozen server may have seen is unknown, and a repetition is one message', async () => {
    const { ann, chatId, send } = await sender()
    const locker = await outsider()
    await locker.query(`
      create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(2.5); return null; end';
      create constraint trigger slow after insert on log deferrable initially deferred for each row execute function slow()`)
    const { result, ms } = await timed(codeOf(send('slow')))
    expect(result).toBe('outcome_unknown')
    expect(ms).toBeLessThan(SOON_MS)
    await locker.query('drop trigger slow on log; drop function slow')
    await locker.end()
    expect(await untilSent(send, 'slow')).toBeLessThan(BACK_MS)
    expect(await stored(chatId)).toEqual(['slow'])
    await ann.close()
  })

  test('F18: connections terminated at random lose nothing that was acknowledged, and the pool heals', async () => {
    const { ann, chatId, send } = await sender()
    const killer = await outsider()
    const acknowledged: string[] = []
    for (let round = 0; round < 15; round++) {
      const sends = Array.from({ length: 8 }, async (_, index) => {
        const id = `${round}-${index}`
        const code = await codeOf(send(id))
        expect(code).toMatch(/^(ok|outcome_unknown|unavailable: storage_unavailable)$/)
        if (code === 'ok') acknowledged.push(id)
      })
      const reads = Array.from({ length: 4 }, () => codeOf(ann.call('chat.getChat', { chatId })))
      await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`)
      await Promise.all([...sends, ...reads])
    }
    await killer.end()
    expect(await untilSent(send, 'after')).toBeLessThan(BACK_MS)
    const ids = await stored(chatId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([])
    expect(ids.at(-1)).toBe('after')
    await ann.close()
  })
})

test('F22: who finds all connections in use is told so in about 2 s, and gets one when it is given back', async () => {
  const store = openPostgres({ url, connections: 1 })
  let free = () => {}
  const holding = new Promise<void>((resolve) => (free = resolve))
  const holder = store.read(() => holding)
  const { result, ms } = await timed(codeOf(store.read(() => Promise.resolve())))
  expect(result).toBe('unavailable: busy')
  expect(ms).toBeLessThan(SOON_MS)
  free()
  await holder
  expect(await codeOf(store.read(() => Promise.resolve()))).toBe('ok')
  await store.close()
})

test('a transaction that a statement broke is not reported as done', async () => {
  const store = openPostgres({ url })
  const transaction = store.transaction(async ({ db, run }) => {
    await run('create table if not exists kept (id int)')
    await sql`select 1 / 0`.execute(db).catch(() => 'looked away')
  })
  await expect(transaction).rejects.toThrow('rolled back')
  const client = await outsider()
  expect((await client.query(`select to_regclass('kept') as kept`)).rows).toEqual([{ kept: null }])
  await client.end()
  await store.close()
})

test('F31: a node that froze in a transaction does not keep its locks', async () => {
  const store = openPostgres({ url })
  let thaw = () => {}
  const frozen = new Promise<void>((resolve) => (thaw = resolve))
  let locked = () => {}
  const holds = new Promise<void>((resolve) => (locked = resolve))
  const outcome = codeOf(
    store.transaction(async ({ run }) => {
      await run('select pg_advisory_xact_lock(7)')
      locked()
      await frozen
      await run('select 1')
    }),
  )
  await holds
  const other = await outsider()
  await other.query('select pg_advisory_lock(7)')
  thaw()
  expect(await outcome).toBe('unavailable: storage_unavailable')
  await other.end()
  await store.close()
})
