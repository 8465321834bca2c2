import type { ReactiveController, ReactiveControllerHost } from 'lit'

export interface RegionKeys {
  /** Whether Control+F6 is ours. */
  regions(): boolean
  /** Whether Alt+Shift+P and Alt+Shift+U are. */
  shortcuts(): boolean
  /** Opens or closes the list of people. */
  togglePeople(): void
  /** Leads to what stands below the field that has the focus. */
  enterHint(): boolean
}

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"]), [contenteditable]'

/**
 * Keys of a room: with `region-keys` Control+F6 (Command on a Mac) leads from one part of it to the next, with Shift
 * back; Alt+Shift+P tells where everybody is, Alt+Shift+U leads to what somebody else wrote in a field.
 */
export class RoomRegions implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #keys: RegionKeys
  #abort: AbortController | undefined
  /** What had the focus in the content last. */
  #last: HTMLElement | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, keys: RegionKeys) {
    this.#host = host
    this.#keys = keys
    host.addController(this)
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    document.addEventListener('keydown', (event) => this.#key(event), { signal })
    this.#host.addEventListener(
      'focusin',
      ({ target }) => {
        if (target instanceof HTMLElement && target !== this.#host) this.#last = target
      },
      { signal },
    )
  }

  hostDisconnected(): void {
    this.#abort?.abort()
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return
    const keys = this.#keys
    const path = event.composedPath()
    const inside = path.includes(this.#host)
    if (event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey) {
      if (!inside || !keys.shortcuts()) return
      // By its place: with Alt many keyboards write another letter.
      if (event.code === 'KeyP') keys.togglePeople()
      else if (event.code !== 'KeyU' || !keys.enterHint()) return
      event.preventDefault()
      return
    }
    const nowhere = path[0] === document.body || path[0] === document.documentElement
    const modified = event.ctrlKey !== event.metaKey && !event.altKey
    if (event.key !== 'F6' || !modified || !keys.regions() || !(inside || nowhere)) return
    event.preventDefault()
    this.#cycle(event.shiftKey ? -1 : 1, path)
  }

  /** On to the next part that takes the focus, around the end. */
  #cycle(by: 1 | -1, path: readonly EventTarget[]): void {
    const regions = this.#regions()
    const now = regions.findIndex(({ element }) => path.includes(element))
    const start = now < 0 ? (by > 0 ? -1 : regions.length) : now
    for (let step = 1; step <= regions.length; step++) {
      const at = (start + by * step + regions.length * 2) % regions.length
      if (regions[at]?.enter()) return
    }
  }

  #regions(): { element: Element; enter: () => boolean }[] {
    const root = this.#host.shadowRoot
    const find = (selector: string) => root?.querySelector<HTMLElement>(selector) ?? undefined
    const regions: { element: Element; enter: () => boolean }[] = []
    const add = (element: HTMLElement | undefined, enter: () => boolean) => {
      if (element?.checkVisibility()) regions.push({ element, enter })
    }
    const toolbar = find('.toolbar')
    add(toolbar, () => focusFirst(toolbar))
    const app = find('.app')
    add(app, () => this.#enterContent(app))
    const slotted = find('slot[name=sidebar]') as HTMLSlotElement | undefined
    for (const element of slotted?.assignedElements() ?? [])
      if (element instanceof HTMLElement) add(element, () => focusFirst(element))
    const chat = find('collab-chat')
    add(chat, () => {
      chat?.focus()
      return root?.activeElement === chat
    })
    return regions
  }

  #enterContent(app: HTMLElement | undefined): boolean {
    const last = this.#last
    if (last && !last.slot && this.#host.contains(last)) {
      last.focus()
      if (last.matches(':focus')) return true
    }
    app?.focus()
    return true
  }
}

/** Puts the focus into the first thing that takes it: in an element, or what is slotted into it. */
export function focusFirst(element: HTMLElement | undefined): boolean {
  const candidates = element ? [element, ...element.querySelectorAll<HTMLElement>('*')] : []
  for (const each of candidates) {
    if (each instanceof HTMLSlotElement) {
      for (const slotted of each.assignedElements())
        if (slotted instanceof HTMLElement && focusFirst(slotted)) return true
    }
    if (!each.matches(FOCUSABLE) && !each.localName.includes('-')) continue
    each.focus()
    if (each.matches(':focus, :focus-within')) return true
  }
  return false
}
