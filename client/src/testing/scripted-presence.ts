import type { InputOf, OutputOf, OwnPresence, Presence } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Answers, ScriptedCaller, ScriptedState } from './script.ts'

const PAGE = 200

/** Who is here, by a script: the people it names, and those who are connected. */
export class ScriptedPresence {
  readonly #state: ScriptedState
  readonly #people = new Map<string, Presence>()
  readonly #own = new Map<string, OwnPresence>()
  readonly #idle = new Set<string>()
  /** Nobody is told before anybody asked. */
  #isFollowed = false

  constructor(state: ScriptedState) {
    this.#state = state
    for (const person of state.script.people ?? [])
      this.#people.set(person.username, toPresence(person))
  }

  /** Changes somebody, and tells it. */
  set(username: string, change: Partial<Omit<Presence, 'username' | 'rev'>>): Presence {
    const before = this.of(username)
    const given = Object.entries({ ...before, since: this.#state.now(), ...change })
    const presence = {
      ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Presence),
      rev: before.rev + 1,
    }
    this.#people.set(username, presence)
    if (this.#isFollowed)
      this.#state.push('presence.presenceChanged', presence, {
        stream: `presence:${encodeURIComponent(username)}`,
        durable: false,
      })
    return presence
  }

  of(username: string): Presence {
    return this.#people.get(username) ?? { username, rev: 0, state: 'offline' }
  }

  /** A connection came, or went for good. */
  connected(caller: ScriptedCaller, isHere: boolean): void {
    if (caller.connectionId !== undefined) this.#idle.delete(caller.connectionId)
    this.#tell(caller.username, isHere)
  }

  answers(): Answers {
    return {
      'presence.getOwnPresence': (_input, { username }) => this.#ownOf(username),
      'presence.setPresence': (input, { username }) => this.#setOwn(username, input),
      'presence.setIdle': ({ idle }, { username, connectionId = '' }) => {
        if (idle) this.#idle.add(connectionId)
        else this.#idle.delete(connectionId)
        this.#tell(username, true)
        return {}
      },
      'presence.getPresence': ({ usernames }) => ({
        items: usernames.map((name) => this.of(name)),
      }),
      'presence.subscribe': (input, caller) => this.#subscribe(input, caller),
      'presence.unsubscribe': () => ({}),
      'presence.listAudience': (input) => {
        const items = this.#namesOf(input).map((name) => this.of(name))
        const online = items.filter(({ state }) => state !== 'offline').length
        return { items: items.slice(0, PAGE), online }
      },
    }
  }

  #subscribe(
    input: InputOf<'presence.subscribe'>,
    _caller: ScriptedCaller,
  ): OutputOf<'presence.subscribe'> {
    this.#isFollowed = true
    return { items: this.#namesOf(input).map((name) => this.of(name)) }
  }

  #namesOf({ usernames, contacts, chatId, activity }: InputOf<'presence.subscribe'>): string[] {
    const { script, chats } = this.#state
    if (usernames) return [...usernames]
    if (contacts) return [...(script.contacts ?? this.#people.keys())]
    if (chatId !== undefined) {
      const kept = chats.get(chatId)
      if (!kept) throw new CollabError('not_found')
      return [...(kept.chat.members ?? this.#people.keys())]
    }
    return this.#state.activities.namesIn(activity?.type ?? '', activity?.id ?? '')
  }

  #ownOf(username: string): OwnPresence {
    return this.#own.get(username) ?? { state: 'available', showLastSeen: true }
  }

  #setOwn(
    username: string,
    { commandId: _id, ...change }: InputOf<'presence.setPresence'>,
  ): OwnPresence {
    const given = Object.entries({ ...this.#ownOf(username), ...change })
    const own = Object.fromEntries(
      given.filter(([, value]) => value !== undefined && value !== null),
    ) as unknown as OwnPresence
    this.#own.set(username, own)
    this.#state.push('presence.ownPresenceChanged', own, {
      stream: `user:${encodeURIComponent(username)}`,
    })
    this.#tell(username, true)
    return own
  }

  #tell(username: string, isHere: boolean) {
    const { state, status, data } = this.#ownOf(username)
    const here = state === 'invisible' ? 'offline' : state
    const shown = !isHere ? 'offline' : here === 'available' && this.#idle.size ? 'away' : here
    const before = this.of(username)
    if (shown === before.state && status === before.status && data === before.data) return
    this.set(username, { state: shown, status, data } as Partial<Presence>)
  }
}

/** Somebody as they are here. */
export const toPresence = (person: Partial<Presence> & { username: string }): Presence => ({
  rev: 1,
  state: 'available',
  since: '2026-01-01T00:00:00.000Z',
  ...person,
})
