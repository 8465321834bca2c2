import type { DataOf, EventItem, InputOf, OutputOf } from '@collab-kit/protocol'
import { activityStream, chatStream, type CollabError } from '@collab-kit/protocol/runtime'
import type { CallRecord } from '../../calls/calls.ts'
import { toCollabError } from '../../errors.ts'
import { chunked } from '../chunked.ts'
import type { DomainContext } from '../context.ts'
import { apply } from '../index.ts'
import { initialPresence, type PresenceSlice, type PresenceTarget } from './model.ts'
import { placeKey } from './place-key.ts'
import {
  answered,
  patchPresence,
  pruned,
  refusedPlace,
  withMember,
  withPeople,
  withUnknown,
  withPlace,
} from './state.ts'
import { membershipOf } from './targets.ts'

interface Watched {
  target: PresenceTarget
  count: number
  /** Asked for on this connection; of people by name, each name is. */
  told: boolean
  /** Answers in a row that were no more than "later". */
  failures: number
  /** Not asked for before, by the clock. */
  notBefore: number
}

/** Watches that begin or end within this time are one. */
const GATHER_MS = 50
const AGAIN_MS = 1_000
const MOST_AGAIN_MS = 30_000
/** Whoever has been put off so often is told why, and asks on. */
const TOLD_AFTER = 3
const PER_CALL = 200

/** Whose presence is followed: each target once on every connection, whoever wants it. */
export class Watches {
  readonly #context: DomainContext
  readonly #watched = new Map<string, Watched>()
  /** People by name who were asked for on this connection. */
  readonly #told = new Set<string>()
  /** Those that there was an answer for, on any connection. */
  readonly #answered = new Set<string>()
  /** Who was told of on this connection: newer than a snapshot that is on its way. */
  readonly #heard = new Set<string>()
  /** Rises with every connection. */
  #turn = 0
  #timer: unknown
  #dueAt = Infinity

  constructor(context: DomainContext) {
    this.#context = context
    this.#listen()
  }

  /** How many targets are watched. */
  get size(): number {
    return this.#watched.size
  }

  /** The returned function is to be called once. */
  watch(target: PresenceTarget): () => void {
    const key = placeKey(target)
    const { board } = this.#context
    const watched = this.#watched.get(key) ?? {
      target,
      count: 0,
      told: false,
      failures: 0,
      notBefore: 0,
    }
    watched.count++
    if (board.get().presence.places[key]?.status === 'refused') {
      // Whoever asks once more is answered once more.
      this.#askAgain(watched)
      board.commit(patchPresence(withPlace(key, namesOf(target))))
    }
    if (!this.#watched.has(key)) {
      this.#watched.set(key, watched)
      const names = namesOf(target)
      board.commit(
        patchPresence((slice) => {
          const next = withPlace(key, names)(slice)
          return 'usernames' in target && names.every((name) => this.#answered.has(name))
            ? answered(key, names)(next)
            : next
        }),
      )
    }
    this.#later()
    return () => {
      watched.count--
      this.#later()
    }
  }

  /** A new connection, which follows nobody yet. */
  opened(): void {
    this.#turn++
    this.#told.clear()
    this.#heard.clear()
    for (const watched of this.#watched.values()) {
      watched.told = false
      watched.failures = watched.notBefore = 0
    }
    this.#flush()
  }

