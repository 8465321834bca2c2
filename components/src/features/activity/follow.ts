import { type Anchors, axesOf, clamp, type Position, toPosition } from './anchors.ts'
import { ancestors } from './anchors-tree.ts'
import { hearScrolling } from './scrolling.ts'
import { canScroll, markedScrollers, type Progress, scrollerOf, viewBox } from './viewport.ts'
import type { Viewport } from './viewport.ts'

/**
 * Why following ended:
 * - `own_input`: the person scrolled, touched, pressed, typed or went on with the keyboard
 * - `stopped`: by a button, a method or Esc
 * - `left`: who was followed is gone
 * - `ended`: the activity is over for this page
 */
export type FollowStop = 'own_input' | 'stopped' | 'left' | 'ended'

/** What is to be known of an activity for following; `ActivityState` of the client fits. */
export interface FollowedActivity {
  status: string
  following?: string | undefined
  participants: Readonly<
    Record<string, { username: string; state: Readonly<Record<string, unknown>> }>
  >
}

/** What of a page moves while somebody is followed: all that shows the content, or nothing around it. */
export type FollowScroll = 'page' | 'content'

export interface FollowHost {
  /** Called once for each time it was started, with the reason. */
  stopped(reason: FollowStop): void
  /** Default: `page`. */
  scroll?(): FollowScroll
  /** Whether an event is about the following itself, as a press on the button that ends it. */
  isAbout?(event: Event): boolean
}

const SCROLL_KEYS = new Set([
  ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
  ...['PageUp', 'PageDown', 'Home', 'End', ' '],
])
/** Scrolling this soon after an input is the person's, milliseconds. */
const INTENT_MS = 1000
/** A cursor that is followed stays this far from the edge, pixels. */
const MARGIN = 48

/**
 * Shows what somebody else sees: scrolls the content, and the scrollers in it that have a name, to where theirs are,
 * and on to their cursor where the content is laid out otherwise here. Never moves the focus. Any input of the
 * person's own to the content ends it.
 */
export class Follow {
  readonly #anchors: Anchors
  readonly #host: FollowHost
  #listening: AbortController | undefined
  #applied: { viewport?: unknown; cursor?: unknown } = {}
  /** Where scrollers were sent, and where they were then. */
  readonly #sent = new Map<Element, { from: Offset; to: Offset }>()
  #lastInput = -Infinity
  #hear: ((scroller: Element) => void) | undefined

  constructor(anchors: Anchors, host: FollowHost) {
    this.#anchors = anchors
    this.#host = host
  }

  get active(): boolean {
    return this.#listening !== undefined
  }

  /** Starts, goes on or ends, as the activity says. To be called whenever it has changed. */
  update(activity: FollowedActivity): void {
    const leader = activity.following ? activity.participants[activity.following] : undefined
    if (/^(idle|refused|removed|ended)$/.test(activity.status)) return this.stop('ended')
    if (!activity.following) return this.stop('stopped')
    if (!leader) return this.stop('left')
    this.#start()
    this.#apply(leader.state)
  }

