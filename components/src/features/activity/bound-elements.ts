import { BIND, isControl, kindOf } from './bound-control.ts'

/** Elements of one key. */
export interface BoundGroup {
  /** Those that change the value. */
  controls: readonly Element[]
  /** Those that only show it. */
  shown: readonly Element[]
}

/** Elements that came, with their keys, and those that went. */
export interface BoundChange {
  added: readonly (readonly [element: Element, key: string])[]
  removed: readonly Element[]
}

const NONE: BoundGroup = { controls: [], shown: [] }

/** What is bound in an element, kept up to date as frameworks add and remove parts of the page. */
export class BoundElements {
  readonly #root: HTMLElement
  readonly #changed: (change: BoundChange) => void
  readonly #observer: MutationObserver
  #groups: ReadonlyMap<string, BoundGroup> = new Map()
  #keys: ReadonlyMap<Element, string> = new Map()
  #connected = false
  /** Names of custom elements that are not defined yet. */
  readonly #awaited = new Set<string>()

  constructor(root: HTMLElement, changed: (change: BoundChange) => void) {
    this.#root = root
    this.#changed = changed
    this.#observer = new MutationObserver(() => this.#collect())
  }

  /** All keys that something is bound to. */
  get keys(): Iterable<string> {
    return this.#groups.keys()
  }

  has(element: Element): boolean {
    return this.#keys.has(element)
  }

  of(key: string): BoundGroup {
    return this.#groups.get(key) ?? NONE
  }

  connect(): void {
    this.#connected = true
    this.#observer.observe(this.#root, {
      subtree: true,
      childList: true,
      attributeFilter: [BIND, 'type', 'contenteditable'],
    })
    this.#collect()
  }

  disconnect(): void {
    this.#connected = false
    this.#observer.disconnect()
    this.#groups = new Map()
    this.#keys = new Map()
  }

  /** The bound control that an event came from, and its key. */
  controlOf(event: Event): { control: Element; key: string } | undefined {
    const { target } = event
    const control = target instanceof Element ? target.closest(`[${BIND}]`) : null
    const key = control?.getAttribute(BIND)
    if (!control || !key || !this.#owns(control) || !isControl(control)) return undefined
    return { control, key }
  }

  #collect(): void {
    const before = this.#keys
    const keys = new Map<Element, string>()
    const groups = new Map<string, { controls: Element[]; shown: Element[] }>()
    for (const element of this.#root.querySelectorAll(`[${BIND}]`)) {
      const key = element.getAttribute(BIND)
      const kind = kindOf(element)
      if (!key || kind === 'never' || !this.#owns(element)) continue
      if (kind === 'later') {
        this.#await(element.localName)
        continue
      }
      const group = groups.get(key) ?? { controls: [], shown: [] }
      groups.set(key, group)
      keys.set(element, key)
      group[kind === 'shown' ? 'shown' : 'controls'].push(element)
    }
    this.#groups = groups
    this.#keys = keys
    const added = [...keys].filter(([each, key]) => before.get(each) !== key)
    const removed = [...before].filter(([each, key]) => keys.get(each) !== key)
    // What we write ourselves is noticed here too.
    if (added.length + removed.length > 0)
      this.#changed({ added, removed: removed.map(([each]) => each) })
  }

  /** What it is will be known once the page has defined it; until then its content is left alone. */
  #await(name: string): void {
    if (this.#awaited.has(name)) return
    this.#awaited.add(name)
    void customElements.whenDefined(name).then(() => {
      this.#awaited.delete(name)
      if (this.#connected) this.#collect()
    })
  }

  /** What is in a room within this one belongs there. */
  #owns(element: Element): boolean {
    return element.closest(this.#root.localName) === this.#root
  }
}
