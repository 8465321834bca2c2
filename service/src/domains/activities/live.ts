import {
  activities,
  parseStreamKey,
  type EventItem,
  type Payload,
  type StateValue,
} from '@collab-kit/protocol'
import type { Caller, Connection, Edge, Telling } from '../../kernel/context.ts'
import type { Published } from '../../kernel/outbox.ts'
import { nameOf, streamOf, toName, type Name, type WrittenState } from './store.ts'

const { stateChanged } = activities.events

/** Changes of one activity's participants are told this seldom at most. */
const TELL_MS = 50
/** What this node's participants show is written down this seldom at most, for other nodes. */
const SAVE_MS = 1000
/** How long what was told may not have reached a node that has just begun to listen. */
const SETTLED_MS = 2000

/** A participant of this node, with what it shows. */
export interface Own extends Name {
  readonly connectionId: string
  readonly connection: Connection
  caller: Caller
  lurking: boolean
  state: Map<string, StateValue>
  /** As the others know it. */
  told: Map<string, StateValue>
  /** Keys that changed since. */
  touched: Set<string>
  /** Whether everything that was told is gone since. */
  cleared: boolean
  rev: number
  /** Whether `set_state` is held; unknown after something was said about permissions. */
  maySet: boolean | undefined
  asking: Promise<void> | undefined
  /** What is told and not written down yet. */
  unsaved: boolean
  /** Of the process's clock, as the following. */
  toldAt: number
  /** Why it is out, where that came before its stream was let go. */
  out?: string
}

interface Place {
  participants: Map<string, Own>
  toldAt: number
  timer?: NodeJS.Timeout
}

/** A joining or leaving under way: those of one connection and one activity take turns. */
export interface Turn {
  readonly connection: Connection
  over: Promise<void>
  end(): void
  /** The event that put the connection out meanwhile. */
  outBy?: number
}

const place = (name: string, connectionId: string) => `${connectionId}\n${name}`

/** What this process knows of the activities that its connections are in. */
export class Live {
  readonly #places = new Map<string, Place>()
  /** Activities that a connection is in or has tried to be in. */
  readonly #tried = new Map<string, Set<string>>()
  readonly #turns = new Map<string, Turn>()
  #savedAt = -SAVE_MS
  #saving: NodeJS.Timeout | undefined

  find(name: Name, connectionId: string): Own | undefined {
    return this.#places.get(nameOf(name))?.participants.get(connectionId)
  }

  /** The same, if it still reads the stream: who was put out by another node may have heard of nothing else. */
  findReading(name: Name, { id }: Connection): Own | undefined {
    const own = this.find(name, id)
    if (!own || isReading(own)) return own
    this.#forget(name, id)
    return undefined
  }

  /** How many activities a connection is in, this one included. */
  tries(connectionId: string, name: Name): number {
    const tried = this.#tried.get(connectionId) ?? new Set()
    this.#tried.set(connectionId, tried)
    return tried.has(nameOf(name)) ? tried.size : tried.size + 1
  }

  /** What a connection that has ended was in, or may be: forgotten with the answer. */
  ended(connectionId: string): Name[] {
    const tried = this.#tried.get(connectionId) ?? new Set()
    this.#tried.delete(connectionId)
    return [...tried].map(toName)
  }

  turnOf(name: Name, connectionId: string): Turn | undefined {
    return this.#turns.get(place(nameOf(name), connectionId))
  }

