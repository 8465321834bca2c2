import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createCollab, isCollabError, type CollabClient } from '@collab-kit/client'
import type { SignIn } from '@collab-kit/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { Blocks, blocksOf, fill } from './blocks.ts'
import { Shell } from './shell.ts'

// What the guides show is run as it stands there, on a service that is set up as they say.
const identity = new Blocks(blocksOf('docs/guide/identity.md', 'sh', 'js'))
const activities = new Blocks(blocksOf('docs/guide/activities.md', 'js'))
const readme = new Blocks(blocksOf('README.md', 'js'))
/** Where the guide has the service. */
const CHAT = 'https://chat.example.com'
const PASSWORD = 'correct horse battery'
const SERVICE_FOLDER = fileURLToPath(new URL('../../service', import.meta.url))

const issuers = identity.take('COLLAB_ISSUERS')
const withKey = identity.take('collab key add').trim().split('\n')
let shell: Shell
let service: ServiceProcess
/** Id and secret of API keys: the guide's, and one of a site that ends tokens. */
let shopKey: string[]
let siteKey: string[]
let issuer: { issuer: string; audience: string; algorithm: string; secret: string }
const children: ChildProcess[] = []
const clients: CollabClient[] = []

beforeAll(async () => {
  shell = new Shell()
  const settings = await shell.settings(issuers)
  ;[issuer] = JSON.parse(settings['COLLAB_ISSUERS']!) as [typeof issuer]
  const [makeKey = ''] = withKey
  shopKey = await printedBy(makeKey)
  siteKey = await printedBy('collab key add site auth:write')
  // They are made before, or where PostgreSQL is: SQLite's file is the service's alone.
  service = await startService({ env: settings, dataDir: `${shell.folder}/data` })
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill()
  for (const client of clients.splice(0)) client.close()
})
afterAll(async () => {
  await service?.close()
  shell?.[Symbol.dispose]()
})

/** The lines that a command prints for others to read. */
async function printedBy(command: string): Promise<string[]> {
  const { output } = await shell.type(`${command} 2> log || cat log`)
  return output.trim().split('\n')
}

