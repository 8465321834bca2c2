import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** This close to the end counts as at the end, pixels. */
const AT_END = 32
/** This close to an edge more is drawn or loaded, pixels. */
const NEAR = 800
/** Movement this soon after wheel, touch or key is the reader's, milliseconds. */
const INTENT_MS = 600

export interface ScrollerOptions {
  /** Whether the last row drawn is the newest there is. */
  endIsNewest: () => boolean
  nearStart: () => void
  nearEnd: () => void
  /** The reader is somewhere, and nothing is asked for. */
  rest: () => void
  atEndChanged: () => void
}

/**
 * The one owner of the scroll position.
 *
 * At the end it stays there whatever grows. Elsewhere the first visible line stays where it is: the browser's own
 * anchoring sees to rows that get their real size, and `hold`/`settle` around a change of the rows see to the rest
 * (the browser does nothing at position 0, and not every browser does it).
 */
export class Scroller implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #options: ScrollerOptions
  #element: HTMLElement | undefined
  #observer: ResizeObserver | undefined
  #abort: AbortController | undefined
  #frame = 0
  #atEnd = true
  #intent = -Infinity
  #lastHeight = 0
  #lastClient = 0
  #anchor: { line: Element; top: number } | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, options: ScrollerOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  /** Whether the reader is at the newest message. */
  get atEnd(): boolean {
    return this.#atEnd
  }

  hostUpdated(): void {
    const element = this.#host.shadowRoot?.querySelector<HTMLElement>('.scroller') ?? undefined
    if (element !== this.#element) this.#follow(element)
  }

  hostConnected(): void {
    if (this.#host.shadowRoot) this.hostUpdated()
  }

  hostDisconnected(): void {
    this.#follow(undefined)
  }

  #follow(element: HTMLElement | undefined): void {
    this.#abort?.abort()
    this.#observer?.disconnect()
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#element = element
    if (!element) return
    const { signal } = (this.#abort = new AbortController())
    const passive = { passive: true, signal }
    const intent = () => (this.#intent = performance.now())
    for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
      element.addEventListener(type, intent, passive)
    }
    element.addEventListener('scroll', () => this.#later(), passive)
    this.#observer = new ResizeObserver(() => this.#resized())
    this.#observer.observe(element)
    const content = element.firstElementChild
    if (content) this.#observer.observe(content)
  }

  /** The first message that can be seen, away from the end. */
  get inView(): Element | undefined {
    if (!this.#element || this.#atEnd) return undefined
    return firstVisibleLine(this.#element)?.closest('article') ?? undefined
  }

  toEnd(): void {
    const element = this.#element
    if (!element) return
    element.scrollTop = element.scrollHeight
    this.#remember(element)
    this.#setAtEnd(this.#options.endIsNewest())
  }

  /** First sight: the end, or a marker a little below the upper edge when it would be above what can be seen. */
  start(marker: Element | undefined): void {
    this.hostUpdated()
    this.toEnd()
    const element = this.#element
    if (!element || !marker) return
    if (marker.getBoundingClientRect().top < element.getBoundingClientRect().top) this.toRow(marker)
  }

  /** A row a little below the upper edge. */
  toRow(row: Element): void {
    this.hostUpdated()
    const element = this.#element
    if (!element) return
    // For as long as it takes to stand there, every chunk has its real height.
    const { classList } = element.firstElementChild ?? element
    classList.add('exact')
    requestAnimationFrame(() => requestAnimationFrame(() => classList.remove('exact')))
    const offset = row.getBoundingClientRect().top - element.getBoundingClientRect().top
    element.scrollTop += offset - element.clientHeight * 0.2
    row.classList.add('found')
    this.#remember(element)
    this.#setAtEnd(this.#isAtEnd(element))
  }

  /** Before the rows change: remembers the first visible line. */
  hold(): void {
    const element = this.#element
    if (!element || this.#atEnd) return
    const line = firstVisibleLine(element)
    this.#anchor = line && { line, top: line.getBoundingClientRect().top }
    // One of the two corrects, not both.
    if (line) element.style.overflowAnchor = 'none'
  }

  /** After the rows changed: the end again, or the line where it was. */
  settle(): void {
    this.hostUpdated()
    const element = this.#element
    if (!element) return
    const anchor = this.#anchor
    this.#anchor = undefined
    if (this.#atEnd && this.#options.endIsNewest()) return this.toEnd()
    if (anchor?.line.isConnected) {
      const moved = anchor.line.getBoundingClientRect().top - anchor.top
      if (Math.abs(moved) >= 1) element.scrollTop += moved
    }
    element.style.overflowAnchor = ''
    this.#remember(element)
    this.#later()
  }

  #later(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.#check()
    })
  }

  #check(): void {
    const element = this.#element
    if (!element) return
    const { scrollHeight, clientHeight, scrollTop } = element
    const sameSize = scrollHeight === this.#lastHeight && clientHeight === this.#lastClient
    this.#remember(element)
    if (this.#isAtEnd(element)) this.#setAtEnd(true)
    // Where sizes changed, nobody may have moved: the end moved away, and #resized follows it.
    else if (sameSize || this.#intended()) this.#setAtEnd(false)
    if (clientHeight === 0) return
    // Not before the frame is drawn: it has enough to do.
    setTimeout(() => {
      if (!this.#element) return
      if (scrollTop < NEAR) this.#options.nearStart()
      if (scrollHeight - scrollTop - clientHeight < NEAR) this.#options.nearEnd()
      this.#options.rest()
    })
  }

  #resized(): void {
    if (this.#atEnd && !this.#intended()) this.toEnd()
    this.#later()
  }

  #isAtEnd(element: HTMLElement): boolean {
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight
    return distance <= AT_END && this.#options.endIsNewest()
  }

  #intended(): boolean {
    return performance.now() - this.#intent < INTENT_MS
  }

  #remember(element: HTMLElement): void {
    this.#lastHeight = element.scrollHeight
    this.#lastClient = element.clientHeight
  }

  #setAtEnd(atEnd: boolean): void {
    if (atEnd === this.#atEnd) return
    this.#atEnd = atEnd
    this.#options.atEndChanged()
  }
}

/** Looks at chunks first: asking a row in a chunk that is not drawn would make the browser lay it out. */
function firstVisibleLine(scroller: HTMLElement): Element | undefined {
  const top = scroller.getBoundingClientRect().top
  const below = (element: Element) => element.getBoundingClientRect().bottom > top
  const chunk = [...scroller.querySelectorAll('.chunk')].find(below)
  return chunk && [...chunk.querySelectorAll('.line')].find(below)
}
