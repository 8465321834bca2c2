import type {
  ActivityHandle,
  ActivityOptions,
  ActivityParticipant,
  ActivityState,
  CollabState,
  SharedValue,
} from '@collab-kit/client'
import type { Activity, StateValue, StateValues } from '@collab-kit/protocol'
import { ann, type FakeClient, fakeClient, type FakeOptions } from './fake-client.ts'

const AT = '2026-11-22T09:00:00.000Z'

export const activityOf = (more: Partial<Activity> = {}): Activity => ({
  type: 'form',
  id: 'release',
  title: 'Release notes',
  ephemeral: false,
  createdAt: AT,
  people: 1,
  head: 1,
  permissions: ['join', 'lurk', 'view_state', 'set_state'],
  ...more,
})

export const participantOf = (
  username: string,
  state: StateValues = {},
  more: Partial<ActivityParticipant> = {},
): ActivityParticipant => ({
  username,
  connectionId: `${username}-1`,
  joinedAt: AT,
  lurking: false,
  state,
  rev: 1,
  local: username === 'ann',
  ...more,
})

/** An activity that this page is in. */
export function joinedActivity(
  participants: readonly ActivityParticipant[],
  more: Partial<ActivityState> = {},
): ActivityState {
  const byId = Object.fromEntries(participants.map((each) => [each.connectionId, each]))
  const activity = activityOf({ people: participants.length })
  return {
    type: 'form',
    id: 'release',
    status: 'joined',
    activity,
    participants: byId,
    shared: {},
    conflicts: {},
    refused: {},
    ...more,
  }
}

interface Member {
  client: FakeClient
  connectionId: string
  username: string
  open: number
  sent: { key: string; value: StateValue; ifVersion: number }[]
}

/**
 * An activity of several fake clients: what one sets, the others get. What is set waits while `paused`, so that two
 * can set the same at once.
 */
export class FakeActivity {
  readonly members: Member[] = []
  readonly shared = new Map<string, SharedValue>()
  readonly opened: ActivityOptions[] = []
  activity: Activity = activityOf()
  paused = false
  #seq = 0

  /** A client of somebody, who joins with `open()`. */
  client(username = 'ann', options: FakeOptions = {}): FakeClient {
    const client = fakeClient({
      ...options,
      state: { username, me: { ...ann, username }, ...options.state },
      activity: (fake) => this.#handle(member, fake),
    })
    const connectionId = `${username}-${this.members.length + 1}`
    const member: Member = { client, connectionId, username, open: 0, sent: [] }
    this.members.push(member)
    return client
  }

  stateOf(client: FakeClient): ActivityState {
    const { activities } = client.store.getState()
    return activities['form/release'] ?? { ...joinedActivity([]), status: 'idle' }
  }

  change(client: FakeClient, change: Partial<ActivityState>): void {
    const activities = { 'form/release': { ...this.stateOf(client), ...change } }
    client.set({ activities } as Partial<CollabState>)
  }

  /** Somebody shows something of themselves. */
  show(connectionId: string, values: StateValues): void {
    for (const { client } of this.members) {
      const { participants } = this.stateOf(client)
      const before = participants[connectionId]
      if (!before) continue
      const state = { ...before.state, ...values }
      this.change(client, {
        participants: { ...participants, [connectionId]: { ...before, state } },
      })
    }
  }

  /** What waited arrives, in the order it was sent. */
  resume(): void {
    this.paused = false
    for (const member of this.members) this.#deliver(member)
  }

  join(member: Member, lurking = false): void {
    const { connectionId, username } = member
    const own = participantOf(username, {}, { connectionId, lurking })
    for (const each of this.members) {
      const { participants } = this.stateOf(each.client)
      const local = each === member
      if (!local && this.stateOf(each.client).status !== 'joined') continue
      this.change(each.client, {
        participants: { ...participants, [connectionId]: { ...own, local } },
      })
      if (local) {
        const others = this.members.filter((other) => other !== member && other.open > 0)
        const known = others.map((other) =>
          participantOf(
            other.username,
            this.stateOf(other.client).participants[other.connectionId]?.state,
            { connectionId: other.connectionId, local: false },
          ),
        )
        this.change(each.client, {
          status: 'joined',
          activity: this.activity,
          participants: Object.fromEntries(
            [...known, { ...own, local }].map((one) => [one.connectionId, one]),
          ),
          shared: Object.fromEntries(this.shared),
        })
      }
    }
  }

