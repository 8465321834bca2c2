import { Writable } from 'node:stream'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { openStore } from '../database.ts'
import { createDatabase, createTestService, type TestDatabase } from '../testing/service.ts'
import { weakness } from './durability.ts'

test('P1: only settings under which an acknowledged commit is on every disk it should be on are strong', () => {
  const strong = { commit: 'on', fsync: 'on', standbys: '' }
  expect(weakness(strong)).toBeUndefined()
  expect(weakness({ ...strong, commit: 'local' })).toBeUndefined()
  expect(weakness({ ...strong, commit: 'remote_apply', standbys: 'one' })).toBeUndefined()
  expect(weakness({ ...strong, commit: 'off' })).toContain('synchronous_commit=off')
  expect(weakness({ ...strong, fsync: 'off' })).toContain('fsync=off')
  for (const commit of ['local', 'remote_write'])
    expect(weakness({ ...strong, commit, standbys: 'one' })).toContain(commit)
})

describe('a PostgreSQL that acknowledges too early', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase('postgres')
    const client = new pg.Client({ connectionString: database.config.databaseUrl })
    await client.connect()
    await client.query(`do $$ begin
      execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
    await client.end()
  })
  afterAll(() => database?.drop())

  test('P1: is refused', async () => {
    const config = ConfigSchema.parse({ ...database.config, durability: 'strict' })
    await expect(openStore(config)).rejects.toThrow(/synchronous_commit=off.*COLLAB_DURABILITY/)
  })

  test('P1: is accepted where the configuration says so, with a warning', async () => {
    const lines: string[] = []
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const config = ConfigSchema.parse({ ...database.config, durability: 'relaxed' })
    const store = await openStore(config, pino(sink))
    await store.close()
    expect(lines.filter((line) => line.includes('"level":40'))).toEqual([
      expect.stringContaining('synchronous_commit=off'),
    ])
  })
})

test('P1: relaxed durability is said to whoever asks whether the service is ready', async () => {
  const relaxed = await createTestService({ engine: 'memory', durability: 'relaxed' })
  const strict = await createTestService({ engine: 'memory' })
  const ready = async ({ url }: { url: string }) => (await fetch(`${url}/readyz`)).json()
  expect(await ready(relaxed)).toEqual({ status: 'ok', durability: 'relaxed' })
  expect(await ready(strict)).toEqual({ status: 'ok' })
  await relaxed.close()
  await strict.close()
})