  /** Begins when what is under way before is over; at once where nothing is. */
  takeTurn(name: Name, connection: Connection): Promise<void> | undefined {
    const key = place(nameOf(name), connection.id)
    const before = this.#turns.get(key)
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const turn: Turn = {
      connection,
      over,
      end: () => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key)
        resolve()
      },
    }
    this.#turns.set(key, turn)
    this.#begin(connection.id, nameOf(name))
    return before?.over
  }

  #begin(connectionId: string, name: string): void {
    const tried = this.#tried.get(connectionId)
    if (tried) tried.add(name)
    else this.#tried.set(connectionId, new Set([name]))
  }

  enter(own: Own): void {
    const name = nameOf(own)
    const known = this.#places.get(name) ?? { participants: new Map(), toldAt: -TELL_MS }
    known.participants.set(own.connectionId, own)
    this.#places.set(name, known)
  }

  drop(name: Name, connectionId: string): void {
    this.#forget(name, connectionId)
    this.#tried.get(connectionId)?.delete(nameOf(name))
  }

  #forget(name: Name, connectionId: string): void {
    const known = this.#places.get(nameOf(name))
    known?.participants.delete(connectionId)
    if (known?.participants.size === 0) {
      clearTimeout(known.timer)
      this.#places.delete(nameOf(name))
    }
  }

  /** What this node's participants show now, over what is written of them. */
  overlay<P extends { connectionId: string; state: object; rev: number }>(
    name: Name,
    participants: readonly P[],
  ): P[] {
    return participants.map((each) => {
      const own = this.find(name, each.connectionId)
      return own ? { ...each, state: Object.fromEntries(own.told), rev: own.rev } : each
    })
  }

  /** The participant's state changed: told at once, or together with what follows within the moment. */
  changed(edge: Edge, own: Own): void {
    const known = this.#places.get(nameOf(own))
    if (!known || known.timer) return
    const wait = known.toldAt + TELL_MS - performance.now()
    if (wait <= 0) return this.#tell(edge, known)
    // A matter of the wire and not of anybody's business: it runs on real time.
    known.timer = setTimeout(() => this.#tell(edge, known), wait).unref()
  }

  /** Tells what was accepted and not told yet. */
  tellNow(edge: Edge, name: string): void {
    const known = this.#places.get(name)
    if (known?.timer) this.#tell(edge, known)
  }

  #tell(edge: Edge, known: Place): void {
    clearTimeout(known.timer)
    delete known.timer
    const told: Telling[] = []
    for (const own of known.participants.values()) {
      const change = isReading(own) ? toChange(own) : undefined
      if (!change) continue
      own.toldAt = performance.now()
      own.unsaved = true
      told.push({ event: stateChanged, id: nameOf(own), data: change, caller: own.caller })
    }
    if (told.length === 0) return
    known.toldAt = performance.now()
    edge.tellTogether(told)
    this.#save(edge)
  }

  #save(edge: Edge): void {
    if (!edge.policy.shared || this.#saving) return
    const wait = Math.max(0, this.#savedAt + SAVE_MS - performance.now())
    this.#saving = setTimeout(() => {
      this.#saving = undefined
      this.#savedAt = performance.now()
      // What could not be written is written with the next change; who comes meanwhile is told it anew.
      edge.internal('activities.$saveStates', { rows: this.#unsaved() }).catch(() => {})
    }, wait).unref()
  }

  #unsaved(): WrittenState[] {
    const rows: WrittenState[] = []
    for (const { participants } of this.#places.values()) {
      for (const own of participants.values()) {
        if (!own.unsaved) continue
        own.unsaved = false
        const { type, id, connectionId, rev } = own
        const state = JSON.stringify(Object.fromEntries(own.told))
        rows.push({ type, id, connectionId, state, rev })
      }
    }
    return rows
  }

  /** An event of an activity that decides about who is in it, before anybody here is given it. */
  heard(edge: Edge, { json, stream, seq }: Published): void {
    if (!stream.startsWith('activity:')) return
    const { name: event, data } = JSON.parse(json) as EventItem & { data: Heard }
    const name = nameOf(data)
    const own = [...(this.#places.get(name)?.participants.values() ?? [])]
    switch (event) {
      case 'activities.permissionsChanged':
        // What was accepted before is told before.
        this.tellNow(edge, name)
        for (const each of own) {
          each.maySet = undefined
          each.asking = undefined
        }
        return
      case 'activities.participantJoined':
        return this.#tellAnew(edge, name, data.participant?.connectionId ?? '')
      case 'activities.participantLeft':
        // One whose own joining is under way begins or ceases to lurk.
        if (this.turnOf(data, data.connectionId ?? '')) return
        return this.#leave(edge, data, data.connectionId ?? '')
      case 'activities.participantRemoved':
        return this.#putOut(data, seq)
      case 'activities.activityRemoved':
        for (const each of own) this.#end(each, 'activity_removed')
        return
    }
  }

  /** Those who came on another node may have missed what was told and is not written down yet. */
  #tellAnew(edge: Edge, name: string, connectionId: string): void {
    const known = this.#places.get(name)
    if (!known || !edge.policy.shared || known.participants.has(connectionId)) return
    if (this.turnOf(toName(name), connectionId)) return
    const since = performance.now() - SETTLED_MS
    for (const own of known.participants.values()) {
      if (own.lurking || (!own.unsaved && own.toldAt < since)) continue
      own.cleared = true
      for (const key of own.state.keys()) own.touched.add(key)
      this.changed(edge, own)
    }
  }

  /** Another connection took its place. */
  #leave(edge: Edge, name: Name, connectionId: string): void {
    const own = this.find(name, connectionId)
    if (!own) return
    this.#end(own, 'left')
    const connections = edge.connectionsOf(own.caller.username)
    connections.find(({ id }) => id === connectionId)?.leave(streamOf(name))
  }

  #putOut(data: Heard, seq = 0): void {
    const { username, connectionId, permission } = data
    const means = (id: string, person: string) =>
      connectionId === undefined ? person === username : id === connectionId
    for (const [key, turn] of this.#turns) {
      const { id, caller } = turn.connection
      if (key === place(nameOf(data), id) && means(id, caller.username)) turn.outBy = seq
    }
    for (const own of [...(this.#places.get(nameOf(data))?.participants.values() ?? [])])
      if (means(own.connectionId, own.caller.username))
        this.#end(own, permission ? 'permission' : 'removed')
  }

  #end(own: Own, why: string): void {
    own.out = why
    this.drop(own, own.connectionId)
  }
}

