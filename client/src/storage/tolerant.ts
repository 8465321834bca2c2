import type { CollabStorage } from './storage.ts'

/** A storage whose failures cost only what it would have kept; it may still be on its way. */
export function tolerant(given: CollabStorage | Promise<CollabStorage>): CollabStorage {
  // Once it is here what is kept goes to it at once: the page may be going.
  let here = given instanceof Promise ? undefined : given
  const coming = Promise.resolve(given).then((storage) => (here = storage))
  // Full, forbidden or broken: whoever asks goes on with what is in memory.
  const use = <T>(work: (storage: CollabStorage) => Promise<T>, otherwise: T) =>
    (here ? work(here) : coming.then(work)).catch(() => otherwise)
  return {
    get: (key) => use((storage) => storage.get(key), undefined),
    set: (key, value) => use((storage) => storage.set(key, value), undefined),
    delete: (key) => use((storage) => storage.delete(key), undefined),
    entries: (prefix) => use((storage) => storage.entries(prefix), []),
    close: () => void coming.then((storage) => storage.close?.()),
  }
}
