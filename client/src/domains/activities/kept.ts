import type { StateValue } from '@collab-kit/protocol'
import { holdLock, withLock, type HeldLock } from '../../auth/locks.ts'
import { newId } from '../../ids.ts'
import type { DomainContext } from '../context.ts'
import type { Shared } from './shared.ts'

/** A change of the shared state as it is kept until the service has it. */
export interface KeptChange {
  key: string
  /** Absent where the key is to go. */
  value?: StateValue
  base: number
}

/** What a tab keeps of an activity. */
interface KeptRecord {
  /** The tab that sends it. */
  owner: string
  changes: KeptChange[]
  clear: boolean
}

/** Keeps the changes of one activity that are not confirmed, over a reload; another tab takes over what is left. */
export class Kept {
  readonly #context: DomainContext
  readonly #name: string
  /** The name by which this page keeps it; another one with every person. */
  #owner = newId()
  /** The newest, while an older one is being written. */
  #next: Shared | undefined
  #writing = false
  /** The lock of the name, while something is kept by it. */
  #claimed: HeldLock | undefined

  /** @param name Key of the activity */
  constructor(context: DomainContext, name: string) {
    this.#context = context
    this.#name = name
  }

  /** Keeps what is pending, and nothing when nothing is. */
  keep(shared: Shared): void {
    this.#next = shared
    if (!this.#writing) void this.#write()
  }

  /** What tabs that are gone have left. @param take Takes it over, before it is forgotten */
  async adopt(take: (changes: readonly KeptChange[], clear: boolean) => void): Promise<void> {
    const prefix = this.#prefix()
    if (prefix === undefined) return
    const { storage } = this.#context
    for (const [, value] of await storage.entries(prefix)) {
      if (!isRecord(value) || value.owner === this.#owner) continue
      const takeOver = async (held: boolean) => {
        // Looked at again: another tab may have been faster.
        const left = held ? await storage.get(prefix + value.owner) : undefined
        if (!isRecord(left) || this.#prefix() !== prefix) return
        take(left.changes, left.clear)
        await storage.delete(prefix + value.owner)
      }
      // Whoever lives holds the lock of its own name.
      await withLock(lockOf(value.owner), takeOver, true)
    }
  }

  /** Another person comes, or nobody: what is kept stays for its writer. */
  close(): void {
    this.#next = undefined
    this.#unclaim()
    // Should the same person come back, what was left is taken over as from any other page.
    this.#owner = newId()
  }

  async #write() {
    const { storage } = this.#context
    this.#writing = true
    for (let shared = this.#next; shared; shared = this.#next) {
      this.#next = undefined
      const prefix = this.#prefix()
      if (prefix === undefined) break
      const owner = this.#owner
      const record = toRecord(shared, owner)
      if (record) {
        this.#claimed ??= holdLock(lockOf(owner))
        await this.#claimed.held
        await storage.set(prefix + owner, record)
      } else if (this.#claimed) {
        await storage.delete(prefix + owner)
        if (owner === this.#owner) this.#unclaim()
      }
    }
    this.#writing = false
  }

  #unclaim() {
    this.#claimed?.release()
    this.#claimed = undefined
  }

  #prefix(): string | undefined {
    const prefix = this.#context.keyOf('shared')
    return prefix && `${prefix}${encodeURIComponent(this.#name)}/`
  }
}

const lockOf = (owner: string) => `shared:${owner}`

function toRecord({ changes, clear }: Shared, owner: string): KeptRecord | undefined {
  const pending = Object.entries(changes)
  if (!pending.length && !clear) return undefined
  return {
    owner,
    clear: clear !== undefined,
    changes: pending.map(([key, { wish, next, base }]) => ({ key, base, ...(next ?? wish) })),
  }
}

function isRecord(value: unknown): value is KeptRecord {
  const { owner, changes } = (value ?? {}) as Partial<KeptRecord>
  return typeof owner === 'string' && Array.isArray(changes)
}
