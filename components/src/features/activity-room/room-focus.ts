/** What takes the focus when what had it is gone; the first of them that is there. */
const NEXT = ['#notice-title', '.dialog', '.cover', '.app']
/** And before those, where it was in one of these. */
const NEAR = {
  people: ['#people-title', '#people-button'],
  sidebar: ['.sidebar-button'],
  content: [],
  other: [],
} as const

type Place = keyof typeof NEAR

/** Keeps the focus in a room: what is pressed there often goes away with that. */
export class RoomFocus {
  readonly #host: HTMLElement
  #had: { element: Element; place: Place } | undefined

  constructor(host: HTMLElement) {
    this.#host = host
  }

  /** Whether the focus is in the room, or nowhere on the page. */
  get isHere(): boolean {
    return this.#inside !== undefined || this.#active === this.#host.ownerDocument.body
  }

  /** Notes what has the focus; to be called before drawing. */
  note(): void {
    const element = this.#inside
    this.#had = element && { element, place: this.#placeOf(element) }
  }

  /**
   * What had the focus is gone, or covered: what is there now has it, never the page. To be called after drawing.
   * @param covered Whether something stands before the content.
   */
  keep(covered: boolean): void {
    const had = this.#had
    this.#had = undefined
    const now = this.#host.shadowRoot?.activeElement
    if (!had || now?.closest('.cover')) return
    const { element, place } = had
    if (place !== 'content' || !covered) {
      // What the page puts into the room is the page's to move on from, but where the room hides it.
      if (place === 'content' && this.#host.contains(element)) return
      // What is hidden loses the focus only when the browser draws.
      const isThere = element.isConnected && element.checkVisibility()
      if (isThere || !this.isHere || (now && now !== element)) return
    }
    this.on(...NEAR[place], ...NEXT)
  }

  /** The focus goes to the first of these that takes it. */
  on(...selectors: string[]): void {
    const root = this.#host.shadowRoot
    for (const selector of selectors) {
      root?.querySelector<HTMLElement>(selector)?.focus()
      if (root?.activeElement?.matches(selector)) return
    }
  }

  get #active(): Element | null {
    return (this.#host.getRootNode() as Document | ShadowRoot).activeElement
  }

  /** What has the focus in the room, or in what the page put into it. */
  get #inside(): Element | undefined {
    const active = this.#host.shadowRoot?.activeElement ?? this.#active
    if (!active || active === this.#host) return undefined
    const isOurs = active.getRootNode() === this.#host.shadowRoot
    return isOurs || this.#host.contains(active) ? active : undefined
  }

  #placeOf(element: Element): Place {
    const child = [...this.#host.children].find((each) => each.contains(element))
    const slot = child && (child.slot || 'content')
    if (slot === 'content' || element.closest('.content')) return 'content'
    if (slot === 'sidebar' || element.closest('.sidebar')) return 'sidebar'
    return element.closest('.people') ? 'people' : 'other'
  }
}
