import { type Anchors, isSamePosition, type Point, type Position } from './anchors.ts'
import { Pace } from './pace.ts'

/** Least time between two positions, milliseconds: at most 15 a second. */
export const POINTER_GAP_MS = 1000 / 15

/**
 * Where the pointer of this page is, for others: sent while it moves over the content, `null` once it has left, the
 * finger is lifted, or the page is not the one in use any more.
 */
export class PointerSampler {
  readonly #anchors: Anchors
  readonly #pace: Pace<Position | null>
  #point: Point | undefined
  #listening: AbortController | undefined

  /** @param send Called with every new position, and with `null` only after one. */
  constructor(anchors: Anchors, send: (position: Position | null) => void) {
    this.#anchors = anchors
    let shown = false
    this.#pace = new Pace({
      gapMs: POINTER_GAP_MS,
      read: () => (this.#point ? anchors.fromPoint(this.#point) : null),
      isSame: isSamePosition,
      send: (position) => {
        if (!position && !shown) return
        shown = position !== null
        send(position)
      },
    })
  }

  start(): void {
    if (this.#listening) return
    const { content } = this.#anchors
    const { signal } = (this.#listening = new AbortController())
    const passive = { passive: true, signal }
    const seen = ({ clientX, clientY }: PointerEvent) => {
      this.#point = { x: clientX, y: clientY }
      this.#pace.touch()
    }
    const lifted = ({ pointerType }: PointerEvent) => {
      if (pointerType !== 'mouse') this.#left()
    }
    content.addEventListener('pointermove', seen, passive)
    content.addEventListener('pointerdown', seen, passive)
    content.addEventListener('pointerleave', () => this.#left(), passive)
    content.addEventListener('pointerup', lifted, passive)
    content.addEventListener('pointercancel', lifted, passive)
    // What is under a resting pointer is another place after scrolling.
    const moved = () => this.#point && this.#pace.touch()
    window.addEventListener('scroll', moved, { capture: true, ...passive })
    window.addEventListener('resize', moved, passive)
    window.addEventListener('blur', () => this.#gone(), passive)
    window.addEventListener('pagehide', () => this.#gone(), passive)
    const { ownerDocument } = content
    const hidden = () => ownerDocument.hidden && this.#gone()
    ownerDocument.addEventListener('visibilitychange', hidden, passive)
  }

  /** Tells that the pointer is nowhere, and listens no more. */
  stop(): void {
    if (!this.#listening) return
    this.#listening.abort()
    this.#listening = undefined
    this.#gone()
  }

  #left(): void {
    this.#point = undefined
    this.#pace.touch()
  }

  /** At once: the timers of a page that is not in front may rest. */
  #gone(): void {
    this.#point = undefined
    this.#pace.flush()
  }
}
