import { painted } from './paint.ts'

export interface Drifts {
  /** Updates that put rows before those in sight or took some away, and how far the first line in sight moved at most. */
  updates: number
  updateMost: number
  /** Turns of the wheel that were not cut short by an edge, and how far off the line was at most afterwards. */
  turns: number
  turnMost: number
  /** Turns with a line more than 2 px off. */
  turnsOff: number
  /** Turns that reached an edge: there was nothing more to scroll to. */
  cut: number
}

interface Mark {
  line: Element
  top: number
  scrollTop: number
  /** How far it goes down from there. */
  left: number
}

/** Measures how far the line that is being read moves without being scrolled. */
export class Drift {
  readonly #scroller: HTMLElement
  readonly #drifts: Drifts = {
    updates: 0,
    updateMost: 0,
    turns: 0,
    turnMost: 0,
    turnsOff: 0,
    cut: 0,
  }
  #mark: Mark | undefined

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller
    this.#mark = this.#look()
  }

  drifts(): Drifts {
    return this.#drifts
  }

  /** Around an update of the element: what is in sight stands where it stood. */
  around(update: () => void): void {
    const before = this.#look()
    const [first, last] = this.#ends()
    update()
    const [nowFirst, nowLast] = this.#ends()
    if (!before || (first === nowFirst && last === nowLast)) return
    this.#drifts.updates++
    const moved = before.line.isConnected
      ? Math.abs(before.line.getBoundingClientRect().top - before.top)
      : Infinity
    this.#drifts.updateMost = Math.max(this.#drifts.updateMost, moved)
  }

  /** After the wheel was turned: everything has come to rest, and the line is where the wheel brought it. */
  async turned(deltaY: number): Promise<void> {
    const { scroller, mark } = { scroller: this.#scroller, mark: this.#mark }
    let before = Number.NaN
    for (let same = 0; same < 2;) {
      await painted()
      const top = mark?.line.getBoundingClientRect().top ?? scroller.scrollTop
      same = top === before && top !== mark?.top ? same + 1 : 0
      // At an edge nothing moves at all.
      if (top === before && mark && (deltaY < 0 ? mark.scrollTop : mark.left) < 1) same = 2
      before = top
    }
    if (mark) this.#judge(mark, deltaY)
    this.#mark = this.#look()
  }

  #judge(mark: Mark, deltaY: number): void {
    if (mark.scrollTop + deltaY < 0 || deltaY > mark.left) {
      this.#drifts.cut++
      return
    }
    const off = mark.line.isConnected
      ? Math.abs(mark.line.getBoundingClientRect().top - mark.top + deltaY)
      : Infinity
    this.#drifts.turns++
    this.#drifts.turnMost = Math.max(this.#drifts.turnMost, off)
    if (off > 2) this.#drifts.turnsOff++
  }

  /** The first line in sight; chunks first, as asking in one that is not drawn makes the browser lay it out. */
  #look(): Mark | undefined {
    const { top: edge } = this.#scroller.getBoundingClientRect()
    const below = (element: Element) => element.getBoundingClientRect().bottom > edge
    const chunk = [...this.#scroller.querySelectorAll('.chunk')].find(below)
    const line = chunk && [...chunk.querySelectorAll('.line')].find(below)
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller
    const left = scrollHeight - clientHeight - scrollTop
    return line && { line, top: line.getBoundingClientRect().top, scrollTop, left }
  }

  #ends(): [unknown, unknown] {
    const chunks = this.#scroller.querySelectorAll('.chunk')
    return [chunks[0], chunks[chunks.length - 1]]
  }
}
