import { CollabError } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { isSerialisationFailure, StorageTrouble, toStorageError } from './errors.ts'

const sqlite = (errcode: number) =>
  Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode })
const postgres = (code: string) => Object.assign(new Error('from PostgreSQL'), { code })

test.each([
  [
    'a lost server',
    new StorageTrouble('storage_unavailable', { cause: 'x' }),
    'storage_unavailable',
  ],
  ['no free connection', new StorageTrouble('busy', { cause: 'x' }), 'busy'],
  ['SQLITE_FULL', sqlite(13), 'storage_full'],
  ['SQLITE_BUSY', sqlite(5), 'busy'],
  ['SQLITE_LOCKED_SHAREDCACHE', sqlite(262), 'busy'],
  ['SQLITE_READONLY_DBMOVED', sqlite(1032), 'storage_unavailable'],
  ['lock_not_available', postgres('55P03'), 'busy'],
  ['query_canceled', postgres('57014'), 'busy'],
  ['disk_full', postgres('53100'), 'storage_full'],
  ['too_many_connections', postgres('53300'), 'storage_unavailable'],
  ['admin_shutdown', postgres('57P01'), 'storage_unavailable'],
  ['idle_in_transaction_session_timeout', postgres('25P03'), 'storage_unavailable'],
  ['read_only_sql_transaction', postgres('25006'), 'storage_unavailable'],
])(
  '%s makes a call unavailable, with the reason and a time to come back',
  (_name, error, reason) => {
    const refusal = toStorageError(error)
    expect(refusal).toMatchObject({ code: 'unavailable', details: { reason } })
    expect(refusal.retryAfterMs).toBeGreaterThan(0)
  },
)

test('what is no trouble of the storage is a mistake of ours, or what a handler refused with', () => {
  const refusal = new CollabError('forbidden')
  expect(toStorageError(refusal)).toBe(refusal)
  for (const error of [sqlite(1), postgres('23505'), new Error('other')])
    expect(toStorageError(error)).toMatchObject({ code: 'internal', cause: error })
})

test('only what two writers did to each other is tried again', () => {
  expect(['40001', '40P01', '55P03'].map((code) => isSerialisationFailure(postgres(code)))).toEqual(
    [true, true, false],
  )
})
