import type { Calls } from '../../calls/calls.ts'
import type { Clock } from '../../clock.ts'
import type { Board } from '../../store.ts'
import { withUsers } from './state.ts'

/** Loads people as they are named, many by one call. */
export interface People {
  want(usernames: Iterable<string>): void
  /** Forgets who was asked for, as after a change of person. */
  clear(): void
}

const GATHER_MS = 20
const PER_CALL = 100

export function createPeople({
  board,
  calls,
  clock,
}: {
  board: Board
  calls: Calls
  clock: Clock
}): People {
  const wanted = new Set<string>()
  /** Asked for already, found or not. */
  let asked = new Set<string>()
  let timer: unknown

  async function load() {
    timer = undefined
    const names = [...wanted].slice(0, PER_CALL)
    for (const name of names) wanted.delete(name)
    if (wanted.size) later()
    const of = asked
    try {
      const { items } = await calls.call('users.getUsers', { usernames: names })
      if (of === asked) board.update((state) => withUsers(state, items))
    } catch {
      // Names are shown as they are until somebody names them again.
      for (const name of names) of.delete(name)
    }
  }

  function later() {
    timer ??= clock.setTimeout(() => void load(), GATHER_MS)
  }

  return {
    want(usernames) {
      for (const name of usernames) {
        if (asked.has(name) || Object.hasOwn(board.get().users, name)) continue
        asked.add(name)
        wanted.add(name)
      }
      if (wanted.size) later()
    },
    clear() {
      clock.clearTimeout(timer)
      timer = undefined
      wanted.clear()
      asked = new Set()
    },
  }
}
