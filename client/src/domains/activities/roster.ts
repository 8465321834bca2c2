import type { DataOf, EventItem, Participant } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import { activityKey, type ActivityState } from './model.ts'
import { gapsOf, patchActivity, relisted } from './state.ts'

/** The list may be a second behind the events: what was just missed is not in it before. */
const AFTER_MS = 1_200
const EVERY_MS = 2_000

export interface RosterOptions {
  context: DomainContext
  type: string
  id: string
  isIn(): boolean
}

/** Finds out what participants show where events of theirs were missed. */
export class Roster {
  readonly #options: RosterOptions
  /** Connections of which something was missed. */
  readonly #doubtful = new Set<string>()
  /** Who came or went while the list is being read. */
  #heard: Set<string> | undefined
  #readAt = -Infinity
  #timer: unknown
  #turn = 0

  constructor(options: RosterOptions) {
    this.#options = options
  }

  /** Events that are about to be applied. */
  heard(state: ActivityState, items: readonly EventItem[]): void {
    const { doubtful, whole } = gapsOf(state, items)
    for (const connectionId of doubtful) this.#doubtful.add(connectionId)
    for (const connectionId of whole) this.#doubtful.delete(connectionId)
    for (const item of items) {
      const connectionId = movedOf(item)
      if (connectionId === undefined) continue
      this.#doubtful.delete(connectionId)
      this.#heard?.add(connectionId)
    }
    this.#later()
  }

  /** All of it is known anew, or nothing is. */
  stop(): void {
    this.#turn++
    this.#options.context.clock.clearTimeout(this.#timer)
    this.#timer = this.#heard = undefined
    this.#doubtful.clear()
  }

  #later() {
    const { clock } = this.#options.context
    if (!this.#doubtful.size || this.#timer !== undefined || this.#heard) return
    const now = clock.now()
    const at = Math.max(now + AFTER_MS, this.#readAt + EVERY_MS)
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined
      void this.#read()
    }, at - now)
  }

  async #read() {
    const { context, type, id, isIn } = this.#options
    if (!this.#doubtful.size || !isIn()) return
    const turn = this.#turn
    const heard = (this.#heard = new Set())
    this.#readAt = context.clock.now()
    try {
      const listed = await this.#list()
      if (turn !== this.#turn) return
      const doubtful = new Set(this.#doubtful)
      const change = patchActivity(activityKey(type, id), (each) =>
        relisted(each, listed, { heard, doubtful }),
      )
      this.#settle(listed)
      context.board.update(change)
      context.people.want(listed.map(({ username }) => username))
    } catch {
      // Read again a little later, or known with the next connection.
    }
    if (turn !== this.#turn) return
    this.#heard = undefined
    this.#later()
  }

  async #list(): Promise<Participant[]> {
    const { context, type, id } = this.#options
    const listed: Participant[] = []
    const { limits } = context.board.get()
    // As much as the service gives at once, where that is known by now.
    const most = limits ? { limit: limits.pageItems } : {}
    let cursor: string | undefined
    do {
      const input = { type, id, ...most, ...(cursor !== undefined && { cursor }) }
      const page = await context.calls.attempt('activities.listParticipants', input)
      listed.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return listed
  }

  /** Whoever is listed as late as they are known is doubtful no more; whoever is not listed is not here. */
  #settle(listed: readonly Participant[]) {
    const { context, type, id } = this.#options
    const { participants = {} } = context.board.get().activities[activityKey(type, id)] ?? {}
    const revs = new Map(listed.map(({ connectionId, rev }) => [connectionId, rev]))
    for (const connectionId of this.#doubtful) {
      const rev = revs.get(connectionId)
      if (rev === undefined || rev >= (participants[connectionId]?.rev ?? 0))
        this.#doubtful.delete(connectionId)
    }
  }
}

/** The connection that came or went. */
function movedOf(item: EventItem): string | undefined {
  if (item.name === 'activities.participantJoined')
    return (item.data as DataOf<'activities.participantJoined'>).participant.connectionId
  if (item.name === 'activities.participantLeft' || item.name === 'activities.participantRemoved')
    return (item.data as DataOf<'activities.participantRemoved'>).connectionId
  return undefined
}
