import type { CollabStorage } from './storage.ts'

/** Keeps nothing beyond the page. */
export function memoryStorage(): CollabStorage {
  const values = new Map<string, unknown>()
  return {
    get: async (key) => structuredClone(values.get(key)),
    set: async (key, value) => void values.set(key, structuredClone(value)),
    delete: async (key) => void values.delete(key),
    entries: async (prefix) =>
      structuredClone([...values].filter(([key]) => key.startsWith(prefix))),
  }
}
