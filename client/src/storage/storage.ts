/**
 * Where the outbox, drafts and the remembered sign-in are kept. Values are structured-cloneable. A storage that fails
 * costs only what it would have kept: the client goes on from memory.
 */
export interface CollabStorage {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
  /** Every pair whose key starts with the prefix. */
  entries(prefix: string): Promise<[key: string, value: unknown][]>
  /** Called when the last client that uses the storage has closed. */
  close?(): void
}
