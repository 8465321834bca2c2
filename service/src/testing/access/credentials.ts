import type { OperationName } from '@collab-kit/protocol'
import { signToken } from '../../token/index.ts'
import type { Credentials } from './callers.ts'
import { Doors, doorNames } from './doors.ts'
import { toOutcome, type Probe } from './probe.ts'
import { HOST, unique, type Stage } from './stage.ts'

const aPerson = async (stage: Stage) => {
  const username = await stage.person()
  return { username, ...(await stage.signIn(username)) }
}

const forPerson = async (stage: Stage, scopes: readonly string[], actAs: string) => ({
  ...(await stage.key(scopes)),
  actAs,
})

const HOUR_MS = 3_600_000

const hostToken = async (username: string, secret: string = HOST.secret): Promise<string> => {
  const { issuer, audience, algorithm } = HOST
  return (await signToken({ issuer, audience, algorithm, secret }, { username })).token
}

/** A person of the host who has been here. */
const hostPerson = async (stage: Stage) => {
  const sub = unique('sub')
  const token = await hostToken(sub)
  const doors = new Doors(stage.url, { token })
  await doors.call('rest', 'users.getMe', {})
  await doors.close()
  return { username: `${HOST.name}:${sub}`, token }
}

/** What somebody may show at a door. */
const shown: Record<string, (stage: Stage) => Promise<Credentials>> = {
  'a token': async (stage) => ({ token: (await aPerson(stage)).token }),
  'no token at all': async () => ({ token: 'not.a.token' }),
  'a token that was changed': async (stage) => {
    const [header, claims, signature = ''] = (await aPerson(stage)).token.split('.')
    return {
      token: [header, claims, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join(
        '.',
      ),
    }
  },
  'a token that has ended': async (stage) => {
    const { username, signInId } = await aPerson(stage)
    return { token: await stage.issue(username, signInId, -HOUR_MS) }
  },
  'a token of a sign-in that has ended': async (stage) => {
    const { username, signInId, token } = await aPerson(stage)
    await stage.act({ caller: { username, role: 'user', signInId } }, 'auth.signOut', {})
    return { token }
  },
  "a token with another person's sign-in": async (stage) => {
    const { signInId } = await aPerson(stage)
    return { token: await stage.issue(await stage.person(), signInId, HOUR_MS) }
  },
  'a token of no sign-in': async (stage) => ({
    token: await stage.issue(await stage.person(), 'absent', HOUR_MS),
  }),
  'a token of a disabled person': async (stage) => {
    const { username, token } = await aPerson(stage)
    await stage.act('anybody', 'users.disableUser', { username })
    return { token }
  },
  'a token of a deleted person': async (stage) => {
    const { username, token } = await aPerson(stage)
    await stage.act('anybody', 'users.deleteUser', { username })
    return { token }
  },
  'a token issued before `revokeTokens`': async (stage) => {
    const { username, token } = await aPerson(stage)
    await stage.act('anybody', 'auth.revokeTokens', { username })
    return { token }
  },
  'a token of a sign-in since `revokeTokens`': async (stage) => {
    const username = await stage.person()
    await stage.act('anybody', 'auth.revokeTokens', { username })
    return { token: (await stage.signIn(username)).token }
  },
  "a host's token": async () => ({ token: await hostToken(unique('sub')) }),
  "a host's token with another secret": async () => ({
    token: await hostToken(unique('sub'), 'another secret, as long as it has to be'),
  }),
  "a host's token for a disabled person": async (stage) => {
    const { username, token } = await hostPerson(stage)
    await stage.act('anybody', 'users.disableUser', { username })
    return { token }
  },
  "a host's token issued before `revokeTokens`": async (stage) => {
    const { username, token } = await hostPerson(stage)
    await stage.act('anybody', 'auth.revokeTokens', { username })
    return { token }
  },
  'a token that acts for another': async (stage) => ({
    token: (await aPerson(stage)).token,
    actAs: await stage.person(),
  }),
  'a key': (stage) => stage.key(['*']),
  'a key with another secret': async (stage) => ({
    ...(await stage.key(['*'])),
    secret: 'another',
  }),
  'no such key': async () => ({ apiKey: 'key-absent', secret: '' }),
  'a key that was revoked': async (stage) => {
    const key = await stage.key(['*'])
    await stage.act('anybody', 'auth.revokeApiKey', { id: key.apiKey })
    return key
  },
  'a key for a person': async (stage) => forPerson(stage, ['*'], await stage.person()),
  'a key with `act_as` and `users:read` for a person': async (stage) =>
    forPerson(stage, ['act_as', 'users:read'], await stage.person()),
  'a key without `act_as` for a person': async (stage) =>
    forPerson(stage, ['users:read'], await stage.person()),
  'a key for nobody of this name': (stage) => forPerson(stage, ['*'], 'absent'),
  'a key for a disabled person': async (stage) => {
    const username = await stage.person()
    await stage.act('anybody', 'users.disableUser', { username })
    return forPerson(stage, ['*'], username)
  },
  'a key for a deleted person': async (stage) => {
    const username = await stage.person()
    await stage.act('anybody', 'users.deleteUser', { username })
    return forPerson(stage, ['*'], username)
  },
}

/** What keys of few scopes may do and not do. */
const scoped: Record<string, { operation: OperationName; input: object; scopes: string[] }> = {
  'a key with `auth:write`, for one with less': {
    operation: 'auth.createApiKey',
    input: { name: 'Backend', scopes: ['auth:write'] },
    scopes: ['auth:write'],
  },
  'a key with `auth:write`, for one with more': {
    operation: 'auth.createApiKey',
    input: { name: 'Backend', scopes: ['users:read'] },
    scopes: ['auth:write'],
  },
  'a key with `auth:write`, for one with everything': {
    operation: 'auth.createApiKey',
    input: { name: 'Backend', scopes: ['*'] },
    scopes: ['auth:write'],
  },
  'a key with `users:write`': {
    operation: 'users.getUsers',
    input: { usernames: ['somebody'] },
    scopes: ['users:write'],
  },
  'a key with `users:read`': {
    operation: 'users.createUser',
    input: { username: 'made-by-a-reader' },
    scopes: ['users:read'],
  },
  'a key with `streams:read` alone': {
    operation: 'streams.readSince',
    input: { stream: 'service', seq: 0 },
    scopes: ['streams:read'],
  },
  "a key with `streams:read` alone, for a person's presence": {
    operation: 'streams.readSince',
    input: { stream: 'presence:somebody', seq: 0 },
    scopes: ['streams:read'],
  },
  'a key with `streams:read` and `events:read`': {
    operation: 'streams.readSince',
    input: { stream: 'service', seq: 0 },
    scopes: ['streams:read', 'events:read'],
  },
  'a key with `events:read` alone': {
    operation: 'streams.readSince',
    input: { stream: 'service', seq: 0 },
    scopes: ['events:read'],
  },
  "a key with `events:read` alone, for a person's presence": {
    operation: 'streams.readSince',
    input: { stream: 'presence:somebody', seq: 0 },
    scopes: ['events:read'],
  },
  'a key with `events:read` alone, for people': {
    operation: 'users.getUsers',
    input: { usernames: ['somebody'] },
    scopes: ['events:read'],
  },
  'a key with `*`': {
    operation: 'streams.readSince',
    input: { stream: 'service', seq: 0 },
    scopes: ['*'],
  },
}

const ticketOf = async (stage: Stage, credentials: Credentials): Promise<string> => {
  const doors = new Doors(stage.url, credentials)
  const made = await doors.call('rest', 'streams.createTicket', {})
  await doors.close()
  if (!made.ok) throw new Error(`no ticket: ${JSON.stringify(made.error)}`)
  return (made.data as { ticket: string }).ticket
}

/** Tickets that event streams may be opened with. */
const tickets: Record<string, (stage: Stage) => Promise<string>> = {
  'a ticket': async (stage) => ticketOf(stage, { token: (await aPerson(stage)).token }),
  'a ticket that was used': async (stage) => {
    const ticket = await ticketOf(stage, { token: (await aPerson(stage)).token })
    const doors = new Doors(stage.url, { ticket })
    await doors.enter('sse')
    await doors.close()
    return ticket
  },
  'no such ticket': async () => 'absent',
  'a ticket of a sign-in that has ended': async (stage) => {
    const { username, signInId, token } = await aPerson(stage)
    const ticket = await ticketOf(stage, { token })
    await stage.act({ caller: { username, role: 'user', signInId } }, 'auth.signOut', {})
    return ticket
  },
  'a ticket of a disabled person': async (stage) => {
    const { username, token } = await aPerson(stage)
    const ticket = await ticketOf(stage, { token })
    await stage.act('anybody', 'users.disableUser', { username })
    return ticket
  },
  'a ticket of a key': async (stage) => ticketOf(stage, await stage.key(['*'])),
  'a ticket of a key that was revoked': async (stage) => {
    const key = await stage.key(['*'])
    const ticket = await ticketOf(stage, key)
    await stage.act('anybody', 'auth.revokeApiKey', { id: key.apiKey })
    return ticket
  },
  'a ticket of a key for a person, disabled since': async (stage) => {
    const username = await stage.person()
    const ticket = await ticketOf(stage, await forPerson(stage, ['*'], username))
    await stage.act('anybody', 'users.disableUser', { username })
    return ticket
  },
}

const ticketProbes = (): Probe[] =>
  Object.entries(tickets).map(([row, show]) => ({
    domain: 'credentials',
    operation: 'GET /events',
    row,
    caller: 'anonymous',
    door: 'sse',
    main: true,
    async play({ stage }) {
      const ticket = await show(stage)
      const doors = new Doors(stage.url, { ticket })
      try {
        return toOutcome(await doors.enter('sse'), { ticket })
      } finally {
        await doors.close()
      }
    },
  }))

/** Keys that may read the stream of the service: whether it comes to them without asking. */
const listening: Record<string, { scopes: string[]; acting?: true }> = {
  'a key with `events:read`, without asking': { scopes: ['events:read', 'system:read'] },
  'a key with `*`, without asking': { scopes: ['*'] },
  'a key with `events:read` for a person, without asking': {
    scopes: ['events:read', 'system:read', 'act_as'],
    acting: true,
  },
}

const listeningProbes = (): Probe[] =>
  Object.entries(listening).flatMap(([row, { scopes, acting }]) =>
    (['socket', 'sse'] as const).map((door) => ({
      domain: 'credentials',
      operation: 'users.userRegistered',
      row,
      caller: 'anonymous',
      door,
      main: door === 'socket',
      async play({ stage }) {
        const key = await stage.key(scopes)
        const actAs = acting && { actAs: await stage.person() }
        const doors = new Doors(stage.url, { ...key, ...actAs })
        try {
          await doors.delivered(door)
          const username = unique('made')
          await stage.act('anybody', 'users.createUser', { username })
          const items = (await doors.delivered(door)) ?? []
          const came = items.some(({ data }) => JSON.stringify(data ?? null).includes(username))
          return { got: came ? 'yes' : 'no' }
        } finally {
          await doors.close()
        }
      },
    })),
  )

/** What each kind of credentials is answered with, by a call that every one of them may make. */
export const credentialProbes = (): Probe[] => [
  ...Object.entries(shown).flatMap(([row, show]) =>
    toProbes({
      row,
      operation: 'users.getUsers',
      show,
      input: ({ bystander }) => ({ usernames: [bystander.username] }),
    }),
  ),
  ...Object.entries(scoped).flatMap(([row, { operation, input, scopes }]) =>
    toProbes({ row, operation, input: () => input, show: (stage) => stage.key(scopes) }),
  ),
  ...ticketProbes(),
  ...listeningProbes(),
]

interface Asked {
  row: string
  operation: OperationName
  show(stage: Stage): Promise<Credentials>
  input(stage: Stage): object
}

const toProbes = ({ row, operation, show, input: inputFor }: Asked): Probe[] =>
  doorNames.map((door) => ({
    domain: 'credentials',
    operation,
    row,
    caller: 'anonymous',
    door,
    main: door === 'rest',
    async play({ stage }) {
      const doors = new Doors(stage.url, await show(stage))
      try {
        const input = inputFor(stage)
        return toOutcome(await doors.call(door, operation, input), input)
      } finally {
        await doors.close()
      }
    },
  }))
