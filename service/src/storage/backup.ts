import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { HISTORY } from './history.ts'

export interface BackupOptions {
  /** File of the copy; it must not exist. */
  to: string
  /** Told now and then how far it is. */
  onProgress(progress: string): void
}

/** Pages that are copied between two reports. */
const PAGES = 4096
const REPORT_MS = 2000

/**
 * Copy an SQLite database while others write to it: the state of one moment, checked, synced and marked as a copy. A
 * failure leaves no file of that name.
 */
export function backupSqlite(file: string, { to, onProgress }: BackupOptions): Promise<void> {
  if (!existsSync(file)) throw new Error(`there is no database at ${file}`)
  return writeNew(to, async (partial) => {
    const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    const report = everyNowAndThen(onProgress)
    try {
      // Held open, one moment is copied to its end; without it every write of the service begins the copy anew.
      source.exec('begin')
      source.prepare('select count(*) from meta').get()
      await backup(source, partial, {
        rate: PAGES,
        progress({ totalPages, remainingPages }) {
          report(() => `${totalPages - remainingPages} of ${totalPages} pages`)
        },
      })
    } finally {
      source.close()
    }
    markCopy(partial)
  })
}

/** Whoever opens it begins a new epoch: the clients may have seen what it has not. */
function markCopy(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    // One file, without a log beside it that could be forgotten.
    copy.exec('pragma journal_mode = delete; pragma synchronous = full')
    copy
      .prepare('insert or replace into meta (key, value) values (?, ?)')
      .run(HISTORY.restored, new Date().toISOString())
    const { quick_check: found } = copy.prepare('pragma quick_check').get() as {
      quick_check: string
    }
    if (found !== 'ok') throw new Error(`the copy is damaged, and so may be the database: ${found}`)
  } finally {
    copy.close()
  }
}

/**
 * Copy a PostgreSQL database by `pg_dump`, as a file for `pg_restore`. It names the place it was taken from, so that it
 * is known for a copy wherever it is restored.
 */
export function backupPostgres(url: string, { to, onProgress }: BackupOptions): Promise<void> {
  return writeNew(to, async (partial) => {
    const report = setInterval(() => {
      // Not there yet is no size.
      void stat(partial).then(
        ({ size }) => onProgress(`${Math.round(size / 1024)} KiB`),
        () => {},
      )
    }, REPORT_MS)
    try {
      await dump(url, partial)
    } finally {
      clearInterval(report)
    }
  })
}

function dump(url: string, file: string): Promise<void> {
  const args = ['--format=custom', '--no-owner', '--no-privileges', '--no-password']
  const program = spawn('pg_dump', [...args, `--file=${file}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // oxlint-disable-next-line node/no-process-env -- the program finds its files and its language there
    env: { ...process.env, ...environmentOf(url) },
  })
  let said = ''
  program.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  return new Promise((resolve, reject) => {
    program.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(
              'pg_dump is not on PATH: install the client programs of PostgreSQL, of the version of the server or a newer one',
            )
          : error,
      ),
    )
    program.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(said.trim() || `pg_dump ended with ${code}`)),
    )
  })
}

/** For the programs of PostgreSQL; not as arguments, which every process of the machine may read. */
function environmentOf(url: string): Record<string, string> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const mode = new URL(url).searchParams.get('sslmode')
  return {
    PGHOST: host,
    PGPORT: String(port),
    ...(user !== undefined && { PGUSER: user }),
    ...(typeof password === 'string' && { PGPASSWORD: password }),
    ...(database !== undefined && { PGDATABASE: database }),
    // `no-verify` is a word of the driver's own.
    ...(mode && { PGSSLMODE: mode === 'no-verify' ? 'require' : mode }),
  }
}

/** Make a file that appears under its name when it is whole and on the disk; refuses one that exists. */
async function writeNew(to: string, write: (partial: string) => Promise<void>): Promise<void> {
  const file = resolve(to)
  const exists = () => new Error(`${to} exists: name another file`)
  if (existsSync(file)) throw exists()
  const partial = `${file}.partial`
  try {
    await rm(partial, { force: true })
    // Nobody else's business: it holds the keys, and what everybody wrote.
    await (await open(partial, 'wx', 0o600)).close()
    await write(partial)
    await sync(partial)
    await link(partial, file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw exists()
      // Not every file system has links.
      await rename(partial, file)
    })
    await sync(dirname(file))
  } finally {
    await rm(partial, { force: true })
    await rm(`${partial}-journal`, { force: true })
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function everyNowAndThen(report: (text: string) => void): (text: () => string) => void {
  let last = performance.now()
  return (text) => {
    if (performance.now() - last < REPORT_MS) return
    last = performance.now()
    report(text())
  }
}
