import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findProgram } from '../../scripts/test/find.ts'
import { freePort } from '../../scripts/test/free-port.ts'
import { findPostgres } from '../../scripts/test/postgres-programs.ts'
import { until } from '../rig/until.ts'
import { Blocks, blocksOf } from './blocks.ts'
import { Shell } from './shell.ts'

// What an operator is told to type is typed here, with other names where they would be somebody's.
const deploy = new Blocks(blocksOf('docs/guide/deploy.md', 'sh'))
const backup = new Blocks(blocksOf('docs/guide/backup.md', 'sh'))
const PASSWORD = 'correct horse battery'

const shells: Shell[] = []
afterAll(() => {
  for (const shell of shells) shell[Symbol.dispose]()
})
function open(...given: ConstructorParameters<typeof Shell>): Shell {
  const shell = new Shell(...given)
  shells.push(shell)
  return shell
}

/** Whether somebody of this name has an account there: who has one is not made again. */
async function hasAccount(shell: Shell, name: string): Promise<boolean> {
  const { output } = await shell.type(`collab user add ${name}`, { input: PASSWORD })
  return output.includes(`${name} exists`)
}

describe('on one machine with SQLite', () => {
  const backUp = backup.take('collab backup', { '/backups': 'backups' })
  const restore = backup.take('mv data/collab.db', { '/backups': 'backups' })

  test('what was backed up is there again after it was restored, and nothing that came later', async () => {
    const shell = open()
    await shell.type('collab user add ann', { input: PASSWORD })
    mkdirSync(join(shell.folder, 'backups'))
    expect(await shell.type(backUp)).toMatchObject({ code: 0 })
    await shell.type('collab user add ben', { input: PASSWORD })
    expect(await shell.type(restore)).toMatchObject({ code: 0 })
    expect(await hasAccount(shell, 'ann')).toBe(true)
    expect(await hasAccount(shell, 'ben')).toBe(false)
  })

  const start = deploy.take('collab serve', { 'localhost:4000': 'localhost:$COLLAB_PORT' })
  const restart = deploy.take('kill -TERM', { 'localhost:4000': 'localhost:$COLLAB_PORT' })
  const watch = deploy.take('/metrics', { 'localhost:4000': 'localhost:$COLLAB_PORT' })

  test('a node is started, restarted and watched by what the guide says', async () => {
    const shell = open({ COLLAB_PORT: String(await freePort()) })
    const ready =
      'until curl --fail --silent http://localhost:$COLLAB_PORT/readyz; do sleep 0.1; done'
    const [serve = '', ...afterwards] = start.split('\n')
    const [kill = '', comment = '', ...again] = restart.split('\n')
    expect([serve, comment]).toEqual(['collab serve', expect.stringMatching(/^# start it again/)])
    const session = [
      `${serve} > log & PID=$!`,
      ready,
      ...afterwards,
      kill,
      'wait "$PID" && echo "ended well"',
      `${serve} >> log & PID=$!`,
      ...again,
      watch,
      'kill -TERM "$PID"; wait "$PID"',
    ]
    const { code, output } = await shell.type(session.join('\n'))
    expect(output).toMatch(/^collab_\w+/m)
    expect(output).toContain('ended well')
    expect(output).toContain('{"status":"ok"}')
    expect(code).toBe(0)
  })
})

const PROGRAMS = ['createuser', 'createdb', 'dropdb', 'dropuser', 'psql', 'pg_dump', 'pg_restore']
const database = process.env['TEST_DATABASE_URL']
const programs = findPostgres(PROGRAMS)

describe.skipIf(!database || !programs)('with PostgreSQL', () => {
  const id = randomBytes(4).toString('hex')
  const [owner, made, moved, restored] = ['', '', '_moved', '_restored'].map(
    (suffix) => `collab_guide_${id}${suffix}`,
  ) as [string, string, string, string]

  const make = deploy.take('createuser').replaceAll(/\bcollab\b/g, made)
  const migrate = deploy.take('collab migrate', {
    'postgres://collab:…@db.example/collab': urlOf(made, owner),
  })
  const move = backup.take('collab migrate --to', {
    'postgres://collab@db.example/collab': urlOf(moved, owner),
  })
  const restore = backup.take('pg_restore', {
    collab_restored: restored,
    '/backups/collab-2026-01-31': 'copy',
  })

  const admin = () => open(connectionOf(database!), programs!)
  afterAll(async () => {
    const drop = [made, moved, restored].map((name) => `dropdb --if-exists --force ${name}`)
    const dropOwner = `dropuser --if-exists ${owner}`
    if (database && programs) await admin().type([...drop, dropOwner].join('\n'))
  })

  test('a database is made, moved to from SQLite, backed up and restored', async () => {
    const shell = admin()
    const created = await shell.type(make, { input: `${PASSWORD}\n${PASSWORD}\n` })
    expect(created).toMatchObject({ code: 0 })
    const migrated = await shell.type(migrate, { input: PASSWORD })
    expect(migrated.output).toContain('admin was made')
    expect(migrated.code).toBe(0)

    // What a service with SQLite held is in the new database, and in what is restored of it.
    await shell.type(`createdb --owner=${owner} ${moved}`)
    await shell.type('collab user add ann', { input: PASSWORD })
    expect(await shell.type(move)).toMatchObject({ code: 0 })
    const onPostgres = (name: string) => `export COLLAB_DATABASE_URL='${urlOf(name, owner)}'`
    const copied = await shell.type(`${onPostgres(moved)}\ncollab backup copy`)
    expect(copied).toMatchObject({ code: 0 })
    expect(await shell.type(restore)).toMatchObject({ code: 0 })
    const people = await shell.type(`psql -XAtqc 'select username from users' ${restored}`)
    expect(people.output.trim()).toBe('ann')
  })
})

/** The address of another database of the same server, for its owner. */
function urlOf(name: string, owner: string): string {
  const url = new URL(database ?? 'postgres://nowhere')
  url.username = owner
  url.password = encodeURIComponent(PASSWORD)
  url.pathname = `/${name}`
  return url.href
}

/** The server of an address as PostgreSQL's own programs want it. */
function connectionOf(address: string): Record<string, string> {
  const { hostname, port, username, password, searchParams } = new URL(address)
  return {
    // The server of the tests need not survive a power cut.
    COLLAB_DURABILITY: 'relaxed',
    PGHOST: searchParams.get('host') ?? hostname,
    ...(port && { PGPORT: port }),
    PGUSER: decodeURIComponent(username),
    ...(password && { PGPASSWORD: decodeURIComponent(password) }),
  }
}

const redis = deploy.take('redis-server')
test.skipIf(!findProgram('redis-server'))('a Redis that keeps nothing starts', async () => {
  const port = await freePort()
  const shell = open()
  const ended = shell.type(`exec ${redis.trim()} --bind 127.0.0.1 --port ${port}`)
  const answer = await until(() => ask(port), { what: 'Redis answers', within: 10_000 })
  expect(answer).toContain('PONG')
  shell[Symbol.dispose]()
  await ended
})

/** What a server that speaks Redis answers; nothing while none is there. */
async function ask(port: number): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString()
  } catch {
    // Nobody listens yet.
    return undefined
  } finally {
    socket.destroy()
  }
}

test('no other command stands in these guides, but those that need another place', () => {
  // Run with the built program, in e2e/packages.
  deploy.take('--dir /path/to/collab-kit')
  // It needs a container engine.
  deploy.take('docker compose')
  expect([...deploy.unused, ...backup.unused]).toEqual([])
})
