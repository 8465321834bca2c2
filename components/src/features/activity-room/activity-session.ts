import type { ActivityHandle, ActivityOptions, CollabClient } from '@collab-kit/client'

export interface Wanted extends ActivityOptions {
  type: string | undefined
  id: string | undefined
}

/** The one activity that an element is in. */
export class ActivitySession {
  #client: CollabClient | undefined
  #handle: ActivityHandle | undefined
  #release: (() => void) | undefined
  #key = ''
  #left = false

  get handle(): ActivityHandle | undefined {
    return this.#handle
  }

  /** Whether the person left by themselves. */
  get left(): boolean {
    return this.#left
  }

  /** Whether this is what is open already. */
  isOpen(client: CollabClient | undefined, wanted: Wanted): boolean {
    return this.#client === client && this.#key === keyOf(client, wanted)
  }

  /** Joins this activity and leaves the one before. Nothing to join: only leaves. */
  open(client: CollabClient | undefined, wanted: Wanted): void {
    const { type, id, ...options } = wanted
    const release = this.#release
    this.#client = client
    this.#key = keyOf(client, wanted)
    this.#left = false
    this.#handle = client && type && id ? client.activity(type, id) : undefined
    // First the new one: what both need stays connected.
    this.#release = this.#handle?.open({ ...options, conflicts: 'ask' })
    release?.()
  }

  leave(): void {
    this.#release?.()
    this.#release = undefined
    this.#left = true
  }

  /** Comes back after having left, or having been put out. */
  rejoin(options: ActivityOptions): void {
    this.#client?.connect()
    if (!this.#left) return this.#handle?.rejoin()
    this.#left = false
    this.#release = this.#handle?.open({ ...options, conflicts: 'ask' })
  }
}

const keyOf = (client: CollabClient | undefined, { type, id, lurk = false }: Wanted): string =>
  client && type && id ? JSON.stringify([type, id, lurk]) : ''
