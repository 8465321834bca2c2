import { personColour } from '../../kit/person.ts'
import type { Point, Position } from './anchors.ts'
import { type Clip, clampedTo } from './cursor-layer-view.ts'

/** Somebody whose cursor is drawn. */
export interface CursorPerson {
  username: string
  displayName: string
}

/** Draws a cursor in the page's own way into this element; `false`: as the kit does. */
export type DrawCursor = (person: CursorPerson, container: HTMLElement) => boolean

/** How long a cursor takes to a new place, milliseconds: a little more than the time between two samples. */
export const GLIDE_MS = 100

/** The cursor of a person, as it is drawn. */
export class Figure {
  readonly element: HTMLElement = document.createElement('div')
  /** What comes next; taken over with the next frame. */
  fresh: Position | undefined
  position: Position | undefined
  movedAt = 0
  #person: CursorPerson | undefined
  #label: HTMLElement | undefined
  #labelSize: { width: number; height: number } | undefined
  #target: Point | undefined
  #clips: readonly Clip[] = []
  /** How far from the target it was when it set out. */
  #offset: Point = { x: 0, y: 0 }
  #since = -Infinity
  readonly #written: Record<string, string> = {}

  constructor(username: string) {
    this.element.className = `cursor person-${personColour(username)}`
    this.element.setAttribute('part', 'cursor')
    this.#mark('off', '')
  }

  /** @param again Whether it is drawn anew in any case. */
  show(person: CursorPerson, draw: DrawCursor | undefined, again: boolean): void {
    if (!again && this.#person?.displayName === person.displayName) return
    this.#person = person
    this.#labelSize = undefined
    if (draw?.(person, this.element)) {
      this.#label = undefined
      return
    }
    this.#label = document.createElement('bdi')
    this.#label.className = 'label'
    this.#label.setAttribute('part', 'label')
    this.#label.textContent = person.displayName
    this.element.replaceChildren(shape('pointer', POINTER), shape('chevron', CHEVRON), this.#label)
  }

  /** Reads what only the layout knows. */
  measure(): void {
    if (!this.#label || this.#labelSize?.width) return
    this.#labelSize = { width: this.#label.offsetWidth, height: this.#label.offsetHeight }
  }

  /**
   * Where it belongs now; `null`: nowhere.
   *
   * @param glideAt The time of the frame from which on it glides there; without one it goes with the layout.
   */
  place(spot: { point: Point; clips: readonly Clip[] } | null, glideAt?: number): void {
    const before = this.#target && this.#drawnAt(glideAt ?? this.#since)
    this.#target = spot?.point
    this.#clips = spot?.clips ?? []
    if (glideAt === undefined || !spot) return
    // Whoever just came is there at once.
    this.#offset = before
      ? { x: before.x - spot.point.x, y: before.y - spot.point.y }
      : { x: 0, y: 0 }
    this.#since = glideAt
  }

  /** No way left to go. */
  arrive(): void {
    this.#since = -Infinity
  }

  /** @returns whether it moves on. */
  draw(now: number): boolean {
    const moving = now - this.#since < GLIDE_MS
    const [view] = this.#clips.slice(-1)
    const seen = this.#target !== undefined && view !== undefined && view.right > view.left
    const visible = seen && view.bottom > view.top
    this.#mark('off', visible ? undefined : '')
    if (!visible) return false
    const at = this.#drawnAt(now)
    const { point, edge } = clampedTo(this.#clips, at)
    // Half pixels only while it moves: a name is sharp on whole ones.
    const digits = moving ? 1 : 0
    const translate = `${point.x.toFixed(digits)}px ${point.y.toFixed(digits)}px`
    if (this.#written['translate'] !== translate) {
      this.element.style.translate = this.#written['translate'] = translate
    }
    this.#mark('edge', edge)
    if (!this.#labelSize) return moving
    const { width, height } = this.#labelSize
    const beyondX = isBeyond(point.x, width + 18, [view.left, view.right])
    const beyondY = !edge && isBeyond(point.y, height + 20, [view.top, view.bottom])
    this.#mark('flipX', beyondX ? '' : undefined)
    this.#mark('flipY', beyondY ? '' : undefined)
    return moving
  }

  set idle(idle: boolean) {
    this.#mark('idle', idle ? '' : undefined)
  }

  #drawnAt(now: number): Point {
    const { x, y } = this.#target ?? { x: 0, y: 0 }
    const rest = Math.max(0, Math.min(1, 1 - (now - this.#since) / GLIDE_MS))
    return { x: x + this.#offset.x * rest, y: y + this.#offset.y * rest }
  }

  #mark(name: string, value: string | undefined): void {
    if (this.#written[name] === value) return
    if (value === undefined) {
      delete this.#written[name]
      delete this.element.dataset[name]
    } else this.element.dataset[name] = this.#written[name] = value
  }
}

/** Whether there is no room after a place, but before it. */
const isBeyond = (at: number, size: number, [start, end]: [number, number]): boolean =>
  at + size > end && at - size >= start

const POINTER =
  'M3.2 2.6 19.6 9.3a1 1 0 0 1-.1 1.9l-6.3 1.7a1.5 1.5 0 0 0-1 1l-2 6.2a1 1 0 0 1-1.9 0L2 3.9a1 1 0 0 1 1.2-1.3z'
const CHEVRON =
  'M11 3.2a1.6 1.6 0 0 1 1.3.7l7.2 10.4a1.6 1.6 0 0 1-2 2.3L11 13.4l-6.5 3.2a1.6 1.6 0 0 1-2-2.3L9.7 3.9a1.6 1.6 0 0 1 1.3-.7z'

const SVG = 'http://www.w3.org/2000/svg'

function shape(name: 'pointer' | 'chevron', outline: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 22 22')
  svg.setAttribute('class', name)
  svg.setAttribute('part', 'pointer')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', outline)
  svg.append(path)
  return svg
}
