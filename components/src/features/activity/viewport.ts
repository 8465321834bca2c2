import { axesOf, clamp, contentBox } from './anchors.ts'
import { ancestors, findAllDeep } from './anchors-tree.ts'
import { Pace } from './pace.ts'
import { hearScrolling } from './scrolling.ts'

/** How far something is scrolled along its lines and across them: 0 at its start, 1 at its end. */
export interface Progress {
  inline: number
  block: number
}

/**
 * What of the content is in view. Whoever sees its start has 0, whoever sees its end 1, on a telephone as on a wide
 * screen; in between the part f of the content stands at the part f of the view.
 */
export interface Viewport extends Progress {
  /** By the names in `data-collab-scroll`. */
  scrollers?: Record<string, Progress>
}

/** Attribute of scrollers in the content that others follow; its value is their name. */
export const SCROLLER = 'data-collab-scroll'

/** Least time between two reports, milliseconds: at most 5 a second. */
export const VIEWPORT_GAP_MS = 200

/** Tells what of the content is in view, whenever that has changed. */
export class ViewportSampler {
  readonly #content: HTMLElement
  readonly #pace: Pace<Viewport>
  #listening: AbortController | undefined
  #observer: ResizeObserver | undefined

  constructor(content: HTMLElement, send: (viewport: Viewport) => void) {
    this.#content = content
    this.#pace = new Pace({
      gapMs: VIEWPORT_GAP_MS,
      read: () => viewportOf(content),
      isSame: (one, other) => JSON.stringify(one) === JSON.stringify(other),
      send,
    })
  }

  start(): void {
    if (this.#listening) return
    const touch = () => this.#pace.touch()
    const { signal } = (this.#listening = new AbortController())
    const passive = { passive: true, signal }
    const hear = hearScrolling(touch, signal)
    hear(scrollerOf(this.#content))
    for (const each of markedScrollers(this.#content).values()) hear(each)
    window.addEventListener('resize', touch, passive)
    this.#observer = new ResizeObserver(touch)
    this.#observer.observe(this.#content)
    touch()
  }

  stop(): void {
    this.#listening?.abort()
    this.#listening = undefined
    this.#observer?.disconnect()
    this.#pace.clear()
    this.#pace.forget()
  }

  /** Tells it again: who joined anew sees nothing for the others. */
  repeat(): void {
    this.#pace.forget()
    if (this.#listening) this.#pace.touch()
  }
}

/** What of the content is in view now. Reads the layout. */
export function viewportOf(content: HTMLElement): Viewport {
  const scrollers: Record<string, Progress> = {}
  for (const [name, scroller] of markedScrollers(content)) scrollers[name] = progressOf(scroller)
  const named = Object.keys(scrollers).length > 0
  return { ...contentProgress(content), ...(named && { scrollers }) }
}

/** The scrollers with a name, the first of each. */
export function markedScrollers(content: HTMLElement): Map<string, HTMLElement> {
  const found = new Map<string, HTMLElement>()
  for (const element of findAllDeep(content, `[${SCROLLER}]`)) {
    const name = element.getAttribute(SCROLLER) || 'main'
    if (element instanceof HTMLElement && !found.has(name)) found.set(name, element)
  }
  return found
}

/** What scrolls the content: itself, or the nearest around it that does. */
export function scrollerOf(content: HTMLElement): HTMLElement {
  const { scrollingElement, documentElement } = content.ownerDocument
  const page = scrollingElement instanceof HTMLElement ? scrollingElement : documentElement
  for (const element of ancestors(content)) {
    if (element === page || element === documentElement) break
    if (element instanceof HTMLElement && canScroll(element)) return element
  }
  return page
}

/** Whether people can scroll it, and there is something to scroll. */
export function canScroll(element: HTMLElement): boolean {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = element
  const { overflowX, overflowY } = getComputedStyle(element)
  return (
    (scrollWidth > clientWidth && /auto|scroll/.test(overflowX)) ||
    (scrollHeight > clientHeight && /auto|scroll/.test(overflowY))
  )
}

function progressOf(scroller: HTMLElement): Progress {
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = scroller
  // Offsets are negative where reading begins at the right or the bottom.
  const x = share(Math.abs(scrollLeft), scrollWidth - clientWidth)
  const y = share(Math.abs(scrollTop), scrollHeight - clientHeight)
  return axesOf(scroller).vertical ? { inline: y, block: x } : { inline: x, block: y }
}

function contentProgress(content: HTMLElement): Progress {
  const scroller = scrollerOf(content)
  if (scroller === content) return progressOf(content)
  const { x, y, width, height } = contentBox(content)
  const view = viewBox(scroller)
  const { vertical, inlineReversed, blockReversed } = axesOf(content)
  const [leftwards, upwards] = vertical
    ? [blockReversed, inlineReversed]
    : [inlineReversed, blockReversed]
  const across = share(leftwards ? x + width - view.x - view.width : view.x - x, width - view.width)
  const down = share(upwards ? y + height - view.y - view.height : view.y - y, height - view.height)
  return vertical ? { inline: down, block: across } : { inline: across, block: down }
}

/** What a scroller shows of what is in it, in pixels of the viewport. */
export function viewBox(scroller: HTMLElement): DOMRect {
  const { ownerDocument, offsetWidth, offsetHeight, clientLeft, clientTop } = scroller
  const { clientWidth, clientHeight } = scroller
  if (scroller === ownerDocument.scrollingElement || scroller === ownerDocument.documentElement) {
    const { documentElement } = ownerDocument
    return new DOMRect(0, 0, documentElement.clientWidth, documentElement.clientHeight)
  }
  const { x, y, width, height } = scroller.getBoundingClientRect()
  const scaleX = width / (offsetWidth || 1)
  const scaleY = height / (offsetHeight || 1)
  return new DOMRect(
    x + clientLeft * scaleX,
    y + clientTop * scaleY,
    clientWidth * scaleX,
    clientHeight * scaleY,
  )
}

/** Four digits: what a page of a hundred screens needs. */
const share = (part: number, whole: number): number =>
  whole > 0 ? Math.round(clamp(part / whole, 0, 1) * 1e4) / 1e4 : 0
