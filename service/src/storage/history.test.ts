import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { openStore } from '../database.ts'
import type { Store } from '../kernel/store.ts'
import { createDatabase, type TestDatabase } from '../testing/service.ts'
import { HISTORY } from './history.ts'
import { readMeta, writeMeta } from './migrate.ts'
import { migrations } from './migrations.ts'

let database: TestDatabase
const open = () => openStore(ConfigSchema.parse(database.config))
afterEach(() => database?.drop())

const factsOf = (store: Store) =>
  store.read(async (session) => ({
    version: await readMeta(session, 'schema_version'),
    epoch: await readMeta(session, HISTORY.epoch),
    signingKey: await readMeta(session, HISTORY.signingKey),
  }))

async function opened(work?: (store: Store) => Promise<unknown>) {
  const store = await open()
  await work?.(store)
  const facts = await factsOf(store)
  await store.close()
  return facts
}

describe('on postgres', () => {
  beforeEach(async () => {
    database = await createDatabase('postgres')
  })

  test('nodes that start at the same moment on an empty database share one schema, epoch and key', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => opened()))
    expect(first).toEqual({
      version: String(migrations.length),
      epoch: expect.stringMatching(/^.{13}$/),
      signingKey: expect.stringContaining('"kty"'),
    })
    for (const each of others) expect(each).toEqual(first)
  })

  test('P9: a database that lives elsewhere than its history says begins one new epoch, whoever opens it first', async () => {
    const before = await opened()
    expect(await opened()).toEqual(before)
    await opened((store) =>
      store.transaction((session) => writeMeta(session, HISTORY.home, '1/00000001/2/3')),
    )
    const [after, ...others] = await Promise.all(Array.from({ length: 4 }, () => opened()))
    expect(after!.epoch).not.toBe(before.epoch)
    expect(after!.signingKey).toBe(before.signingKey)
    for (const each of others) expect(each).toEqual(after)
  })

  test('half a copy is not opened', async () => {
    await opened((store) =>
      store.transaction((session) => writeMeta(session, HISTORY.copying, 'a copy')),
    )
    await expect(open()).rejects.toThrow('half a copy')
  })
})

test('P9: a restored file begins one new epoch', async () => {
  database = await createDatabase('file')
  const before = await opened((store) =>
    store.transaction((session) => writeMeta(session, HISTORY.restored, 'yes')),
  )
  const after = await opened()
  expect(after.epoch).not.toBe(before.epoch)
  expect(after.signingKey).toBe(before.signingKey)
  expect(await opened()).toEqual(after)
})
