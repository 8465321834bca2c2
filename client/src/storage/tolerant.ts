import type { CollabStorage } from './storage.ts'

/** A storage whose failures cost only what it would have kept. */
export function tolerant(storage: CollabStorage): CollabStorage {
  // Full, forbidden or broken: whoever asks goes on with what is in memory.
  const or =
    <T>(otherwise: T) =>
    () =>
      otherwise
  return {
    get: (key) => storage.get(key).catch(or(undefined)),
    set: (key, value) => storage.set(key, value).catch(or(undefined)),
    delete: (key) => storage.delete(key).catch(or(undefined)),
    entries: (prefix) => storage.entries(prefix).catch(or([])),
    close: () => storage.close?.(),
  }
}
