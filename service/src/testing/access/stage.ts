import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { ConfigSchema, type ConfigInput } from '../../config.ts'
import { hashPassword } from '../../domains/users/index.ts'
import type { createService, Service } from '../../index.ts'
import type { Caller } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import type { Actor, CallerKind } from './callers.ts'

export type CreateService = typeof createService

/** The password of those who have one. */
export const PASSWORD = 'correct horse battery staple'
/** One who may do everything and is nobody: no account, so never the last admin. */
const ANYBODY: Caller = Object.freeze({ username: 'stage', role: 'admin' })
/** The group that scenes grant something to. */
export const GROUP = 'crew'

/** A host whose tokens are accepted. */
export const HOST = {
  name: 'host',
  issuer: 'https://host.example',
  audience: 'collab',
  algorithm: 'HS256',
  secret: 'a secret that is as long as it has to be',
} as const

let hashed: Promise<string> | undefined

/** A running service, and quick ways to put people and things on it. */
export interface Stage {
  readonly url: string
  readonly epoch: string
  /** One who makes the chats of scenes. */
  readonly host: Actor
  /** One whom nothing is ever done to. */
  readonly bystander: Actor
  /** Call an operation as somebody without going through a door. */
  act<N extends OperationName>(
    actor: Pick<Actor, 'caller'> | 'anybody',
    name: N,
    input: InputOf<N>,
  ): Promise<OutputOf<N>>
  internal(name: string, input: Record<string, unknown>): Promise<Record<string, unknown>>
  /** Somebody of this kind whom nobody has met. */
  actor(kind: CallerKind): Promise<Actor>
  /** An account of nothing but a name. */
  person(): Promise<string>
  /** Give an account the password of all. */
  setPassword(username: string): Promise<void>
  /** An access token of another device of a person. */
  signIn(username: string): Promise<{ token: string; signInId: string }>
  /** Sign an access token, for so many milliseconds. */
  issue(username: string, signInId: string, ms: number): Promise<string>
  key(scopes: readonly string[]): Promise<{ apiKey: string; secret: string }>
  close(): Promise<void>
}

/** Nobody is to be told to wait. */
const LIMITS = {
  opsPerSecond: 1_000_000,
  opsBurst: 1_000_000,
  signInsPerMinute: 1_000_000,
  failuresPerMinute: 1_000_000,
  joinedStreams: 100_000,
  connectionsPerUser: 1000,
  eventStreamsPerUser: 1000,
  inFlight: 10_000,
}

export const unique = (what: string): string => `${what}-${newId()}`

export async function openStage(
  create: CreateService,
  config: Partial<ConfigInput> = {},
): Promise<Stage> {
  const service = await create({
    config: ConfigSchema.parse({
      host: '127.0.0.1',
      registration: 'open',
      guests: 'on',
      logLevel: 'silent',
      databaseUrl: 'sqlite::memory:',
      port: 0,
      limits: LIMITS,
      issuers: [HOST],
      ...config,
    }),
  })
  const { port } = await service.listen()
  const hands = createHands(service)
  const actor = (kind: CallerKind) => makeActor(hands, kind)
  await hands.act('anybody', 'groups.createGroup', { name: GROUP })
  const { epoch } = await hands.act('anybody', 'system.getInfo', {})
  return {
    ...hands,
    url: `http://127.0.0.1:${port}`,
    epoch,
    host: await actor('user'),
    bystander: await actor('user'),
    actor,
    close: () => service.close({ spreadMs: 0 }),
  }
}

type Hands = Pick<Stage, 'act' | 'internal' | 'person' | 'setPassword' | 'signIn' | 'issue' | 'key'>

/** Quick ways past the doors. */
function createHands({ dispatcher, tokens }: Service): Hands {
  const internal = async (name: string, input: Record<string, unknown>) =>
    (await dispatcher.internal(name, input)) as Record<string, unknown>
  const act: Stage['act'] = async (actor, name, input) => {
    const caller = actor === 'anybody' ? ANYBODY : actor.caller
    const { json, error } = await dispatcher.call({
      name,
      input,
      caller,
      connection: undefined,
      address: '',
      via: 'service',
    })
    if (error) throw error
    return JSON.parse(json) as never
  }
  return {
    act,
    internal,
    async person() {
      const username = unique('person')
      await act('anybody', 'users.createUser', { username })
      return username
    },
    async setPassword(username) {
      hashed ??= hashPassword(PASSWORD)
      await internal('auth.$addUser', { username, role: 'user', passwordHash: await hashed })
    },
    async signIn(username) {
      const { signInId } = (await internal('auth.$openSignIn', { username })) as {
        signInId: string
      }
      return { signInId, token: (await tokens.issue(username, signInId)).token }
    },
    issue: async (username, signInId, ms) => (await tokens.issue(username, signInId, ms)).token,
    async key(scopes) {
      const { id, secret } = await internal('auth.$addKey', { name: 'Backend', scopes })
      return { apiKey: String(id), secret: String(secret) }
    },
  }
}

async function makeActor({ act, person, signIn, key }: Hands, kind: CallerKind): Promise<Actor> {
  if (kind === 'anonymous') return { kind, username: '', caller: undefined, credentials: {} }
  if (kind === 'guest') {
    const guest = await act({ caller: undefined }, 'auth.continueAsGuest', { displayName: 'Guest' })
    const { username } = guest.user
    const caller: Caller = { username, role: 'guest', signInId: signInIdOf(guest.accessToken) }
    return { kind, username, caller, credentials: { token: guest.accessToken } }
  }
  if (kind === 'key' || kind === 'reader') {
    const scopes = kind === 'key' ? ['*'] : ['users:read']
    const credentials = await key(scopes)
    const username = credentials.apiKey
    return {
      kind,
      username,
      credentials,
      caller: { username, role: 'admin', signInId: username, scopes },
    }
  }
  const username = await person()
  if (kind === 'acting') {
    const credentials = { ...(await key(['*'])), actAs: username }
    const caller: Caller = { username, role: 'user', signInId: credentials.apiKey, scopes: ['*'] }
    return { kind, username, caller, credentials }
  }
  const { token, signInId } = await signIn(username)
  if (kind === 'admin') await act('anybody', 'users.setRole', { username, role: 'admin' })
  if (kind === 'group')
    await act('anybody', 'groups.addGroupMembers', { name: GROUP, usernames: [username] })
  const role = kind === 'admin' ? 'admin' : 'user'
  return { kind, username, caller: { username, role, signInId }, credentials: { token } }
}

/** What a token of the service stands on. */
function signInIdOf(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(claims) as { sid: string }).sid
}
