import { isSamePosition, type Position } from './anchors.ts'

/** A connection of somebody, and where its pointer is. */
export interface Pointing {
  connectionId: string
  username: string
  /** What the person is called. */
  name: string
  /** `null`: not over the content. */
  position: Position | null
}

interface Known extends Pointing {
  /** When it moved last, as `performance.now()`. */
  movedAt: number
}

/** Whose cursors are drawn: of each person one, and of many people those that move. */
export class Crowd {
  #known = new Map<string, Known>()

  /** Takes over who is there now. */
  update(all: readonly Pointing[], now: number): void {
    const before = this.#known
    this.#known = new Map()
    for (const each of all) {
      const known = before.get(each.connectionId)
      const still = known && isSamePosition(known.position, each.position)
      this.#known.set(each.connectionId, { ...each, movedAt: still ? known.movedAt : now })
    }
  }

  /**
   * The pointer of each person that moved last. Where there are more than `max`, those who moved within `idleMs` come
   * first, and among them those who are drawn already.
   */
  choose(max: number, idleMs: number, isDrawn: (username: string) => boolean): Known[] {
    const people = new Map<string, Known>()
    for (const each of this.#known.values()) {
      const other = people.get(each.username)
      if (each.position && !(other && other.movedAt > each.movedAt)) people.set(each.username, each)
    }
    const all = [...people.values()]
    if (all.length <= max) return all
    const since = Math.max(...all.map(({ movedAt }) => movedAt)) - idleMs
    const rank = ({ username, movedAt }: Known) =>
      (movedAt >= since ? 2 : 0) + (isDrawn(username) ? 1 : 0)
    return all
      .toSorted((one, other) => rank(other) - rank(one) || other.movedAt - one.movedAt)
      .slice(0, Math.max(0, max))
  }
}
