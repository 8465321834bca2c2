import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** How the service is run from its sources. */
export const SERVICE = ['--conditions=collab-kit-source', join(ROOT, 'service/src/main.ts')]

export interface LogLine {
  level: number
  msg: string
  [field: string]: unknown
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface ServiceOptions {
  /** Folder of the database; one that is made and removed by itself when absent. */
  dataDir?: string
  /** Further settings, `COLLAB_*`. */
  env?: Record<string, string>
  /** Flags of Node. */
  flags?: string[]
  /** What Node runs: the sources by default. */
  program?: string[]
  /** What runs the service, such as `strace`, with its arguments; the service's own command line follows. */
  under?: string[]
}

/** The service in a process of its own, as an operator runs it. */
export interface ServiceProcess {
  /** Of what was started: the service, or what runs it. */
  readonly pid: number
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly alive: boolean
  readonly exited: Promise<Exit>
  /** Everything logged so far. */
  log(): LogLine[]
  /** Everything printed so far. */
  output(): string
  /** What must never be logged: a rejection or exception that slipped through everything. */
  slips(): LogLine[]
  /** Send a signal and wait for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  /** End it, however it is, and remove what was made for it. */
  close(): Promise<void>
}

const DEFAULTS = {
  COLLAB_HOST: '127.0.0.1',
  COLLAB_PORT: '0',
  COLLAB_GUESTS: 'on',
  COLLAB_REGISTRATION: 'open',
  COLLAB_CHATS: JSON.stringify([{ id: 'lobby' }]),
  COLLAB_TOKEN_TTL: '86400',
}

/** Start the service and wait until it listens; throws with what it printed when it ends before. */
export async function startService(options: ServiceOptions = {}): Promise<ServiceProcess> {
  const service = spawnService(options)
  const ended = service.exited.then((exit) => {
    throw new Error(
      `the service ended before it listened: ${JSON.stringify(exit)}\n${service.output()}`,
    )
  })
  // The race may be over when the process ends: then nobody is left to be told.
  ended.catch(() => {})
  try {
    await Promise.race([
      until(() => service.port > 0, { what: 'the service listens', within: 30_000 }),
      ended,
    ])
    return service
  } catch (error) {
    await service.close()
    throw error
  }
}

/** Start the service without waiting. */
export function spawnService({
  dataDir,
  env = {},
  flags = [],
  program = SERVICE,
  under = [],
}: ServiceOptions = {}): ServiceProcess {
  const scratch = mkdtempSync(join(tmpdir(), 'collab-service-'))
  const folder = dataDir ?? join(scratch, 'data')
  // A file, not a pipe: the service never waits for whoever reads its log.
  const out = join(scratch, 'out')
  const descriptor = openSync(out, 'w')
  const readLogFile = tail(env['COLLAB_LOG_FILE'])
  const words = [...under, process.execPath, ...flags, ...program, 'serve']
  const child = spawn(words[0]!, words.slice(1), {
    cwd: scratch,
    env: { ...plainEnvironment(), ...DEFAULTS, COLLAB_DATA_DIR: folder, ...env },
    stdio: ['ignore', descriptor, descriptor],
  })
  closeSync(descriptor)
  return toProcess({ child, out, readLogFile, scratch, folder })
}

/** Reads what a file grows by from now on: it may hold the log of an earlier process. */
function tail(file: string | undefined): () => string {
  const read = () => (file !== undefined && existsSync(file) ? readFileSync(file) : Buffer.alloc(0))
  const from = read().length
  return () => read().subarray(from).toString()
}

/** The surroundings without settings of a service that is somebody's. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(COLLAB_|VITEST|NODE_OPTIONS$|PORT$)/.test(name),
    ),
  )
}

interface Parts {
  child: ChildProcess
  out: string
  /** What this process has written into its log file, where it has one. */
  readLogFile: () => string
  scratch: string
  folder: string
}

function toProcess({ child, out, readLogFile, scratch, folder }: Parts): ServiceProcess {
  let alive = true
  // Whoever ends without closing leaves no service behind.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      process.off('exit', kill)
      alive = false
      resolve({ code, signal })
    })
    child.once('error', () => {
      alive = false
      resolve({ code: -1, signal: null })
    })
  })
  const output = () => readFileSync(out, 'utf8')
  const log = () => (output() + readLogFile()).split('\n').flatMap((line) => parseLine(line))
  let port = 0
  return {
    pid: child.pid ?? -1,
    dataDir: folder,
    exited,
    output,
    log,
    get alive() {
      return alive
    },
    get port() {
      if (port === 0) port = portOf(log())
      return port
    },
    get url() {
      return `http://127.0.0.1:${this.port}`
    },
    slips: () =>
      log().filter(
        ({ msg }) => msg === 'an unhandled rejection' || msg === 'an uncaught exception',
      ),
    end(signal) {
      child.kill(signal)
      return exited
    },
    async close() {
      if (alive) child.kill('SIGKILL')
      await exited
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

function parseLine(line: string): LogLine[] {
  if (!line.startsWith('{')) return []
  try {
    return [JSON.parse(line) as LogLine]
  } catch {
    // The last line of a process that was killed, or one still being written.
    return []
  }
}

function portOf(log: readonly LogLine[]): number {
  return Number(log.find(({ msg }) => msg === 'listening')?.['port'] ?? 0)
}
