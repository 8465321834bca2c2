/** Something that stands beside, or around, an element of the page. */
export interface Mark {
  element: HTMLElement
  control: Element
  /** `around` it, or `below` it. */
  at: 'around' | 'below'
}

/** Layouts change without a word; while marks are shown they are put where they belong this often, milliseconds. */
const LOOK_AGAIN_MS = 250
/** Between a control and what stands below it, pixels. */
const GAP = 6

/** Keeps marks where their elements are, however the page moves them. */
export class RoomMarks {
  readonly #layer: () => HTMLElement | undefined
  #marks: readonly Mark[] = []
  #abort: AbortController | undefined

  /** @param layer What the marks stand in; absolute places in it begin at its corner. */
  constructor(layer: () => HTMLElement | undefined) {
    this.#layer = layer
  }

  show(marks: readonly Mark[]): void {
    this.#marks = marks
    if (marks.length === 0) return this.stop()
    this.#watch()
    this.#place()
  }

  stop(): void {
    this.#marks = []
    this.#abort?.abort()
    this.#abort = undefined
  }

  #watch(): void {
    if (this.#abort) return
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const place = () => this.#place()
    window.addEventListener('scroll', place, { capture: true, passive: true, signal })
    window.addEventListener('resize', place, { passive: true, signal })
    const timer = setInterval(place, LOOK_AGAIN_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  /** First all is read, then all is written. */
  #place(): void {
    const layer = this.#layer()
    if (!layer) return
    const origin = layer.getBoundingClientRect()
    const places = this.#marks.map((mark) => {
      const box = visibleBox(mark.control, layer)
      return { mark, box, own: mark.at === 'below' ? mark.element.getBoundingClientRect() : origin }
    })
    for (const { mark, box, own } of places) {
      const { element, at } = mark
      const style: Partial<CSSStyleDeclaration> = { visibility: box ? '' : 'hidden' }
      if (box) {
        const left = box.left - origin.left
        const top = box.top - origin.top
        style.width = at === 'around' ? `${box.width}px` : ''
        style.height = at === 'around' ? `${box.height}px` : ''
        const reach = Math.max(origin.width - own.width, 0)
        const rightToLeft = getComputedStyle(mark.control).direction === 'rtl'
        const start = rightToLeft ? left + box.width - own.width : left
        style.left = `${at === 'around' ? left : Math.min(Math.max(start, 0), reach)}px`
        style.top = `${at === 'around' ? top : top + box.height + GAP}px`
      }
      for (const [name, value] of Object.entries(style)) {
        if (element.style[name as 'left'] !== value) element.style[name as 'left'] = String(value)
      }
    }
  }
}

/** The box of an element; none where a scroller around it has it out of view. */
function visibleBox(element: Element, layer: HTMLElement): DOMRect | undefined {
  const box = element.getBoundingClientRect()
  if (box.width === 0 && box.height === 0) return undefined
  const middle = box.top + box.height / 2
  const across = box.left + box.width / 2
  const root = (layer.getRootNode() as ShadowRoot).host
  for (let each = element.parentElement; each && each !== root; each = each.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(each)
    if (overflowX === 'visible' && overflowY === 'visible') continue
    const view = each.getBoundingClientRect()
    if (middle < view.top || middle > view.bottom) return undefined
    if (across < view.left || across > view.right) return undefined
  }
  return box
}
