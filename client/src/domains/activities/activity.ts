import { activityStream } from '@collab-kit/protocol/runtime'
import type { DataOf, EventItem, JoinedActivity } from '@collab-kit/protocol'
import type { CollabError } from '@collab-kit/protocol/runtime'
import { backoff } from '../../connection/backoff.ts'
import { toCollabError } from '../../errors.ts'
import { newId } from '../../ids.ts'
import type { DomainContext } from '../context.ts'
import { endOf } from '../later.ts'
import { broadcastsOf } from './broadcasts.ts'
import type { ActivityHandle, ActivityOptions } from './handle.ts'
import { activityKey, initialActivity, type ActivityState } from './model.ts'
import { Openers } from './openers.ts'
import { OwnState } from './own-state.ts'
import { Roster } from './roster.ts'
import { resolved, viewOf } from './shared.ts'
import { Sharing } from './sharing.ts'
import {
  emptied,
  followedIn,
  joined,
  patchActivity,
  withFollowing,
  withoutPerson,
  withOwnState,
} from './state.ts'

/** Whoever waits for a place asks so often, milliseconds. */
const FULL_MS = 5_000

/** What ends being in it, until somebody here says `rejoin`. */
const OUT: ReadonlySet<ActivityState['status']> = new Set(['removed', 'ended'])

/** One activity of this page. */
export class OpenActivity {
  readonly #context: DomainContext
  readonly #name: { type: string; id: string }
  readonly #key: string
  readonly #stream: string
  readonly #openers = new Openers()
  readonly #own: OwnState
  readonly #sharing: Sharing
  readonly #roster: Roster
  /** Rises with every attempt to join: an earlier one that ends late says nothing. */
  #run = 0
  #failures = 0
  /** The connection that is in it, or was last. */
  #place: string | undefined
  /** Whether the present connection is in it. */
  #isIn = false
  /** Ephemeral events that came before the snapshot. */
  #early: EventItem[] = []
  #asksRights = false
  /** How the service was asked last. */
  #lurks = false
  /** Joins once more. */
  #retry: unknown
  /** Leaves, unless somebody opens it before. */
  #leaving: unknown
  /** Nobody here has it open any more, but what was changed last is still sent. */
  #lingers = false
  #rest: (() => void) | undefined