  /** Ends it; nothing happens where it is not under way. */
  stop(reason: FollowStop = 'stopped'): void {
    if (!this.#listening) return
    this.#listening.abort()
    this.#listening = undefined
    this.#applied = {}
    this.#sent.clear()
    this.#host.stopped(reason)
  }

  #start(): void {
    if (this.#listening) return
    this.#lastInput = -Infinity
    const { signal } = (this.#listening = new AbortController())
    const heard = { capture: true, passive: true, signal }
    for (const type of ['wheel', 'touchstart', 'pointerdown'] as const) {
      window.addEventListener(type, (event) => this.#input(event), heard)
    }
    window.addEventListener('beforeinput', (event) => this.#typed(event), heard)
    this.#hear = hearScrolling((event) => this.#scrolled(event), signal)
    // Last of all: an Esc that closes something else is spent.
    window.addEventListener('keydown', (event) => this.#key(event), { signal })
  }

  #input(event: Event): void {
    const path = event.composedPath()
    const scroller = scrollerOf(this.#anchors.content)
    const page = this.#anchors.content.ownerDocument.documentElement
    // The bar of a scroller belongs to it and not to what is in it.
    const onBar = path[0] === scroller || path[0] === page
    const isOwn = path.includes(this.#anchors.content) && !this.#isAbout(event)
    if (isOwn || onBar) return this.stop('own_input')
    this.#lastInput = performance.now()
  }

  #typed(event: Event): void {
    if (event.composedPath().includes(this.#anchors.content)) this.stop('own_input')
  }

  #isAbout(event: Event): boolean {
    return this.#host.isAbout?.(event) ?? false
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return
    if (event.key === 'Escape') return this.stop('stopped')
    const scrolls = SCROLL_KEYS.has(event.key)
    if (!scrolls && event.key !== 'Tab') return
    const path = event.composedPath()
    const { body, documentElement } = this.#anchors.content.ownerDocument
    const nowhere = path[0] === body || path[0] === documentElement
    const within = path.includes(this.#anchors.content) && !this.#isAbout(event)
    if (within || (nowhere && scrolls)) this.stop('own_input')
    else this.#lastInput = performance.now()
  }

  /** Not on the way to where it was sent, and soon after an input: the person's, by a way that no event tells. */
  #scrolled(event: Event): void {
    const scroller = event.target instanceof Document ? event.target.scrollingElement : event.target
    if (!(scroller instanceof Element)) return
    const sent = this.#sent.get(scroller)
    if (!sent) return
    const at = offsetOf(scroller)
    // Its own scrolling only ever comes nearer.
    if (isOnTheWay(at, sent)) sent.from = at
    else if (performance.now() - this.#lastInput < INTENT_MS) this.stop('own_input')
  }

  #apply({ viewport, cursor }: Readonly<Record<string, unknown>>): void {
    const moved = this.#applied.viewport !== viewport
    if (!moved && this.#applied.cursor === cursor) return
    this.#applied = { viewport, cursor }
    const seen = toViewport(viewport)
    const targets = new Map<HTMLElement, Offset>()
    if (seen && moved) this.#toView(seen, targets)
    const position = toPosition(cursor)
    if (position) this.#toCursor(position, targets)
    const behavior = isStill() ? 'instant' : 'smooth'
    for (const [scroller, to] of targets) {
      const from = offsetOf(scroller)
      this.#sent.set(scroller, { from, to })
      this.#hear?.(scroller)
      if (Math.abs(from.left - to.left) < 1 && Math.abs(from.top - to.top) < 1) continue
      scroller.scrollTo({ ...to, behavior })
      if (behavior === 'instant') this.#sent.set(scroller, { from: to, to })
    }
  }

  #toView({ scrollers = {}, ...progress }: Viewport, targets: Map<HTMLElement, Offset>): void {
    const { content } = this.#anchors
    const scroller = scrollerOf(content)
    if (scroller === content) targets.set(content, offsetAt(content, progress))
    else if (this.#movesPage) targets.set(scroller, contentOffset(content, progress))
    for (const [name, element] of markedScrollers(content)) {
      const own = scrollers[name]
      if (own && element !== scroller) targets.set(element, offsetAt(element, own))
    }
  }

  /** The same part of the content can stand elsewhere on a narrower page: as far on as it takes to see the cursor. */
  #toCursor(position: Position, targets: Map<HTMLElement, Offset>): void {
    const point = this.#anchors.toPoint(position)
    const element = this.#anchors.elementOf(position) ?? this.#anchors.content
    if (!point) return
    for (const scroller of this.#scrollersAt(element)) {
      const now = offsetOf(scroller)
      const sent = targets.get(scroller) ?? this.#onTheWay(scroller) ?? now
      const view = viewBox(scroller)
      // Where the cursor will stand once what is under way has come to rest.
      const rest = { x: point.x - (sent.left - now.left), y: point.y - (sent.top - now.top) }
      const to = limited(scroller, {
        left: sent.left + overhang(rest.x, view.left, view.right),
        top: sent.top + overhang(rest.y, view.top, view.bottom),
      })
      point.x -= to.left - now.left
      point.y -= to.top - now.top
      if (to.left !== sent.left || to.top !== sent.top) targets.set(scroller, to)
    }
  }

  /** What may be scrolled to show an element, the innermost first. */
  *#scrollersAt(element: Element): Generator<HTMLElement> {
    const { content } = this.#anchors
    const last = this.#movesPage ? scrollerOf(content) : content
    for (const each of ancestors(element)) {
      if (each === last) break
      if (each instanceof HTMLElement && canScroll(each)) yield each
    }
    if (this.#movesPage || canScroll(last)) yield last
  }

  get #movesPage(): boolean {
    return this.#host.scroll?.() !== 'content'
  }

  #onTheWay(scroller: Element): Offset | undefined {
    const sent = this.#sent.get(scroller)
    return sent && isOnTheWay(offsetOf(scroller), sent) ? sent.to : undefined
  }
}

/** Connections that follow this one. */
export function followersOf<P extends { state: Readonly<Record<string, unknown>> }>(
  participants: Readonly<Record<string, P>>,
  connectionId: string | undefined,
): readonly P[] {
  if (connectionId === undefined) return []
  return Object.values(participants).filter(({ state }) => state['following'] === connectionId)
}

interface Offset {
  left: number
  top: number
}

const offsetOf = ({ scrollLeft, scrollTop }: Element): Offset => ({
  left: scrollLeft,
  top: scrollTop,
})

/** How far a scroller has to be scrolled for a progress. */
function offsetAt(scroller: HTMLElement, { inline, block }: Progress): Offset {
  const { vertical, inlineReversed, blockReversed } = axesOf(scroller)
  const [x, y] = vertical ? [block, inline] : [inline, block]
  const leftwards = vertical ? blockReversed : inlineReversed
  const upwards = vertical && inlineReversed
  return {
    left: x * (scroller.scrollWidth - scroller.clientWidth) * (leftwards ? -1 : 1),
    top: y * (scroller.scrollHeight - scroller.clientHeight) * (upwards ? -1 : 1),
  }
}

/** How far what is around the content has to be scrolled. */
function contentOffset(content: HTMLElement, { inline, block }: Progress): Offset {
  const scroller = scrollerOf(content)
  const box = content.getBoundingClientRect()
  const view = viewBox(scroller)
  const now = offsetOf(scroller)
  const { vertical, inlineReversed, blockReversed } = axesOf(content)
  const [x, y] = vertical ? [block, inline] : [inline, block]
  const leftwards = vertical ? blockReversed : inlineReversed
  const upwards = vertical && inlineReversed
  const hiddenX = box.width - view.width
  const hiddenY = box.height - view.height
  // What fits stays where it is.
  const left = box.left + (leftwards ? 1 - x : x) * hiddenX - view.left
  const top = box.top + (upwards ? 1 - y : y) * hiddenY - view.top
  return limited(scroller, {
    left: now.left + (hiddenX > 0 ? left : 0),
    top: now.top + (hiddenY > 0 ? top : 0),
  })
}

function limited(scroller: HTMLElement, { left, top }: Offset): Offset {
  const { vertical, inlineReversed, blockReversed } = axesOf(scroller)
  const width = scroller.scrollWidth - scroller.clientWidth
  const height = scroller.scrollHeight - scroller.clientHeight
  const leftwards = vertical ? blockReversed : inlineReversed
  const upwards = vertical && inlineReversed
  return {
    left: clamp(left, leftwards ? -width : 0, leftwards ? 0 : width),
    top: clamp(top, upwards ? -height : 0, upwards ? 0 : height),
  }
}

/** How far a point is beyond what can be seen; 0 within. */
function overhang(at: number, start: number, end: number): number {
  const margin = Math.min(MARGIN, (end - start) / 4)
  return at - clamp(at, start + margin, end - margin)
}

const between = (value: number, one: number, other: number) =>
  value >= Math.min(one, other) - 2 && value <= Math.max(one, other) + 2

const isOnTheWay = (at: Offset, { from, to }: { from: Offset; to: Offset }): boolean =>
  between(at.left, from.left, to.left) && between(at.top, from.top, to.top)

const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

const isProgress = (value: unknown): value is Progress => {
  if (typeof value !== 'object' || value === null) return false
  const { inline, block } = value as Record<string, unknown>
  return Number.isFinite(inline) && Number.isFinite(block)
}

/** What another page says it sees; `undefined` for anything else. */
function toViewport(value: unknown): Viewport | undefined {
  if (!isProgress(value)) return undefined
  const { scrollers } = value as { scrollers?: unknown }
  if (typeof scrollers !== 'object' || scrollers === null) return value
  return {
    ...value,
    scrollers: Object.fromEntries(Object.entries(scrollers).filter(([, each]) => isProgress(each))),
  }
}
