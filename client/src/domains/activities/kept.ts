import type { StateValue } from '@collab-kit/protocol'
import { withLock } from '../../auth/locks.ts'
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
  readonly #owner = newId()
  /** The newest, while an older one is being written. */
  #next: Shared | undefined
  #writing = false
  #release: (() => void) | undefined

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
    this.#release?.()
    this.#release = undefined
  }

  async #write() {
    const { storage } = this.#context
    this.#writing = true
    for (let shared = this.#next; shared; shared = this.#next) {
      this.#next = undefined
      const prefix = this.#prefix()
      if (prefix === undefined) break
      const record = toRecord(shared, this.#owner)
      if (record) {
        await this.#claim()
        await storage.set(prefix + this.#owner, record)
      } else if (this.#release) {
        await storage.delete(prefix + this.#owner)
        // It may have been closed meanwhile.
        this.#release?.()
        this.#release = undefined
      }
    }
    this.#writing = false
  }

  #claim(): Promise<void> {
    if (this.#release) return Promise.resolve()
    return new Promise((granted) => {
      void withLock(lockOf(this.#owner), () => {
        const held = new Promise<void>((release) => (this.#release = release))
        granted()
        return held
      })
    })
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
