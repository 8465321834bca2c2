import { ancestors, findDeep, hitTest } from './anchors-tree.ts'

/** A place on the screen in CSS pixels of the viewport, as `clientX` and `clientY` of events. */
export interface Point {
  x: number
  y: number
}

export interface Box extends Point {
  width: number
  height: number
}

/**
 * A place in the content, the same at any width, zoom and direction of writing: fractions of the box of the element
 * with this `data-collab-anchor`, or of the content's box, along the direction of its lines and across them.
 */
export interface Position {
  anchor?: string
  inline: number
  block: number
}

/** How an app whose content is not made of elements, as a canvas, finds places itself. */
export interface CustomPlaces {
  /** Where a position is now; `null`: not on this page. Without an answer the element finds it. */
  toPoint?: ((position: Position) => Point | null | undefined) | undefined
  /** The position of a point; `null`: none. Without an answer the element finds it. */
  fromPoint?: ((point: Point) => Position | null | undefined) | undefined
}

/** How lines run in an element. */
export interface Axes {
  /** Whether lines run from top to bottom or back. */
  vertical: boolean
  /** Whether lines run towards the left or the top. */
  inlineReversed: boolean
  /** Whether the next line is on the left. */
  blockReversed: boolean
}

/** An element as positions see it: its box, or the boxes of its lines where it runs over several. */
export interface Place {
  lines: readonly Box[]
  axes: Axes
}

/** Attribute of the elements that positions refer to. Its value is unique in the content. */
export const ANCHOR = 'data-collab-anchor'

/** Finds the elements that positions refer to, and what is under a point. */
export class Anchors {
  readonly content: HTMLElement
  readonly #custom: () => CustomPlaces
  readonly #found = new Map<string, Element>()
  /** When a name was looked for in vain. */
  readonly #missed = new Map<string, number>()

  /**
   * @param content What positions without an anchor refer to; anchors are looked for in it, also in open shadow roots.
   * @param custom Asked first, anew at each call.
   */
  constructor(content: HTMLElement, custom: () => CustomPlaces = () => ({})) {
    this.content = content
    this.#custom = custom
  }

  /** Position of a point; `null` where it is not over the content, but over something that covers it. */
  fromPoint(point: Point): Position | null {
    const own = this.#custom().fromPoint?.(point)
    if (own !== undefined) return own
    const hit = hitTest(this.content.ownerDocument, point)
    if (!hit) return null
    let anchor: Element | undefined
    for (const element of ancestors(hit)) {
      if (!anchor && element.getAttribute(ANCHOR) && isDrawn(element)) anchor = element
      if (element !== this.content) continue
      const place = placeOf(anchor ?? element, this.content)
      const name = anchor?.getAttribute(ANCHOR)
      return place && { ...(name && { anchor: name }), ...positionIn(place, point) }
    }
    return null
  }

  /**
   * Where a position is now; `null` where its anchor is not on this page or not shown.
   *
   * @param places Remembers what is measured: for as long as nothing has moved nothing is measured twice.
   */
  toPoint(position: Position, places = new Map<Element, Place | null>()): Point | null {
    const own = this.#custom().toPoint?.(position)
    if (own !== undefined) return own
    const element = this.elementOf(position)
    if (!element) return null
    let place = places.get(element)
    if (place === undefined) places.set(element, (place = placeOf(element, this.content)))
    return place && pointIn(place, position)
  }

