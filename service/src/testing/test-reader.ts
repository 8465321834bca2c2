import type { Published } from '../kernel/outbox.ts'
import { BlockList } from '../transport/block-list.ts'
import type { Frame } from '../transport/frame.ts'
import type { Reader } from '../transport/hub.ts'

interface Item {
  name: string
  seq?: number
  data?: unknown
}

/** A reader that keeps what it gets. */
export class TestReader implements Reader {
  readonly subscriptions = new Set<string>()
  readonly joined = new Set<string>()
  readonly held = new Map<string, Published[]>()
  readonly floors = new Map<string, number>()
  readonly dismissed = new Set<string>()
  readonly blocks = new BlockList()
  readonly frames: Item[][] = []
  readonly id: string
  readonly username: string
  readonly role = 'user'

  constructor(id: string, username = id) {
    this.id = id
    this.username = username
  }

  deliver(frame: Frame): void {
    const [, items] = JSON.parse(frame.text.slice(1)) as [string, Item[]]
    this.frames.push(items)
  }

  /** Positions of what was delivered, names of what has none. */
  get seen(): (number | string)[] {
    return this.frames.flat().map(({ seq, name }) => seq ?? name)
  }
}
