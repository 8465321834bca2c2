import { spawnSync, type SpawnOptions } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './child.ts'
import { isExecutable } from './find.ts'

/** The folder of PostgreSQL's programs; Debian and Homebrew keep them off PATH, Debian one for each version. */
export function findPostgres(
  programs: readonly string[] = ['initdb', 'postgres'],
): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : []
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
    '/opt/homebrew/opt/postgresql/bin',
    '/usr/local/opt/postgresql/bin',
  ]
  return folders.find((folder) => programs.every((name) => isExecutable(join(folder, name))))
}

/** PostgreSQL does not run as root: then it runs as its own user, or as nobody; nothing when neither is there. */
export function unprivileged(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      spawnSync('id', [flag, user], { encoding: 'utf8' }),
    )
    if (uid!.status === 0 && gid!.status === 0)
      return { uid: Number(uid!.stdout), gid: Number(gid!.stdout) }
  }
  return undefined
}

export interface Cluster {
  /** Folder of the database. */
  data: string
  /** What the server has to be started with. */
  options: SpawnOptions & { cwd: string }
}

/**
 * A new, empty database cluster in this folder, whose user `postgres` needs no password.
 * @param sync whether it is on the disk when it is made
 */
export async function initPostgres(
  programs: string,
  folder: string,
  { sync }: { sync: boolean },
): Promise<Cluster> {
  const who = unprivileged() ?? {}
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const options = { ...who, cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8']
  const { code, output } = await run(
    join(programs, 'initdb'),
    sync ? words : [...words, '--no-sync'],
    options,
  )
  if (code !== 0) throw new Error(`initdb failed:\n${output}`)
  return { data, options }
}
