type Handler = (value: never) => void

/** Handlers by name. */
export interface Emitter {
  on(name: string, handler: Handler): () => void
  emit(name: string, value?: unknown): void
  clear(): void
}

export function createEmitter(): Emitter {
  const handlers = new Map<string, Set<Handler>>()
  return {
    on(name, handler) {
      // A wrapper of its own: the same function may be registered twice and ended once.
      const own: Handler = (value) => handler(value)
      const set = handlers.get(name) ?? new Set()
      handlers.set(name, set.add(own))
      return () => void set.delete(own)
    },
    emit(name, value) {
      for (const handler of [...(handlers.get(name) ?? [])]) {
        try {
          handler(value as never)
        } catch (error) {
          // The page's handler failed, not the client: reported as uncaught, and the others are still called.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    clear: () => handlers.clear(),
  }
}
