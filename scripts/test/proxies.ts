import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { aptGet } from './apt.ts'
import type { Say } from './bring.ts'
import { run } from './child.ts'
import { findProgram, isExecutable } from './find.ts'
import { CACHE } from './root.ts'

interface Proxy {
  /** Of the program, and of Debian's package that holds it. */
  name: string
  variable: string
  /** Where it is when it is not on PATH, and inside the package. */
  folder: string
  /** What it is asked for its version. */
  asks: string
}

const NGINX: Proxy = { name: 'nginx', variable: 'NGINX_PATH', folder: '/usr/sbin', asks: '-v' }
const CADDY: Proxy = { name: 'caddy', variable: 'CADDY_PATH', folder: '/usr/bin', asks: 'version' }

/** Answers the path of an nginx that runs: named by NGINX_PATH, installed, or brought. */
export const findNginx = (say: Say): Promise<string> => find(NGINX, say)
/** Answers the path of a Caddy that runs: named by CADDY_PATH, installed, or brought. */
export const findCaddy = (say: Say): Promise<string> => find(CADDY, say)
export const askNginx = (path: string): Promise<void> => assertRuns(NGINX, path)
export const askCaddy = (path: string): Promise<void> => assertRuns(CADDY, path)

async function find(proxy: Proxy, say: Say): Promise<string> {
  const given = process.env[proxy.variable]
  if (given) return given
  const found = findProgram(proxy.name, [proxy.folder]) ?? (await fromDebian(proxy, say))
  if (found && (await runs(proxy, found))) return found
  throw new Error(
    `${proxy.name} is neither installed nor can it be brought here: set ${proxy.variable} to one.`,
  )
}

const runs = async ({ asks }: Proxy, path: string): Promise<boolean> =>
  (await run(path, [asks])).code === 0

async function assertRuns(proxy: Proxy, path: string): Promise<void> {
  if (!(await runs(proxy, path))) throw new Error(`${path} does not run.`)
}

/**
 * The program alone, out of Debian's package. Installing that would start it as a service of this machine, on port 80;
 * unpacked it needs no root either.
 */
async function fromDebian({ name, folder }: Proxy, say: Say): Promise<string | undefined> {
  const unpacked = join(CACHE, name)
  const program = join(unpacked, folder, name)
  if (isExecutable(program)) return program
  if (!findProgram('apt-get') || !findProgram('dpkg-deb')) return undefined
  mkdirSync(unpacked, { recursive: true })
  say(`fetching ${name} with apt-get …`)
  const download = () => aptGet(['download', name], { cwd: unpacked })
  if ((await download()).code !== 0) {
    // The lists may be absent or old.
    await aptGet(['update'])
    const { code, output } = await download()
    if (code !== 0) {
      say(output.trim())
      return undefined
    }
  }
  await run('sh', ['-c', `dpkg-deb --extract ${name}_*.deb . && rm ${name}_*.deb`], {
    cwd: unpacked,
  })
  return isExecutable(program) ? program : undefined
}
