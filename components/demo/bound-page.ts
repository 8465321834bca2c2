import type { StateValue } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { Binding } from '../src/features/activity/binding.ts'
import type { BoundConflict, BoundState, BoundValue } from '../src/features/activity/bound-model.ts'

const ends: (() => void)[] = []

/** Takes away what tests have bound. */
export function unbindAll(): void {
  for (const end of ends.splice(0)) end()
}

/** A bound part of a page, and what it saves. */
export const bind = (markup: string, more: Partial<BoundState> = {}): BoundPage => {
  const root = document.createElement('div')
  root.innerHTML = markup
  document.body.append(root)
  const page = new BoundPage(root, more)
  ends.push(() => {
    page.binding.disconnect()
    root.remove()
  })
  return page
}

class BoundPage {
  readonly root: HTMLElement
  readonly saved: [string, StateValue][] = []
  readonly editing: unknown[] = []
  readonly conflicts: BoundConflict[] = []
  readonly page = { prevents: false }
  readonly binding: Binding
  #state: BoundState
  #version = 0

  constructor(root: HTMLElement, more: Partial<BoundState>) {
    this.root = root
    this.#state = { shared: {}, writable: true, me: 'ann', descriptions: new Map(), ...more }
    this.binding = new Binding(root, {
      set: (key, value) => {
        this.saved.push([key, value])
        this.#put(key, { value, version: this.#version, by: 'ann', pending: true })
      },
      editing: (each) => this.editing.push(each),
      conflict: (conflict) => {
        this.conflicts.push(conflict)
        return this.page.prevents
      },
      changed: () => {},
      text: (value) => (Array.isArray(value) ? value.join(', ') : String(value)),
      inHint: () => false,
    })
    this.binding.connect()
    this.binding.follow(this.#state)
  }

  readonly follow = (change: Partial<BoundState>): void =>
    this.binding.follow((this.#state = { ...this.#state, ...change }))

  /** Somebody else sets a value. */
  readonly hear = (key: string, value: StateValue, by = 'bo'): void =>
    this.#put(key, { value, version: ++this.#version, by })

  /** The service has what was set here. */
  readonly confirm = (key: string): void => {
    const entry = this.#state.shared[key]
    if (entry) this.#put(key, { value: entry.value, version: ++this.#version, by: 'ann' })
  }

  readonly forget = (): void => this.follow({ shared: {} })

  /** The service does not take what was set here last: what it had is true again. */
  readonly refuse = (key: string, before?: BoundValue): void =>
    this.follow({
      shared: before ? { ...this.#state.shared, [key]: before } : {},
      refused: { [key]: new CollabError('too_large').toJSON() },
    })

  readonly one = <E extends HTMLElement = HTMLInputElement>(selector: string): E =>
    this.root.querySelector<E>(selector) as E

  #put(key: string, entry: BoundValue): void {
    this.follow({ shared: { ...this.#state.shared, [key]: entry } })
  }
}