/** Runs a module of somebody's backend, which prints; answers the next line. */
function run(code: string): () => Promise<string> {
  const flags = ['--conditions=collab-kit-source', '--input-type=module']
  const child = spawn(process.execPath, flags, {
    cwd: SERVICE_FOLDER,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  let read = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  child.stdin.end(code)
  return async () => {
    const line = await until(() => output.split('\n').at(read + 1) !== undefined, {
      what: 'the module prints',
    }).then(
      () => output.split('\n')[read]!,
      (error: unknown) => {
        throw new Error(`${String(error)}\n${output}`)
      },
    )
    read++
    return line
  }
}

const call = async (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${service.url}/api/v1${path}`, { headers })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Backends whose session says that a request with a cookie is Ann's. */
const SESSION = `const userOf = (req) => (req.headers.cookie === 'session=ann' ? { id: 'ann' } : undefined)`
const LISTEN = `.listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
/** Something like Express: what is posted to a path. */
const EXPRESS = `
  import { createServer } from 'node:http'
  ${SESSION}
  const app = {
    post: (path, handler) =>
      createServer((req, res) => {
        req.session = { user: userOf(req) }
        if (req.url === path) handler(req, res)
      })${LISTEN},
  }`

const backends = {
  Express: () => `${EXPRESS}
    const secret = ${JSON.stringify(issuer.secret)}
    ${identity.take('toExpress')}`,
  Koa: () => `
    import Koa from 'koa'
    import Router from '@koa/router'
    ${SESSION}
    const signing = ${JSON.stringify(issuer)}
    const router = new Router()
    new Koa()
      .use((ctx, next) => {
        ctx.state.user = userOf(ctx.req)
        return next()
      })
      .use((ctx, next) => router.routes()(ctx, next))${LISTEN}
    ${identity.take('toKoa')}`,
  'Next.js': () => `
    import { createServer } from 'node:http'
    ${SESSION}
    const signing = ${JSON.stringify(issuer)}
    let session
    const auth = async () => session && { user: { username: session.id } }
    ${identity.take('export const POST')}
    createServer(async (req, res) => {
      session = userOf(req)
      const { method, headers } = req
      const answer = await POST(new Request('http://' + headers.host + req.url, { method, headers }))
      res.writeHead(answer.status).end(await answer.text())
    })${LISTEN}`,
  'the README': () => `${EXPRESS}
    const { issuer, audience, secret } = ${JSON.stringify(issuer)}
    const getUser = (_, { session }) => session.user && { username: session.user.id }
    ${readme.take('createTokenHandler')}`,
}

describe('of who is who', () => {
  test.each(Object.entries(backends))(
    'the backend of %s answers a person with a token that the service takes, and nobody with none',
    async (_, module) => {
      const host = `127.0.0.1:${await run(module())()}`
      const ask = (cookie: string) =>
        fetch(`http://${host}/collab/token`, {
          method: 'POST',
          headers: { cookie, origin: `http://${host}` },
        })
      const answer = await ask('session=ann')
      expect(answer.status).toBe(200)
      const { token } = (await answer.json()) as { token: string }
      const me = await call('/me', bearer(token))
      expect(await me.json()).toMatchObject({ username: 'ann' })
      expect((await ask('session=nobody')).status).toBe(401)
    },
  )

  test('an API key acts for people', async () => {
    const [key = '', secret = ''] = shopKey
    const asks = withKey
      .slice(1)
      .map((each) => fill(each, { 'curl ': 'curl --silent --fail ', [CHAT]: service.url }))
    const script = [`KEY=${key}`, `SECRET=${secret}`, ...asks].join('\n')
    const { code, output } = await shell.type(script)
    expect(output).toMatch(/"username":"ann".*"items":\[/s)
    expect(code).toBe(0)
  })

  test('somebody is signed out everywhere by the backend', async () => {
    const signing = JSON.stringify({ ...issuer, ttl: 600 })
    const next = run(`
      import { signToken } from '@collab-kit/service/token'
      const { token } = await signToken(${signing}, { username: 'ann' })
      console.log(token)
      const [apiKey, apiSecret] = ${JSON.stringify(siteKey)}
      ${identity.take('tokens/revoke', { [CHAT]: service.url })}
      console.log('revoked')`)
    const token = await next()
    expect((await call('/me', bearer(token))).status).toBe(200)
    expect(await next()).toBe('revoked')
    const refused = await call('/me', bearer(token))
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ code: 'token_revoked' })
  })

  test('nothing else is left to be run, but what a page does', () => {
    // Its type is checked; elements ask it in e2e/journeys.
    identity.take('askMyBackend')
    expect(identity.unused).toEqual([])
  })
})

/** Somebody with an account and a live client. */
async function person(username: string): Promise<CollabClient> {
  const response = await fetch(`${service.url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD, displayName: username }),
  })
  const { accessToken: token } = (await response.json()) as SignIn
  const client = createCollab({ serviceUrl: service.url, account: username, token })
  clients.push(client)
  client.connect()
  await until(() => client.status === 'live', { what: `${username} is there` })
  return client
}

type Module = { run(...given: unknown[]): Promise<void> }

/** Runs code of a page with what it has; answers what it has printed so far, and goes on printing. */
async function runWith(code: string, given: Record<string, unknown>): Promise<unknown[]> {
  const printed: unknown[] = []
  const names = [...Object.keys(given), 'console'].join(', ')
  const source = `export const run = async (${names}) => {\n${code}\n}`
  const url = `data:text/javascript,${encodeURIComponent(source)}`
  const { run: work } = (await import(/* @vite-ignore */ url)) as Module
  await work(...Object.values(given), { log: (...items: unknown[]) => printed.push(...items) })
  return printed
}

describe('of presence and activities', () => {
  test('somebody is watched, and says what they do', async () => {
    const [collab, ben] = await Promise.all([person('watcher'), person('ben')])
    for (const client of [collab, ben]) await client.api.chat.joinChat({ chatId: 'lobby' })
    const statusExpiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const printed = await runWith(activities.take('presence.watch'), { collab, statusExpiresAt })
    await until(() => printed.at(-1) === 'available', { what: 'ben is seen' })
    const { items } = await ben.api.presence.getPresence({ usernames: ['watcher'] })
    expect(items).toMatchObject([{ state: 'dnd', status: 'In a meeting' }])
  })

  test('a value is shared, who made the activity says who may change it, and what is too large is refused', async () => {
    const [collab, other] = await Promise.all([person('maker'), person('guest')])
    const printed = await runWith(activities.take('setShared'), { collab })
    await until(() => (printed.at(-1) as Shared | undefined)?.['where']?.value === 'The lake', {
      what: 'the value is printed',
    })
    // Until it is made there is nothing to read.
    const read = () => other.api.activities.getShared({ type: 'plan', id: 'summer' }).catch(String)
    await until(async () => JSON.stringify(await read()).includes('The lake'), {
      what: 'others read it',
    })
    const write = (value: string) =>
      other.api.activities.setShared({ type: 'plan', id: 'summer', key: 'where', value })
    await write('The sea')
    await runWith(activities.take('setPermissions'), { collab })
    const refusal: unknown = await write('Nowhere').catch((error: unknown) => error)
    expect(isCollabError(refusal) && refusal.code).toBe('forbidden')

    // Larger than a value may be.
    collab.activity('plan', 'summer').setShared('where', 'far away '.repeat(2500))
    const state = () => collab.store.getState().activities['plan/summer']
    await until(() => state()?.refused['where'] !== undefined, { what: 'it is refused' })
    let shortened = false
    await runWith(activities.take('refused'), { collab, shorten: () => (shortened = true) })
    expect(shortened).toBe(true)
  })

  test('nothing else is left to be run', () => {
    expect(activities.unused).toEqual([])
  })
})

type Shared = Readonly<Record<string, { value: unknown } | undefined>>
