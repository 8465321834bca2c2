import { memoryStorage } from './memory.ts'
import type { CollabStorage } from './storage.ts'

const DATABASE = 'collab-kit'
const STORE = 'values'

/** Keeps over reloads, shared by all tabs of the origin; where the browser forbids that, only in memory. */
export function indexedDbStorage(): CollabStorage {
  const fallback = memoryStorage()
  let opened: Promise<IDBDatabase | undefined> | undefined

  // A browser without room or in private mode refuses: what would have been kept is kept in memory.
  const database = () => (opened ??= open(() => (opened = undefined)).catch(() => undefined))

  async function run<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> {
    const db = await database()
    if (!db) return undefined
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, mode)
      const request = work(transaction.objectStore(STORE))
      // At once, not after the request's callbacks: the page may be going, and with it whoever would call them.
      if (mode === 'readwrite') transaction.commit()
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error as DOMException)
    })
  }

  return {
    async get(key) {
      return (
        (await run<unknown>('readonly', (store) => store.get(key)).catch(nothing)) ??
        fallback.get(key)
      )
    },
    async set(key, value) {
      const stored = await run('readwrite', (store) => store.put(value, key)).catch(nothing)
      if (stored === undefined) await fallback.set(key, value)
    },
    async delete(key) {
      await fallback.delete(key)
      await run('readwrite', (store) => store.delete(key))
    },
    async entries(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
      const keys = (await run('readonly', (store) => store.getAllKeys(range))) ?? []
      const entries: [string, unknown][] = []
      for (const key of keys) entries.push([String(key), await this.get(String(key))])
      return [...entries, ...(await fallback.entries(prefix))]
    },
    close() {
      void database().then((db) => db?.close())
    },
  }
}

// A full disk: what cannot be kept there is kept in memory.
const nothing = () => undefined

function open(onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onerror = () => reject(request.error as DOMException)
    request.onsuccess = () => {
      const db = request.result
      // A newer version of the kit in another tab wants to change the database: let it, and open again when needed.
      db.onversionchange = () => {
        db.close()
        onClosed()
      }
      db.onclose = onClosed
      resolve(db)
    }
  })
}