  leave(connectionId: string): void {
    for (const { client } of this.members) {
      const { [connectionId]: _gone, ...participants } = this.stateOf(client).participants
      this.change(client, { participants })
    }
  }

  #handle(member: Member, client: FakeClient): ActivityHandle {
    const told = (name: string, ...given: unknown[]) => void client.calls.push([name, ...given])
    return {
      type: 'form',
      id: 'release',
      open: (options = {}) => {
        this.opened.push(options)
        if (member.open++ === 0) this.join(member, options.lurk)
        return () => {
          told('releaseActivity')
          if (--member.open === 0) this.leave(member.connectionId)
        }
      },
      rejoin: () => {
        told('rejoin')
        this.join(member)
      },
      setState: (values) => {
        told('setState', values)
        this.show(member.connectionId, values)
      },
      removeState: (keys) =>
        this.show(member.connectionId, Object.fromEntries(keys.map((key) => [key, null]))),
      clearState: () => told('clearState'),
      setShared: (key, value) => this.#set(member, key, value),
      removeShared: (key) => told('removeShared', key),
      clearShared: () => told('clearShared'),
      resolve: (key, whose) => this.#resolve(member, key, whose),
      broadcast: (event, data) => told('broadcast', event, data),
      onBroadcast: () => () => {},
      follow: (connectionId) => {
        told('follow', connectionId)
        this.change(client, { following: connectionId })
      },
      unfollow: () => {
        told('unfollow')
        const { following: _gone, ...rest } = this.stateOf(client)
        client.set({ activities: { 'form/release': rest } })
      },
    }
  }

  #set(member: Member, key: string, value: StateValue): void {
    const { client, username, sent } = member
    const { shared } = this.stateOf(client)
    const ifVersion = this.#versionFor(member, key)
    client.calls.push(['setShared', key, value])
    this.change(client, {
      shared: { ...shared, [key]: { value, version: ifVersion, by: username, pending: true } },
    })
    sent.push({ key, value, ifVersion })
    if (!this.paused) queueMicrotask(() => this.#deliver(member))
  }

  #versionFor({ client }: Member, key: string): number {
    return this.stateOf(client).shared[key]?.version ?? 0
  }

  #deliver(member: Member): void {
    for (const { key, value, ifVersion } of member.sent.splice(0)) {
      const now = this.shared.get(key)
      // One's own values follow each other; anybody else's in between is a conflict.
      if (now && now.version !== ifVersion && now.by !== member.username) {
        const { shared, conflicts } = this.stateOf(member.client)
        const { version, by = '', value: theirs } = now
        this.change(member.client, {
          shared,
          conflicts: { ...conflicts, [key]: { mine: value, theirs, version, by } },
        })
        continue
      }
      this.accept(key, value, member.username)
    }
  }

  /** The service takes a value of somebody. */
  accept(key: string, value: StateValue, by: string): void {
    const entry: SharedValue = { value, version: ++this.#seq, by }
    this.shared.set(key, entry)
    for (const { client, username } of this.members) {
      const { shared } = this.stateOf(client)
      // What was set here and is on its way stays.
      const waits = shared[key]?.pending && username !== by
      const later = username === by && shared[key]?.pending && shared[key].value !== value
      const kept = later
        ? { ...shared[key], value: shared[key]?.value ?? null, version: entry.version }
        : entry
      if (!waits) this.change(client, { shared: { ...shared, [key]: kept } })
    }
  }

  #resolve(member: Member, key: string, whose: 'mine' | 'theirs'): void {
    const { client } = member
    const { conflicts, shared } = this.stateOf(client)
    const { [key]: conflict, ...rest } = conflicts
    client.calls.push(['resolve', key, whose])
    if (!conflict) return
    const { version, by, mine = null, theirs = null } = conflict
    const value = whose === 'mine' ? mine : theirs
    const of = by === undefined ? {} : { by }
    this.change(client, {
      conflicts: rest,
      shared: { ...shared, [key]: { value, version, ...of } },
    })
    if (whose === 'mine') this.#set(member, key, value)
  }
}