/** What the events of an activity that decide about who is in it say. */
interface Heard extends Name {
  connectionId?: string
  username?: string
  permission?: boolean
  participant?: { connectionId: string }
}

const isReading = (own: Own): boolean => own.connection.reads(streamOf(own))

/** What changed since it was told, which it is from now on; nothing where that cancels out. */
function toChange(own: Own): Payload<typeof stateChanged> | undefined {
  const { type, id, connectionId, caller, cleared } = own
  const [set, old] = [new Map<string, StateValue>(), new Map<string, StateValue>()]
  const removed: string[] = []
  const keys = cleared ? new Set([...own.told.keys(), ...own.state.keys()]) : own.touched
  for (const key of keys) {
    const [before, after] = [own.told.get(key), own.state.get(key)]
    if (before !== undefined) old.set(key, before)
    if (after !== undefined) set.set(key, after)
    else if (before !== undefined && !cleared) removed.push(key)
  }
  own.told = new Map(own.state)
  own.touched.clear()
  own.cleared = false
  if (set.size === 0 && old.size === 0) return undefined
  own.rev++
  return {
    type,
    id,
    connectionId,
    username: caller.username,
    rev: own.rev,
    cleared,
    removed,
    set: Object.fromEntries(set),
    old: Object.fromEntries(old),
  }
}

export const createLive = (): Live => new Live()

/** Whether the caller's connection is in the activity that this is the stream of. */
export function isParticipant({ connection, local }: Edge, stream: string): boolean {
  const key = parseStreamKey(stream)
  const [type = '', id = ''] = key?.kind === 'activity' ? key.id : []
  const own = connection && local(createLive).findReading({ type, id }, connection)
  return own !== undefined
}

/** Whether a connection is still one that something can be said to. */
export const isHere = (edge: Edge, { id, caller }: Connection): boolean =>
  edge.connectionsOf(caller.username).some((each) => each.id === id)
