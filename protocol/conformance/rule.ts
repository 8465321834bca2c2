import { CollabError, type ErrorShape, type EventItem } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { connectPeer, createBackend, createPerson, type Tokens } from './connect.ts'
import type { KeyCredentials } from './http.ts'
import type { Backend, Peer, Person, PersonOptions, Target } from './target.ts'

/** What a rule's test works with; everything is closed and checked after it. */
export interface Stage {
  person(options?: PersonOptions): Promise<Person>
  /** A fresh person's live connection. */
  peer(options?: PersonOptions): Promise<Peer>
  /** A further connection of a person. */
  connect(person: Person): Promise<Peer>
  /** The same by a client that tells nothing but the token. */
  plain(person: Person): Promise<Peer>
  /** A person by tokens that came in another way. */
  as(tokens: Tokens): Person
  /** One who calls with an API key. */
  backend(key: KeyCredentials): Backend
  /** A connection with this token and these headers; a refusal is thrown. */
  handshake(token: string | undefined, headers?: Record<string, string>): Promise<Peer>
}

/** Much more than any rule takes: a rule whose fact never comes ends here, on a busy machine too. */
const TIMEOUT_MS = 20_000

export type RuleBody = (stage: Stage) => Promise<void>

/** Registers tests that are titled `[RULE-n] sentence`. */
export const rules = (target: Target) => (title: string, body: RuleBody) => {
  // oxlint-disable-next-line vitest/valid-title -- the rules give it
  test(title, { timeout: TIMEOUT_MS }, async () => {
    const people: Person[] = []
    const peers: Peer[] = []
    const backends: Backend[] = []
    const keep = <T>(list: T[], item: T): T => {
      list.push(item)
      return item
    }
    const stage: Stage = {
      person: async (options) => keep(people, await target.person(options)),
      peer: async (options) => keep(peers, await (await stage.person(options)).connect()),
      connect: async (person) => keep(peers, await person.connect()),
      async plain({ url, accessToken }) {
        const { transport, settle } = target
        const place = { url, transport, plain: true, ...(settle && { settle }) }
        return keep(peers, await connectPeer(place, accessToken))
      },
      backend: (key) => keep(backends, createBackend(target, key)),
      as: (tokens) => keep(people, createPerson(target, tokens)),
      handshake: async (token, headers) => keep(peers, await connectPeer(target, token, headers)),
    }
    try {
      await body(stage)
      expect(peers.flatMap(({ violations }) => violations)).toEqual([])
    } finally {
      await Promise.all([...peers, ...people, ...backends].map((each) => each.close()))
    }
  })
}

/** The error a call is refused with; fails when it is not refused. */
export async function refusal(attempt: Promise<unknown>): Promise<ErrorShape> {
  const outcome = await attempt.then(
    (data) => ({ data }),
    (error: unknown) => ({ error }),
  )
  if ('data' in outcome) throw new Error(`expected a refusal, got ${JSON.stringify(outcome.data)}`)
  if (outcome.error instanceof CollabError) return outcome.error.toJSON()
  throw outcome.error
}

export const named =
  (name: string, data: object = {}) =>
  (item: EventItem): boolean => {
    const values = Object.entries((item.data ?? {}) as Record<string, unknown>)
    return (
      item.name === name &&
      Object.entries(data).every(([key, value]) =>
        values.some(([k, v]) => k === key && v === value),
      )
    )
  }

export const of =
  (stream: string) =>
  (item: EventItem): boolean =>
    item.stream === stream

/** The durable items of a stream that a connection has received. */
export const durable = (peer: Peer, stream: string): EventItem[] =>
  peer.items.filter((item) => item.stream === stream && item.seq !== undefined)

/** 1, 2, 3 … to `to`. */
export const count = (to: number, from = 1): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

export const commandId = (): string => crypto.randomUUID()
