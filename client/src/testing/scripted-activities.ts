import type {
  Activity,
  DataOf,
  EventName,
  InputOf,
  JoinedActivity,
  Participant,
  SharedEntry,
  StateValue,
  StateValues,
} from '@collab-kit/protocol'
import { activityStream, CollabError } from '@collab-kit/protocol/runtime'
import type {
  Answers,
  GivenActivity,
  ScriptedActivity,
  ScriptedCaller,
  ScriptedState,
} from './script.ts'

interface StateChange {
  set?: StateValues
  removed?: readonly string[]
  cleared?: boolean
}

/** The activities of a script. Made by the first who joins, as by a real service. */
export class ScriptedActivities {
  readonly #state: ScriptedState
  readonly #all = new Map<string, Kept>()

  constructor(state: ScriptedState) {
    this.#state = state
    for (const given of state.script.activities ?? []) this.ensure(given.type, given.id, given)
  }

  ensure(type: string, id: string, given: Partial<GivenActivity> = {}): Kept {
    const key = `${type}/${id}`
    const kept =
      this.#all.get(key) ??
      new Kept(this.#state, { ...given, type, id }, () => void this.#all.delete(key))
    this.#all.set(key, kept)
    return kept
  }

  namesIn(type: string, id: string): string[] {
    return [...new Set(this.#find({ type, id }).participants.map(({ username }) => username))]
  }

  /** A connection went for good: it leaves everything. One that broke stays, until another takes its place. */
  left({ connectionId = '' }: ScriptedCaller): void {
    for (const kept of this.#all.values()) kept.leave(connectionId)
  }

  answers(): Answers {
    const find = (name: { type: string; id: string }) => this.#find(name)
    const own = (
      input: { type: string; id: string },
      change: StateChange,
      { connectionId = '' }: ScriptedCaller,
    ) => {
      find(input).setState(connectionId, change)
      return {}
    }
    return {
      'activities.joinActivity': (input, caller) => this.#join(input, caller),
      'activities.leaveActivity': (input, { connectionId = '' }) => {
        this.#all.get(`${input.type}/${input.id}`)?.leave(connectionId)
        return {}
      },
      'activities.getActivity': (input) => find(input).activity,
      'activities.listParticipants': (input) => ({ items: [...find(input).participants] }),
      'activities.getState': (input) => ({ items: [...find(input).participants] }),
      'activities.setState': (input, caller) => own(input, { set: input.values }, caller),
      'activities.removeState': (input, caller) => own(input, { removed: input.keys }, caller),
      'activities.clearState': (input, caller) => own(input, { cleared: true }, caller),
      'activities.broadcast': (input, { connectionId = '' }) => {
        find(input).broadcast(connectionId, input.event, input.data)
        return {}
      },
      'activities.setShared': ({ key, value, ifVersion, ...input }, { username }) => {
        const kept = find(input)
        const before = kept.expect(key, ifVersion)
        if (before && same(before.value, value)) return before
        return kept.setShared(key, value, username) as SharedEntry
      },
      'activities.removeShared': ({ key, ifVersion, ...input }, { username }) => {
        const kept = find(input)
        if (kept.expect(key, ifVersion)) kept.setShared(key, undefined, username)
        return {}
      },
      'activities.clearShared': (input, { username }) => {
        find(input).clearShared(username)
        return {}
      },
      'activities.getShared': (input) => {
        const kept = find(input)
        return { items: [...kept.shared.values()], head: kept.head }
      },
      'activities.updateActivity': ({ commandId: _id, type, id, ...change }) =>
        find({ type, id }).update(change as Partial<Activity>),
      'activities.removeActivity': (input) => {
        find(input).end()
        return {}
      },
    }
  }

  #find({ type, id }: { type: string; id: string }): Kept {
    const kept = this.#all.get(`${type}/${id}`)
    if (!kept) throw new CollabError('not_found')
    return kept
  }

  #join(input: InputOf<'activities.joinActivity'>, caller: ScriptedCaller): JoinedActivity {
    const { type, id, create, lurk = false, state = {}, replaces } = input
    const { ephemeral, title, metadata, capacity } = create || {}
    const known = this.#all.get(`${type}/${id}`)
    if (!known && create === false) throw new CollabError('not_found')
    const given = { ephemeral, title, metadata, capacity } as Partial<GivenActivity>
    const kept = known ?? this.ensure(type, id, given)
    kept.take(caller, { lurk, state, replaces })
    return kept.snapshot()
  }
}

/** One activity of a script. */
class Kept implements ScriptedActivity {
  readonly shared = new Map<string, SharedEntry>()
  readonly #state: ScriptedState
  readonly #participants = new Map<string, Participant>()
  readonly #forget: () => void
  readonly #stream: string
  #activity: Activity

  constructor(state: ScriptedState, given: GivenActivity, forget: () => void) {
    const { participants = [], shared = {}, ...about } = given
    this.#state = state
    this.#forget = forget
    this.#stream = activityStream(given.type, given.id)
    this.#activity = {
      ephemeral: false,
      createdAt: state.now(),
      people: 0,
      head: 0,
      permissions: ['join', 'view_state', 'set_state'],
      ...defined(about),
    }
    for (const each of participants) this.join(each)
    for (const [key, value] of Object.entries(shared)) this.setShared(key, value, 'ben')
  }

  get head(): number {
    return this.#state.logs.get(this.#stream)?.length ?? 0
  }

  get participants(): readonly Participant[] {
    return [...this.#participants.values()]
  }

  get activity(): Activity {
    const people = new Set(this.participants.flatMap((each) => (each.lurking ? [] : each.username)))
    return { ...this.#activity, people: people.size, head: this.head }
  }

  snapshot(): JoinedActivity {
    return {
      ...this.activity,
      participants: [...this.participants],
      shared: [...this.shared.values()],
    }
  }

  /** A connection joins, by its own call. */
  take(
    { username, connectionId = '' }: ScriptedCaller,
    { lurk, state, replaces }: { lurk: boolean; state: StateValues; replaces: string | undefined },
  ): void {
    const known = this.#participants.get(connectionId)
    if (known) return void this.#participants.set(connectionId, { ...known, lurking: lurk })
    const { capacity } = this.#activity
    const isIn = this.participants.some((each) => each.username === username)
    if (capacity !== undefined && !isIn && this.activity.people >= capacity)
      throw new CollabError('limit_exceeded', { details: { limit: 'capacity' } })
    this.#state.together(() => {
      this.join({ username, connectionId, lurking: lurk, state })
      if (replaces !== undefined) this.leave(replaces)
    })
  }

  join(given: Partial<Participant> & { username: string }): Participant {
    const participant: Participant = {
      connectionId: `connection-of-${given.username}`,
      joinedAt: this.#state.now(),
      lurking: false,
      state: {},
      rev: 1,
      ...given,
    }
    this.#participants.set(participant.connectionId, participant)
    if (!participant.lurking) this.#tell('activities.participantJoined', { participant })
    return participant
  }

  leave(connectionId: string): void {
    const participant = this.#participants.get(connectionId)
    if (!participant) return
    this.#participants.delete(connectionId)
    const { username, rev, lurking } = participant
    if (!lurking) this.#tell('activities.participantLeft', { connectionId, username, rev: rev + 1 })
    if (this.#activity.ephemeral && this.#participants.size === 0) this.#forget()
  }

  remove(
    who: { username: string; connectionId?: string },
    { reason, permission = false }: { reason?: string; permission?: boolean } = {},
  ): void {
    for (const { username, connectionId } of this.participants)
      if (username === who.username && (who.connectionId ?? connectionId) === connectionId)
        this.#participants.delete(connectionId)
    const why = permission ? 'permission' : reason
    this.#tell(
      'activities.participantRemoved',
      { ...who, permission, ...(why !== undefined && { reason: why }) },
      { durable: true },
    )
    this.#state.putOut(who, this.#stream, permission ? 'permission' : 'removed')
  }

  setState(connectionId: string, { set = {}, removed = [], cleared = false }: StateChange): void {
    const before = this.#participants.get(connectionId)
    if (!before) throw new CollabError('forbidden')
    const state = { ...(cleared ? {} : before.state), ...set }
    for (const key of removed) delete state[key]
    const rev = before.rev + 1
    this.#participants.set(connectionId, { ...before, state, rev })
    const old = Object.fromEntries(
      Object.entries(before.state).filter(
        ([key]) => cleared || key in set || removed.includes(key),
      ),
    )
    const { username } = before
    const change = { cleared, removed: [...removed], set, old }
    this.#tell('activities.stateChanged', { connectionId, username, rev, ...change })
  }

  setShared(key: string, value: StateValue | undefined, by: string): SharedEntry | undefined {
    const before = this.shared.get(key)
    const version = this.head + 1
    const entry = value === undefined ? undefined : { key, value, version, by }
    if (entry) this.shared.set(key, entry)
    else this.shared.delete(key)
    const change = { ...(entry && { value }), ...(before && { old: before.value }) }
    this.#tell('activities.sharedChanged', { key, version, ...change }, { durable: true, by })
    return entry
  }

  clearShared(by: string): void {
    this.#state.together(() => {
      for (const key of [...this.shared.keys()]) this.setShared(key, undefined, by)
    })
  }

  /** The entry of a key, whose version is as expected. */
  expect(key: string, ifVersion: number | undefined): SharedEntry | undefined {
    const entry = this.shared.get(key)
    if (ifVersion === undefined || ifVersion === (entry?.version ?? 0)) return entry
    const details = { version: entry?.version ?? 0, ...(entry && { value: entry.value }) }
    throw new CollabError('conflict', { details })
  }

  broadcast(connectionId: string, event: string, data?: StateValue): void {
    const { username = '' } = this.#participants.get(connectionId) ?? {}
    const said = { connectionId, username, event, ...(data !== undefined && { data }) }
    this.#tell('activities.broadcastSent', said)
  }

  update(change: Partial<Activity>): Activity {
    this.#activity = { ...this.#activity, ...defined(change) }
    const { permissions: _permissions, people: _people, head: _head, ...about } = this.activity
    this.#tell('activities.activityUpdated', about, { durable: true })
    return this.activity
  }

  permit(permissions: Activity['permissions']): void {
    this.#activity = { ...this.#activity, permissions }
    this.#tell(
      'activities.permissionsChanged',
      { subject: 'world', permissions },
      { durable: true },
    )
  }

  end(): void {
    this.#tell('activities.activityRemoved', {}, { durable: true })
    this.#forget()
    this.#state.putOut({}, this.#stream, 'activity_removed')
  }

  #tell<N extends Extract<EventName, `activities.${string}`>>(
    name: N,
    data: Omit<DataOf<N>, 'type' | 'id'>,
    of: { durable?: boolean; by?: string } = {},
  ) {
    const { type, id } = this.#activity
    this.#state.push(name, { type, id, ...data } as unknown as DataOf<N>, {
      stream: this.#stream,
      durable: false,
      ...of,
    })
  }
}

const same = (a: StateValue, b: StateValue) => JSON.stringify(a) === JSON.stringify(b)

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== undefined && each !== null),
  ) as T