  /** The element that a position refers to. */
  elementOf({ anchor }: Position): Element | undefined {
    if (anchor === undefined) return this.content
    const known = this.#found.get(anchor)
    if (known?.isConnected && known.getAttribute(ANCHOR) === anchor) return known
    this.#found.delete(anchor)
    const now = performance.now()
    if (now - (this.#missed.get(anchor) ?? -Infinity) < SEARCH_AGAIN_MS) return undefined
    const element = findDeep(this.content, `[${ANCHOR}="${CSS.escape(anchor)}"]`)
    // Names come from other pages: the memory of them stays small.
    if (this.#missed.size > 200) this.#missed.clear()
    if (element) this.#found.set(anchor, element)
    else this.#missed.set(anchor, now)
    return element
  }

  /** Looks again for what was not found before. */
  forget(): void {
    this.#missed.clear()
  }
}

/** A name that is not on this page is looked for again after this time, milliseconds. */
const SEARCH_AGAIN_MS = 500

/** What another page says a position is; `null` for anything else. */
export function toPosition(value: unknown): Position | null {
  if (typeof value !== 'object' || value === null) return null
  const { anchor, inline, block } = value as Record<string, unknown>
  if (!Number.isFinite(inline) || !Number.isFinite(block)) return null
  const numbers = { inline: inline as number, block: block as number }
  if (anchor === undefined) return numbers
  return typeof anchor === 'string' && anchor.length <= 256 ? { anchor, ...numbers } : null
}

export const isSamePosition = (one: Position | null, other: Position | null): boolean =>
  one === other ||
  (one !== null &&
    other !== null &&
    one.anchor === other.anchor &&
    one.inline === other.inline &&
    one.block === other.block)

/** How lines run in an element. */
export function axesOf(element: Element): Axes {
  const { writingMode, direction } = getComputedStyle(element)
  return {
    vertical: !writingMode.startsWith('horizontal'),
    inlineReversed: (direction === 'rtl') !== (writingMode === 'sideways-lr'),
    blockReversed: writingMode.endsWith('-rl'),
  }
}

/** The position of a point in a place; outside of it below 0 or above 1. */
export function positionIn({ lines, axes }: Place, point: Point): Omit<Position, 'anchor'> {
  const spans = lines.map((line) => toLogical(line, axes))
  const at = toLogicalPoint(point, axes)
  let line = 0
  for (const [index, span] of spans.entries()) {
    if (distance(span, at) < distance(spans[line] ?? span, at)) line = index
  }
  const total = spans.reduce((sum, { length }) => sum + length, 0)
  const before = spans.slice(0, line).reduce((sum, { length }) => sum + length, 0)
  const { start, length, over, depth } = spans[line] ?? NOWHERE
  const along = at.inline - start
  return {
    inline: fraction(before + (spans.length > 1 ? clamp(along, 0, length) : along), total),
    block: fraction(at.block - over, depth),
  }
}

/** The point of a position in a place. */
export function pointIn({ lines, axes }: Place, { inline, block }: Position): Point {
  const spans = lines.map((line) => toLogical(line, axes))
  const total = spans.reduce((sum, { length }) => sum + length, 0)
  let rest = inline * total
  let line = 0
  while (line < spans.length - 1 && rest > (spans[line]?.length ?? 0)) {
    rest -= spans[line++]?.length ?? 0
  }
  const { start, over, depth } = spans[line] ?? NOWHERE
  return fromLogicalPoint({ inline: start + rest, block: over + block * depth }, axes)
}

/** An element's place now; `null` where it is not shown. Reads the layout. */
export function placeOf(element: Element, content: Element): Place | null {
  if (element === content) return { lines: [contentBox(element)], axes: axesOf(element) }
  const [first, ...more] = element.getClientRects()
  if (!first) return null
  // Only what stands in lines is broken into lines: a block in several columns is taken as one.
  const inLines = more.length > 0 && getComputedStyle(element).display === 'inline'
  const lines = inLines ? [first, ...more] : [element.getBoundingClientRect()]
  return { lines, axes: axesOf(element) }
}

const isDrawn = (element: Element): boolean => element.getClientRects().length > 0

/** The box of the content: all of it where it scrolls, not only what can be seen. */
export function contentBox(element: Element): Box {
  const { x, y, width, height } = element.getBoundingClientRect()
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = element
  if (element === element.ownerDocument.documentElement) {
    // Its own box is that of the page already, but for what sticks out of it.
    const scale = width / ((element as HTMLElement).offsetWidth || 1)
    return { x, y, width, height: Math.max(height, scrollHeight * scale) }
  }
  const { overflowX, overflowY } = getComputedStyle(element)
  const isScroller = [overflowX, overflowY].some((each) => /auto|scroll|hidden/.test(each))
  if (!isScroller) return { x, y, width, height }
  const scaleX = width / ((element as HTMLElement).offsetWidth || 1)
  const scaleY = height / ((element as HTMLElement).offsetHeight || 1)
  const { vertical, inlineReversed, blockReversed } = axesOf(element)
  // A scroller begins where its lines do, and what is before that has negative offsets.
  const hiddenX = (vertical ? blockReversed : inlineReversed) ? scrollWidth - clientWidth : 0
  const hiddenY = vertical && inlineReversed ? scrollHeight - clientHeight : 0
  return {
    x: x + (element.clientLeft - hiddenX - element.scrollLeft) * scaleX,
    y: y + (element.clientTop - hiddenY - element.scrollTop) * scaleY,
    width: scrollWidth * scaleX,
    height: scrollHeight * scaleY,
  }
}

/** A box in its own axes, each rising in the direction of reading. */
interface Span {
  start: number
  length: number
  over: number
  depth: number
}

const NOWHERE: Span = { start: 0, length: 0, over: 0, depth: 0 }

function toLogical({ x, y, width, height }: Box, axes: Axes): Span {
  const { vertical, inlineReversed, blockReversed } = axes
  const [start, length] = vertical ? [y, height] : [x, width]
  const [over, depth] = vertical ? [x, width] : [y, height]
  return {
    start: inlineReversed ? -(start + length) : start,
    length,
    over: blockReversed ? -(over + depth) : over,
    depth,
  }
}

function toLogicalPoint({ x, y }: Point, axes: Axes): { inline: number; block: number } {
  const [inline, block] = axes.vertical ? [y, x] : [x, y]
  return {
    inline: axes.inlineReversed ? -inline : inline,
    block: axes.blockReversed ? -block : block,
  }
}

function fromLogicalPoint(at: { inline: number; block: number }, axes: Axes): Point {
  const inline = axes.inlineReversed ? -at.inline : at.inline
  const block = axes.blockReversed ? -at.block : at.block
  return axes.vertical ? { x: block, y: inline } : { x: inline, y: block }
}

function distance(span: Span, { inline, block }: { inline: number; block: number }): number {
  const aside = inline - clamp(inline, span.start, span.start + span.length)
  const across = block - clamp(block, span.over, span.over + span.depth)
  return Math.hypot(aside, across)
}

/** Five digits: a tenth of a pixel in ten thousand. */
const fraction = (part: number, whole: number): number =>
  whole > 0 ? Math.round((part / whole) * 1e5) / 1e5 : 0

export const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(value, most))