  /** Another person comes: what is watched is watched by them. */
  reset(): void {
    this.#turn++
    this.#answered.clear()
    this.#context.board.update(
      patchPresence(() =>
        [...this.#watched].reduce<PresenceSlice>(
          (slice, [key, { target }]) => withPlace(key, namesOf(target))(slice),
          initialPresence,
        ),
      ),
    )
  }

  close(): void {
    this.#context.clock.clearTimeout(this.#timer)
    this.#watched.clear()
  }

  #listen() {
    const { board, emitter } = this.#context
    emitter.on('presence.presenceChanged', (item: EventItem<DataOf<'presence.presenceChanged'>>) =>
      this.#changed(item),
    )
    // Of whom one hears nothing, one knows nothing; whoever is heard again is told anew.
    emitter.on('users.blockedChanged', ({ data }: EventItem<DataOf<'users.blockedChanged'>>) => {
      if (data.blocked) board.update(patchPresence(withUnknown(data.username)))
    })
    emitter.on('presence.audienceChanged', (item: EventItem) =>
      board.update((state) => apply(state, item)),
    )
    for (const name of ['chat.joinChat', 'activities.joinActivity'])
      emitter.on(`call:${name}`, ({ input, error }: CallRecord) => {
        if (!error) this.#joined(keyOf(input as Named))
      })
    emitter.on('chat.chatAdded', ({ data }: EventItem<Named>) => this.#joined(keyOf(data)))
    for (const name of ['chat.leaveChat', 'activities.leaveActivity'])
      emitter.on(`call:${name}`, ({ input }: CallRecord) => this.#left(keyOf(input as Named)))
    emitter.on('activities.participantRemoved', ({ data }: EventItem<PutOut>) => {
      const { username, connection } = board.get()
      if (data.username === username || data.connectionId === connection.connectionId)
        this.#left(keyOf(data))
    })
    emitter.on('streams.removed', ({ data }: EventItem<DataOf<'streams.removed'>>) => {
      for (const [key, { target }] of this.#watched)
        if (streamOf(target) === data.stream) this.#left(key)
    })
    for (const [name, toMembership] of Object.entries(membershipOf))
      emitter.on(name, ({ data }: EventItem<never>) => {
        const { key, username, belongs } = toMembership(data, board.get())
        if (username === undefined || !this.#watched.has(key)) return
        this.#context.people.want([username])
        board.update(patchPresence(withMember(key, username, belongs)))
      })
  }

  #changed(item: EventItem<DataOf<'presence.presenceChanged'>>) {
    const { board } = this.#context
    const { username } = item.data
    if (!this.#watched.size) return
    this.#heard.add(username)
    board.update((state) => apply(state, item))
    const { places } = board.get().presence
    if (Object.values(places).some(({ usernames }) => usernames.includes(username))) return
    // Told of somebody nobody asked for by name: they came to a place whose events are not heard here.
    const open = [...this.#watched].filter(
      ([key, { target }]) => streamOf(target) && places[key]?.status !== 'refused',
    )
    const [only] = open
    if (only && open.length === 1 && !places[only[0]]?.audience) {
      board.update(patchPresence(withMember(only[0], username, true)))
      this.#context.people.want([username])
      return
    }
    // One of several, or a crowd that is none any more.
    for (const [, watched] of open) if (watched.told) this.#put(watched, AGAIN_MS)
  }

  /** Whoever has come into a place may be let know who else is there. */
  #joined(key: string) {
    const watched = this.#watched.get(key)
    const isRefused = this.#context.board.get().presence.places[key]?.status === 'refused'
    if (!watched || !isRefused) return
    this.#askAgain(watched)
    this.#later()
  }

  /** Whoever has gone from a place is told no more of it, unless it is open to all. */
  #left(key: string) {
    const watched = this.#watched.get(key)
    if (!watched) return
    watched.told = false
    this.#later()
  }

  /** What was refused may be answered now. */
  #askAgain(watched: Watched) {
    watched.told = false
    watched.notBefore = 0
    for (const name of namesOf(watched.target)) this.#told.delete(name)
  }

  /** Asked for later, whatever else is asked meanwhile. */
  #put(watched: Watched, ms: number) {
    watched.told = false
    watched.notBefore = Math.max(watched.notBefore, this.#context.clock.now() + ms)
    this.#later(ms)
  }

  #later(ms = GATHER_MS) {
    const { clock } = this.#context
    const at = clock.now() + ms
    if (at >= this.#dueAt) return
    clock.clearTimeout(this.#timer)
    this.#dueAt = at
    this.#timer = clock.setTimeout(() => this.#flush(), ms)
  }

  #flush() {
    const { board, calls, clock } = this.#context
    clock.clearTimeout(this.#timer)
    this.#dueAt = Infinity
    for (const [key, { target, count, told }] of this.#watched) {
      if (count > 0) continue
      this.#watched.delete(key)
      if (told) this.#unsubscribe(target)
    }
    const names = new Set([...this.#watched.values()].flatMap(({ target }) => namesOf(target)))
    const gone = [...this.#told].filter((name) => !names.has(name))
    for (const name of gone) this.#told.delete(name)
    for (const name of this.#answered) if (!names.has(name)) this.#answered.delete(name)
    for (const usernames of chunked(gone, PER_CALL)) this.#unsubscribe({ usernames })
    board.update(patchPresence((slice) => pruned(slice, (key) => this.#watched.has(key))))
    if (calls.open) this.#askAll()
  }

  #askAll() {
    const now = this.#context.clock.now()
    const names = new Set<string>()
    for (const [key, watched] of this.#watched) {
      const fresh = namesOf(watched.target).filter((name) => !this.#told.has(name))
      const isAsked = 'usernames' in watched.target ? !fresh.length : watched.told
      if (isAsked) continue
      if (watched.notBefore > now) this.#later(watched.notBefore - now)
      else if (fresh.length) for (const name of fresh) names.add(name)
      else void this.#askPlace(key, watched)
    }
    for (const usernames of chunked([...names], PER_CALL)) void this.#askNames(usernames)
  }

  #unsubscribe(target: PresenceTarget) {
    const { calls } = this.#context
    // A connection that is gone follows nobody.
    if (calls.open)
      calls
        .attempt('presence.unsubscribe', target as InputOf<'presence.unsubscribe'>)
        .catch(() => {})
  }

  async #askNames(usernames: readonly string[]) {
    for (const name of usernames) this.#told.add(name)
    const places = () =>
      [...this.#watched].filter(([, { target }]) =>
        namesOf(target).some((name) => usernames.includes(name)),
      )
    const answer = await this.#ask({ usernames })
    if (!answer) return
    if (answer.error) {
      if (answer.error.retryable) for (const name of usernames) this.#told.delete(name)
      return this.#failed(places(), answer.error)
    }
    for (const name of usernames) this.#answered.add(name)
    const whole = places().filter(([, { target }]) =>
      namesOf(target).every((name) => this.#answered.has(name)),
    )
    for (const [, watched] of whole) watched.failures = 0
    this.#take(answer.data, (slice) =>
      whole.reduce((before, [key, { target }]) => answered(key, namesOf(target))(before), slice),
    )
  }

  async #askPlace(key: string, watched: Watched) {
    watched.told = true
    const answer = await this.#ask(watched.target)
    if (!answer || this.#watched.get(key) !== watched) return
    if (answer.error) return this.#failed([[key, watched]], answer.error)
    watched.failures = 0
    const { items, audience } = answer.data
    const names = items.map(({ username }) => username)
    const told = audience && { online: audience.online, total: audience.total }
    this.#take(answer.data, answered(key, names, told))
  }

  /** Said in the place, or asked once more; what does not pass for long is both. */
  #failed(asked: readonly (readonly [string, Watched])[], error: CollabError) {
    const { places } = this.#context.board.get().presence
    if (!error.retryable)
      return this.#refuse(
        asked.map(([key]) => key),
        error,
      )
    for (const [, watched] of asked) {
      const pause = Math.min(AGAIN_MS * 2 ** watched.failures++, MOST_AGAIN_MS)
      this.#put(watched, (error.retryAfterMs ?? 0) + pause)
    }
    const inVain = asked.filter(
      ([key, { failures }]) => failures >= TOLD_AFTER && places[key]?.status === 'loading',
    )
    this.#refuse(
      inVain.map(([key]) => key),
      error,
    )
  }

  /** Asks on this connection; nothing when there is another one by the time of the answer. */
  async #ask(
    target: PresenceTarget,
  ): Promise<
    { data: OutputOf<'presence.subscribe'>; error?: undefined } | { error: CollabError } | undefined
  > {
    const { calls } = this.#context
    const turn = this.#turn
    try {
      const data = await calls.attempt(
        'presence.subscribe',
        target as InputOf<'presence.subscribe'>,
      )
      return turn === this.#turn ? { data } : undefined
    } catch (thrown) {
      if (turn !== this.#turn || !calls.open) return undefined
      return { error: toCollabError(thrown) }
    }
  }

  #refuse(keys: readonly string[], error: CollabError) {
    const shape = error.toJSON()
    this.#context.board.update(
      patchPresence((slice) =>
        keys.reduce((before, key) => refusedPlace(key, shape)(before), slice),
      ),
    )
  }

  #take({ items }: OutputOf<'presence.subscribe'>, place: (slice: PresenceSlice) => PresenceSlice) {
    const { board, people } = this.#context
    board.update(
      patchPresence((slice) =>
        place(
          withPeople(
            slice,
            items.filter(({ username, rev }) => {
              const known = slice.people[username]?.rev ?? 0
              return !this.#heard.has(username) || rev >= known
            }),
          ),
        ),
      ),
    )
    people.want(items.map(({ username }) => username))
  }
}

const namesOf = (target: PresenceTarget): readonly string[] =>
  'usernames' in target ? target.usernames : []

/** Where comings and goings are told; nothing for people who are not in one place. */
function streamOf(target: PresenceTarget): string | undefined {
  if ('chatId' in target) return chatStream(target.chatId)
  if ('activity' in target) return activityStream(target.activity.type, target.activity.id)
  return undefined
}

/** How calls and events name a chat or an activity. */
interface Named {
  chatId?: string
  type?: string
  id?: string
}

interface PutOut extends Named {
  username?: string
  connectionId?: string
}

const keyOf = ({ chatId, type = '', id = '' }: Named): string =>
  placeKey(chatId === undefined ? { activity: { type, id } } : { chatId })
