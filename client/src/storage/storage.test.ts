import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { indexedDbStorage } from './indexeddb.ts'
import { memoryStorage } from './memory.ts'
import type { CollabStorage } from './storage.ts'
import { tolerant } from './tolerant.ts'

/** As much of IndexedDB as is used: requests that answer later, transactions that end after them. */
class FakeIndexedDb {
  readonly databases = new Map<string, Map<string, unknown>>()
  readonly open_: FakeDatabase[] = []
  refuses = false
  isFull = false

  open(name: string) {
    const request: Record<string, unknown> & {
      onupgradeneeded?: () => void
      onsuccess?: () => void
      onerror?: () => void
    } = {}
    queueMicrotask(() => {
      if (this.refuses) {
        request['error'] = new Error('forbidden')
        return request.onerror?.()
      }
      const isNew = !this.databases.has(name)
      const database = new FakeDatabase(this, name)
      this.open_.push(database)
      request['result'] = database
      if (isNew) request.onupgradeneeded?.()
      return request.onsuccess?.()
    })
    return request
  }
}

class FakeDatabase {
  readonly #of: FakeIndexedDb
  readonly #name: string
  onversionchange?: () => void
  isOpen = true

  constructor(of: FakeIndexedDb, name: string) {
    this.#of = of
    this.#name = name
  }

  createObjectStore() {
    this.#of.databases.set(this.#name, new Map())
  }

  transaction(_store: string, mode: string) {
    if (!this.isOpen) throw new Error('closed')
    const values = this.#of.databases.get(this.#name) ?? new Map<string, unknown>()
    const transaction: Record<string, unknown> & { oncomplete?: () => void; onabort?: () => void } =
      {
        commit: () => {},
      }
    queueMicrotask(() => {
      if (mode === 'readwrite' && this.#of.isFull) {
        transaction['error'] = new Error('QuotaExceededError')
        return transaction.onabort?.()
      }
      return transaction.oncomplete?.()
    })
    const write = (change: () => void, result: unknown) => {
      if (!this.#of.isFull) change()
      return { result }
    }
    transaction['objectStore'] = () => ({
      get: (key: string) => ({ result: structuredClone(values.get(key)) }),
      getAllKeys: ({ lower, upper }: { lower: string; upper: string }) => ({
        result: [...values.keys()].filter((key) => key >= lower && key <= upper),
      }),
      put: (value: unknown, key: string) =>
        write(() => values.set(key, structuredClone(value)), key),
      delete: (key: string) => write(() => values.delete(key), undefined),
    })
    return transaction
  }

  close() {
    this.isOpen = false
  }
}

let fake: FakeIndexedDb
beforeEach(() => {
  fake = new FakeIndexedDb()
  vi.stubGlobal('indexedDB', fake)
  vi.stubGlobal('IDBKeyRange', { bound: (lower: string, upper: string) => ({ lower, upper }) })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each<[string, () => CollabStorage]>([
  ['memory', memoryStorage],
  ['indexeddb', indexedDbStorage],
])('the storage %s', (_name, create) => {
  it('keeps values by key and finds them by the start of it', async () => {
    const storage = create()
    await storage.set('a/1', { deep: [1] })
    await storage.set('a/2', 'two')
    await storage.set('b/1', 'other')
    expect(await storage.get('a/1')).toEqual({ deep: [1] })
    expect(new Map(await storage.entries('a/'))).toEqual(
      new Map<string, unknown>([
        ['a/1', { deep: [1] }],
        ['a/2', 'two'],
      ]),
    )
    await storage.delete('a/1')
    expect(await storage.get('a/1')).toBeUndefined()
    expect(await storage.entries('a/')).toEqual([['a/2', 'two']])
  })

  it('gives copies: what is changed later is not changed in it', async () => {
    const storage = create()
    const value = { count: 1 }
    await storage.set('a', value)
    value.count = 2
    expect(await storage.get('a')).toEqual({ count: 1 })
  })
})

describe('the storage indexeddb', () => {
  it('keeps over a reload', async () => {
    const before = indexedDbStorage()
    await before.set('a', 1)
    before.close?.()
    expect(await indexedDbStorage().get('a')).toBe(1)
  })

  it('keeps in memory what the browser refuses to keep', async () => {
    fake.refuses = true
    const storage = indexedDbStorage()
    await storage.set('a', 1)
    expect([await storage.get('a'), await storage.entries('')]).toEqual([1, [['a', 1]]])
    await storage.delete('a')
    expect(await storage.get('a')).toBeUndefined()
  })

  it('keeps in memory what there is no room for', async () => {
    fake.isFull = true
    const storage = indexedDbStorage()
    await storage.set('a', 1)
    expect(await storage.get('a')).toBe(1)
  })

  it('makes way for another version, and opens again when it is needed', async () => {
    const storage = indexedDbStorage()
    await storage.set('a', 1)
    fake.open_[0]?.onversionchange?.()
    expect(fake.open_[0]?.isOpen).toBe(false)
    expect(await storage.get('a')).toBe(1)
    expect(fake.open_).toHaveLength(2)
  })

  it('lets go of the database when it is closed', async () => {
    const storage = indexedDbStorage()
    await storage.get('a')
    storage.close?.()
    await vi.waitFor(() => expect(fake.open_[0]?.isOpen).toBe(false))
  })
})

describe('a tolerant storage', () => {
  it('takes every failure for nothing there', async () => {
    const fail = () => Promise.reject(new Error('broken'))
    const storage = tolerant({ get: fail, set: fail, delete: fail, entries: fail })
    await expect(storage.set('a', 1)).resolves.toBeUndefined()
    await expect(storage.delete('a')).resolves.toBeUndefined()
    expect([await storage.get('a'), await storage.entries('')]).toEqual([undefined, []])
    expect(() => storage.close?.()).not.toThrow()
  })
})
