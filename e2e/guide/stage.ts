import {
  createCollab,
  isCollabError,
  type CollabClient,
  type ClientOptions,
} from '@collab-kit/client'
import type { SignIn } from '@collab-kit/protocol'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { bySecret, toToken } from '../rig/host-tokens.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'

export const PASSWORD = 'correct horse battery'

const HOST = { issuer: 'https://host.example', audience: 'collab' }
const SECRET = 'a secret of the host, long enough to be one'

/** What is run for a row of the guide, by its name. */
export type Rows = Record<string, () => Promise<void>>

let service: ServiceProcess
const clients: CollabClient[] = []
let people = 0

/** A name that nobody had. */
export const newName = (prefix: string): string => `${prefix}${++people}`

beforeAll(async () => {
  service = await startService({
    env: {
      COLLAB_ADMIN_USERNAME: 'boss',
      COLLAB_ADMIN_PASSWORD: PASSWORD,
      COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '100000',
      COLLAB_ISSUERS: JSON.stringify([
        { ...HOST, algorithm: 'HS256', secret: SECRET, primary: true },
      ]),
    },
  })
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})
afterAll(() => service?.close())

/** The port of the service, for what stands between. */
export const servicePort = (): number => service.port

/** A token that somebody's own site signs. */
export function hostToken(username: string, lifeSeconds: number): string {
  const now = Date.now() / 1000
  return toToken({
    header: { alg: 'HS256', typ: 'JWT' },
    payload: {
      iss: HOST.issuer,
      aud: HOST.audience,
      sub: username,
      iat: now,
      exp: now + lifeSeconds,
    },
    signer: bySecret(SECRET),
  })
}

export async function post(path: string, body: object): Promise<SignIn> {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.ok).toBe(true)
  return (await response.json()) as SignIn
}

export const account = (): Promise<SignIn> =>
  post('/auth/register', {
    username: `p${++people}`,
    password: PASSWORD,
    displayName: `Person ${people}`,
  })

export function open(options: Partial<ClientOptions>): CollabClient {
  const client = createCollab({ serviceUrl: service.url, account: `a${++people}`, ...options })
  clients.push(client)
  return client
}

/** What listeners are told of this client's connection, in order. */
export function statusesOf(client: CollabClient): CollabClient['status'][] {
  const statuses: CollabClient['status'][] = []
  client.on('status', (status) => statuses.push(status))
  return statuses
}

export const becomes = (client: CollabClient, status: CollabClient['status']) =>
  until(() => client.status === status, { what: `the client is ${status}`, within: 15_000 })

/** A person with a live connection. */
export async function live(): Promise<CollabClient> {
  const { accessToken: token } = await account()
  const client = open({ token })
  client.connect()
  await becomes(client, 'live')
  return client
}

export async function boss(): Promise<CollabClient> {
  const client = open({ credentials: { username: 'boss', password: PASSWORD } })
  client.connect()
  await becomes(client, 'live')
  return client
}

export const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (isCollabError(error) ? error.code : String(error)),
  )

/** The next call of this operation as listeners hear of it. */
export const heard = (client: CollabClient, name: string) =>
  new Promise<unknown>((resolve) => {
    client.on(name as 'call', resolve)
  })
