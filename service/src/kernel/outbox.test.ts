import { expect, test } from 'vitest'
import { migrate } from '../storage/migrate.ts'
import { openSqlite } from '../storage/sqlite.ts'
import type { Caller } from './context.ts'
import { Outbox, type Entry } from './outbox.ts'

const caller: Caller = { username: 'ann', role: 'user' }
const entry = (stream: string, seq: number): Entry => ({
  event: 'test',
  stream,
  seq,
  caller,
  at: '2026-01-01T00:00:00.000Z',
  json: '{}',
})

test('what a failed operation took is given again, in streams it touched first as well', async () => {
  const store = openSqlite({ file: ':memory:' })
  await migrate(store)
  const published = await store.transaction(async (session) => {
    const outbox = new Outbox(session)
    outbox.append(entry('chat:a', await outbox.take('chat:a')))
    await outbox.write()
    const mark = outbox.mark()
    outbox.append(entry('chat:a', await outbox.take('chat:a')))
    outbox.append(entry('chat:b', await outbox.take('chat:b')))
    outbox.reset(mark)
    outbox.append(entry('chat:b', await outbox.take('chat:b')))
    return outbox.flush()
  })
  expect(published.map(({ stream, seq }) => [stream, seq])).toEqual([
    ['chat:a', 1],
    ['chat:b', 1],
  ])
  const heads = await store.read(({ db }) =>
    db.selectFrom('streams').selectAll().orderBy('key').execute(),
  )
  expect(heads).toMatchObject([
    { key: 'chat:a', head: 1 },
    { key: 'chat:b', head: 1 },
  ])
  await store.close()
})
