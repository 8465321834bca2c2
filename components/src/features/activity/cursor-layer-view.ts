import { type Anchors, type Box, type Place, type Point, type Position } from './anchors.ts'
import { ancestors, parentOf } from './anchors-tree.ts'
import { viewBox } from './viewport.ts'

/** What can be seen of something, in pixels of the overlay. */
export interface Clip {
  left: number
  top: number
  right: number
  bottom: number
}

export type Edge = 'left' | 'right' | 'top' | 'bottom'

/** Marks of what is out of view stay this far from the edge, pixels. */
const EDGE = 14

/**
 * How the layout is at a moment, as far as cursors need it: measured when first asked for, and remembered until the
 * layout has changed.
 */
export class CursorView {
  readonly #anchors: Anchors
  readonly #overlay: HTMLElement
  readonly #ruler: HTMLElement
  #places = new Map<Element, Place | null>()
  #clips = new Map<Element, Clip>()
  /** What hides parts of an element, from the inside out; styles change less often than the layout. */
  #clippers = new Map<Element, readonly HTMLElement[]>()
  #origin: Box = { x: 0, y: 0, width: 1, height: 1 }
  #total: Clip = { left: 0, top: 0, right: 0, bottom: 0 }
  #shift: Point = { x: 0, y: 0 }
  #measuredAt = -Infinity
  /** Called with everything that cursors may scroll in. */
  found: ((clipper: HTMLElement) => void) | undefined

  constructor(anchors: Anchors, overlay: HTMLElement) {
    this.#anchors = anchors
    this.#overlay = overlay
    this.#ruler = document.createElement('i')
    this.#ruler.className = 'ruler'
    overlay.style.translate = ''
    overlay.replaceChildren(this.#ruler)
  }

  /** How old what is remembered is, milliseconds. */
  age(now: number): number {
    return now - this.#measuredAt
  }

  /** @param stylesToo Whether other things than offsets of scrolling may have changed. */
  measure(now: number, stylesToo: boolean): void {
    this.#measuredAt = now
    this.#places = new Map()
    this.#clips = new Map()
    if (stylesToo) {
      this.#clippers = new Map()
      // What shrank would not be seen to: the overlay would hold the old end of it.
      if (this.#shift.x || this.#shift.y) this.#moveTo({ x: 0, y: 0 })
    }
    const { content } = this.#anchors
    const box = this.#ruler.getBoundingClientRect()
    const scale = { x: box.width / 1000 || 1, y: box.height / 1000 || 1 }
    const shift = { x: content.scrollLeft, y: content.scrollTop }
    this.#origin = {
      // The overlay is about to be moved along.
      x: box.x + (shift.x - this.#shift.x) * scale.x,
      y: box.y + (shift.y - this.#shift.y) * scale.y,
      width: scale.x,
      height: scale.y,
    }
    const { clientWidth, clientHeight } = this.#overlay
    const all = this.#clippersOf(parentOf(content)).map((each) => this.#clipOf(each))
    this.#total = all.reduce(intersection, {
      left: 0,
      top: 0,
      right: clientWidth,
      bottom: clientHeight,
    })
    this.#total = intersection(this.#total, this.#toClip(screenBox(content.ownerDocument)))
    this.#moveTo(shift)
  }

  /** Where a position is in the overlay, and what hides it there, the whole view last. */
  spotOf(position: Position): { point: Point; clips: readonly Clip[] } | null {
    const point = this.#anchors.toPoint(position, this.#places)
    if (!point) return null
    const element = this.#anchors.elementOf(position)
    const clippers = element && element !== this.#anchors.content ? this.#clippersOf(element) : []
    return {
      point: this.#toLocal(point),
      clips: [...clippers.map((each) => this.#clipOf(each)), this.#total],
    }
  }

  #moveTo(shift: Point): void {
    if (shift.x === this.#shift.x && shift.y === this.#shift.y) return
    this.#shift = shift
    this.#overlay.style.translate = shift.x || shift.y ? `${shift.x}px ${shift.y}px` : ''
  }

  /** Up to the content, or from what is around it up to the page. */
  #clippersOf(element: Element | null): readonly HTMLElement[] {
    if (!element) return []
    const known = this.#clippers.get(element)
    if (known) return known
    const found: HTMLElement[] = []
    const { documentElement, body } = element.ownerDocument
    for (const each of ancestors(element)) {
      if (each === this.#anchors.content || each === body || each === documentElement) break
      if (each instanceof HTMLElement && hides(each)) found.push(each)
    }
    this.#clippers.set(element, found)
    if (this.found) for (const each of found) this.found(each)
    return found
  }

  #clipOf(element: HTMLElement): Clip {
    const known = this.#clips.get(element)
    if (known) return known
    const clip = this.#toClip(viewBox(element))
    this.#clips.set(element, clip)
    return clip
  }

  #toLocal({ x, y }: Point): Point {
    const { x: left, y: top, width, height } = this.#origin
    return { x: (x - left) / width, y: (y - top) / height }
  }

  #toClip({ x, y, width, height }: Box): Clip {
    const start = this.#toLocal({ x, y })
    const end = this.#toLocal({ x: x + width, y: y + height })
    return { left: start.x, top: start.y, right: end.x, bottom: end.y }
  }
}

/** A point within what can be seen, and at which edge it stands where it would be outside. */
export function clampedTo(
  clips: readonly Clip[],
  { x, y }: Point,
): { point: Point; edge: Edge | undefined } {
  const point = { x, y }
  let edge: Edge | undefined
  for (const { left, top, right, bottom } of clips) {
    const beyond = Math.max(left - point.x, point.x - right, top - point.y, point.y - bottom)
    if (beyond <= 0) continue
    if (beyond === left - point.x) edge = 'left'
    else if (beyond === point.x - right) edge = 'right'
    else edge = beyond === top - point.y ? 'top' : 'bottom'
    const insetX = Math.min(EDGE, (right - left) / 2)
    const insetY = Math.min(EDGE, (bottom - top) / 2)
    point.x = Math.max(left + insetX, Math.min(point.x, right - insetX))
    point.y = Math.max(top + insetY, Math.min(point.y, bottom - insetY))
  }
  return { point, edge }
}

function hides(element: HTMLElement): boolean {
  const { overflowX, overflowY, display } = getComputedStyle(element)
  return display !== 'contents' && (overflowX !== 'visible' || overflowY !== 'visible')
}

/** The part of the page that the screen shows; less than the window where somebody has pinched to enlarge it. */
function screenBox(document: Document): Box {
  const { clientWidth, clientHeight } = document.documentElement
  const visual = document.defaultView?.visualViewport
  if (!visual || visual.scale === 1) return { x: 0, y: 0, width: clientWidth, height: clientHeight }
  const { offsetLeft: x, offsetTop: y, width, height } = visual
  return { x, y, width, height }
}

const intersection = (one: Clip, other: Clip): Clip => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
})