  constructor(context: DomainContext, type: string, id: string) {
    this.#context = context
    this.#name = { type, id }
    this.#key = activityKey(type, id)
    this.#stream = activityStream(type, id)
    const isIn = () => this.#isIn && context.calls.open
    this.#own = new OwnState({
      context,
      type,
      id,
      isIn,
      onChange: (state) => this.#patch((each) => withOwnState(each, this.#place, state)),
    })
    this.#sharing = new Sharing({
      context,
      type,
      id,
      isIn: () => isIn() || (this.#lingers && context.calls.open),
      position: () => context.streams.position(this.#stream) ?? 0,
      policy: () => this.#openers.conflicts,
      onChange: (shared, own) => {
        this.#ensure()
        this.#patch((each) => {
          if (OUT.has(each.status) || each.status === 'refused') return each
          const { conflicts, refused } = shared
          return { ...each, shared: viewOf(shared, each.shared), conflicts, refused }
        }, own)
      },
    })
    this.#roster = new Roster({ context, type, id, isIn })
  }

  handle(): ActivityHandle {
    return {
      ...this.#name,
      open: (options = {}) => this.#retain(options),
      rejoin: () => this.#again(),
      setState: (set) => this.#own.change({ set }),
      removeState: (removed) => this.#own.change({ removed }),
      clearState: () => this.#own.change({ cleared: true }),
      setShared: (key, value) => this.#sharing.set(key, { value }),
      removeShared: (key) => this.#sharing.set(key, {}),
      clearShared: () => this.#sharing.clear(),
      resolve: (key, whose) =>
        this.#sharing.change((shared) => resolved(shared, key, { whose, commandId: newId() })),
      ...broadcastsOf(this.#context, this.#name, () => this.#isIn),
      follow: (connectionId) => this.#follow(connectionId),
      unfollow: () => this.#follow(undefined),
    }
  }

  /** A new connection, which is in nothing yet. */
  opened(): void {
    if (!this.#openers.some) return
    void this.#sharing.adopt()
    if (!OUT.has(this.#state.status)) void this.#join()
  }

  /** The connection is gone. */
  closed(): void {
    this.#lingers = false
    this.#outAWhile()
  }

  /** Of whom one hears nothing, one knows nothing; who else is there is asked once they are heard again. */
  blocked({ username, blocked }: DataOf<'users.blockedChanged'>): void {
    if (!blocked) return void (this.#isIn && this.#join())
    const before = this.#state
    this.#patch((each) => withoutPerson(each, username))
    this.#followOn(before)
  }

  /** The person is known: what they changed before a reload is shown, and sent. */
  identified(): void {
    if (this.#openers.some) void this.#sharing.adopt()
  }

  /** Another person comes. */
  reset(): void {
    const { streams } = this.#context
    this.#run++
    this.#isIn = this.#lingers = false
    this.#place = undefined
    streams.unfollow(this.#stream)
    this.#own.reset()
    this.#sharing.reset()
    this.#roster.stop()
    this.#patch(({ type, id }) => ({
      ...initialActivity(type, id),
      ...(this.#openers.some && { status: 'joining' }),
    }))
    this.#own.change({ set: this.#openers.state })
  }

  close(): void {
    const { clock } = this.#context
    clock.clearTimeout(this.#retry)
    clock.clearTimeout(this.#leaving)
    this.#run++
    this.#openers.clear()
    this.#own.reset()
    this.#sharing.reset()
    this.#roster.stop()
    this.#rest?.()
  }

  get #state(): ActivityState {
    const { type, id } = this.#name
    return this.#context.board.get().activities[this.#key] ?? initialActivity(type, id)
  }

  /** @param isSeen What a person did is seen at once */
  #patch(change: (activity: ActivityState) => ActivityState, isSeen = false) {
    const { board } = this.#context
    const patch = patchActivity(this.#key, change)
    if (isSeen) board.commit(patch)
    else board.update(patch)
  }

  #ensure() {
    const { board } = this.#context
    if (board.get().activities[this.#key]) return
    const { type, id } = this.#name
    const activity = initialActivity(type, id)
    board.update((state) => ({
      ...state,
      activities: { ...state.activities, [this.#key]: activity },
    }))
  }

  /** The returned function is to be called once. */
  #retain(options: ActivityOptions): () => void {
    const { calls, clock, wake } = this.#context
    const isFirst = !this.#openers.some
    clock.clearTimeout(this.#leaving)
    const close = this.#openers.add(options)
    this.#ensure()
    if (options.state) this.#own.change({ set: options.state })
    if (isFirst && !this.#rest) {
      // Whether somebody is at this page matters from now on.
      this.#rest = endOf(this.#context.presence, (presence) => presence.attend())
      this.#patch((each) => ({ ...each, status: 'joining' }), true)
      void this.#sharing.adopt()
      // Whoever opens it in the same moment has a say in how.
      queueMicrotask(() => {
        if (calls.open && this.#openers.some) void this.#join()
      })
    } else this.#show()
    wake()
    return () => this.#release(close)
  }

  #release(close: () => boolean) {
    const { clock, timings } = this.#context
    if (!close()) return
    if (this.#openers.some) return this.#show()
    if (timings.releaseDelayMs <= 0) this.#leave()
    else this.#leaving = clock.setTimeout(() => this.#leave(), timings.releaseDelayMs)
  }

  /** Those who have it open may want to be seen, or not to be, otherwise than until now. */
  #show() {
    if (this.#isIn && this.#lurks !== this.#openers.lurk) void this.#join()
  }

  #leave() {
    const { calls, clock, streams } = this.#context
    clock.clearTimeout(this.#retry)
    this.#run++
    this.#rest?.()
    this.#rest = undefined
    streams.unfollow(this.#stream)
    if (calls.open && this.#place !== undefined)
      calls.attempt('activities.leaveActivity', this.#name).catch(() => {})
    this.#lingers = this.#isIn
    this.#isIn = false
    this.#place = undefined
    this.#own.reset()
    this.#sharing.forget(false)
    this.#roster.stop()
    // What was changed last is still sent, as long as this connection lasts.
    this.#patch(({ type, id }) => initialActivity(type, id))
  }

  #again() {
    const { calls } = this.#context
    const { status } = this.#state
    if (!this.#openers.some || status === 'joined' || status === 'joining') return
    this.#patch(
      ({ error: _error, reason: _reason, permission: _permission, ...each }) => ({
        ...each,
        status: 'joining',
      }),
      true,
    )
    if (calls.open) void this.#join()
    else this.#context.wake()
  }

  async #join() {
    const { board, calls, clock, streams } = this.#context
    clock.clearTimeout(this.#retry)
    const run = ++this.#run
    const isNew = !this.#isIn
    if (streams.position(this.#stream) === undefined || isNew) this.#listen()
    const { create, lurk } = this.#openers
    this.#lurks = lurk
    const state = isNew ? this.#own.handOver() : {}
    const replaces = board.get().connection.connectionId === this.#place ? undefined : this.#place
    try {
      const answer = await calls.attempt('activities.joinActivity', {
        ...this.#name,
        lurk,
        ...(Object.keys(state).length && { state }),
        ...(create !== undefined && { create }),
        ...(isNew && replaces !== undefined && { replaces }),
      })
      if (run === this.#run) this.#joined(answer)
    } catch (error) {
      // Said in the activity's state, or tried again.
      if (run === this.#run) this.#notJoined(toCollabError(error))
    }
  }

  #listen() {
    this.#early = []
    this.#context.streams.follow(this.#stream, {
      early: true,
      apply: (items) => {
        if (this.#context.streams.position(this.#stream) === undefined || !this.#isIn)
          this.#early.push(...items)
        else this.#apply(items)
      },
      reload: () => {
        this.#early = []
        if (this.#isIn) void this.#join()
      },
      gone: (error) => this.#gone(error),
    })
  }

  #joined(answer: JoinedActivity) {
    const { board, people, streams } = this.#context
    const before = this.#state
    this.#failures = 0
    this.#place = board.get().connection.connectionId
    const own = { connectionId: this.#place ?? '', state: this.#own.shown }
    this.#roster.stop()
    this.#patch((each) => joined(each, answer, own))
    this.#sharing.load(answer.shared)
    this.#isIn = true
    this.#lingers = false
    this.#followOn(before)
    streams.settle(this.#stream, answer.head)
    const early = this.#early
    this.#early = []
    this.#apply(early)
    people.want([
      ...answer.participants.map(({ username }) => username),
      ...new Set(answer.shared.flatMap(({ by }) => by ?? [])),
    ])
    this.#own.flush()
    this.#sharing.drain()
    this.#show()
  }

  #notJoined(error: CollabError) {
    const { calls, clock } = this.#context
    // The next connection joins it.
    if (!calls.open) return
    const isFull = error.code === 'limit_exceeded' && isCapacity(error)
    if (!isFull && !error.retryable) return this.#out({ status: 'refused', error: error.toJSON() })
    if (!isFull) return this.#joinLater(error.retryAfterMs)
    this.#out({ status: 'full', error: error.toJSON() })
    this.#retry = clock.setTimeout(() => void this.#join(), FULL_MS * (1 + clock.random() / 5))
  }

  #joinLater(atLeastMs = 0) {
    const { clock, timings } = this.#context
    const bounds = { minMs: timings.backoffMinMs, maxMs: timings.backoffMaxMs }
    const ms = atLeastMs + backoff(this.#failures++, bounds, clock.random())
    clock.clearTimeout(this.#retry)
    this.#retry = clock.setTimeout(() => void this.#join(), ms)
  }

  /** A frame of the stream: one change of the store. */
  #apply(items: readonly EventItem[]) {
    if (!items.length) return
    const { apply, people } = this.#context
    const before = this.#state
    this.#roster.heard(before, items)
    this.#sharing.hear(items)
    apply(items)
    for (const item of items) {
      if (item.name === 'activities.participantJoined') {
        const { participant } = item.data as DataOf<'activities.participantJoined'>
        people.want([participant.username])
      }
      if (item.name === 'activities.permissionsChanged') this.#askRights()
      if (item.name === 'activities.participantRemoved')
        this.#removed(item.data as DataOf<'activities.participantRemoved'>)
    }
    this.#followOn(before)
  }

  #removed(data: DataOf<'activities.participantRemoved'>) {
    const { username, connectionId, permission, reason } = data
    const isOwn =
      connectionId === undefined
        ? username === this.#context.board.get().username
        : connectionId === this.#place
    if (!isOwn) return
    // The loss of a right has no words of anybody.
    const said = permission ? undefined : reason
    this.#out({ status: 'removed', permission, ...(said !== undefined && { reason: said }) })
  }

  /** Not in it for the moment; what was known stays. */
  #outAWhile() {
    this.#isIn = false
    this.#run++
    this.#roster.stop()
    if (!this.#openers.some) return
    this.#patch((each) => (each.status === 'joined' ? { ...each, status: 'joining' } : each))
  }

  /** The stream is not to be read any more. */
  #gone({ code, details }: CollabError) {
    if (OUT.has(this.#state.status)) return
    const reason = details?.['reason']
    if (reason === 'left') {
      // Not by anybody's wish here: the service took this connection for gone.
      this.#outAWhile()
      if (this.#openers.some) this.#joinLater()
      return
    }
    if (reason === 'activity_removed' || code === 'not_found') this.#out({ status: 'ended' })
    else this.#out({ status: 'removed', permission: reason !== 'removed' })
  }

  #out(why: Parameters<typeof emptied>[1]) {
    const { clock, streams } = this.#context
    clock.clearTimeout(this.#retry)
    this.#run++
    this.#isIn = false
    this.#place = undefined
    // Nobody is followed any more: whoever comes back shows the rest of what they showed.
    if (this.#state.following !== undefined) this.#own.change({ removed: ['following'] })
    streams.unfollow(this.#stream)
    this.#roster.stop()
    this.#sharing.forget(why.status === 'ended')
    this.#patch((each) => emptied(each, why))
  }

  /** What one may do has changed, perhaps. */
  #askRights() {
    if (this.#asksRights) return
    this.#asksRights = true
    const { calls } = this.#context
    calls
      .attempt('activities.getActivity', this.#name)
      .then(
        (activity) => this.#patch((each) => (each.activity ? { ...each, activity } : each)),
        // The service refuses what is not permitted, and puts out who may not be here.
        () => {},
      )
      .finally(() => void (this.#asksRights = false))
  }

  #follow(connectionId: string | undefined) {
    const { following, participants } = this.#state
    if (following === connectionId) return
    if (connectionId !== undefined && !participants[connectionId]) return
    this.#patch((each) => withFollowing(each, connectionId), true)
    // Who only reads along shows nothing of it.
    if (this.#openers.lurk) return
    this.#own.change(
      connectionId === undefined
        ? { removed: ['following'] }
        : { set: { following: connectionId } },
    )
  }

  /** Whoever is followed may have another connection now. */
  #followOn(before: ActivityState) {
    const next = followedIn(before, this.#state)
    if (next !== this.#state.following) this.#follow(next)
  }
}

const isCapacity = ({ details }: CollabError) => String(details?.['limit']).startsWith('capacity')
