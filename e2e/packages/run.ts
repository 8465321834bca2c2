import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from '../rig/until.ts'

export interface RunOptions {
  /** Folder in which it runs. */
  cwd: string
  env?: Record<string, string>
}

export interface ServeOptions extends RunOptions {
  /** How long until a page can be had, milliseconds. Default a minute. */
  within?: number
}

export interface Outcome {
  /** Undefined while it runs. */
  code: number | undefined
  output: string
}

/** The surroundings of somebody who has neither this repository nor its tests around. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(COLLAB_|NODE_(ENV|OPTIONS|PATH)$|npm_(?!config_)|(FORCE_COLOR|CI|PORT)$)/
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
    NO_COLOR: '1',
  }
}

function begin(command: string, args: readonly string[], { cwd, env }: RunOptions) {
  const child = spawn(command, args, {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm and pnpm are .cmd files there, which only a shell can start.
    shell: process.platform === 'win32',
  })
  const outcome: Outcome = { code: undefined, output: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (outcome.output += String(chunk)))
  }
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      outcome.code = code ?? 1
      resolve(outcome)
    })
  })
  return { child, outcome, ended }
}

/** Runs a command to its end, however that is. */
export function attempt(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  return begin(command, args, options).ended
}

/** Runs a command to its end and answers what it said; throws with that when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { code, output } = await attempt(command, args, options)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed (${code}):\n${output}`)
  return output
}

export interface Site {
  /** Everything said so far. */
  output(): string
  /** Default: `SIGKILL`. One that runs others is asked, so that it ends those too. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a Node program that serves pages, and waits until one can be had. */
export async function serve(
  url: string,
  args: readonly string[],
  { within = 60_000, ...options }: ServeOptions,
): Promise<Site> {
  const { child, outcome, ended } = begin(process.execPath, args, options)
  // Whoever waits for the first page hears of it there.
  ended.catch(() => {})
  const site: Site = { output: () => outcome.output, stop: (signal) => stop(child, signal) }
  await until(
    async () => {
      if (outcome.code !== undefined) throw new Error(`It ended:\n${outcome.output}`)
      return fetch(url).then(
        ({ ok }) => ok,
        // Nobody listens yet.
        () => false,
      )
    },
    { what: `${url} can be read`, within, every: 50 },
  ).catch(async (error: unknown) => {
    await site.stop()
    throw error
  })
  return site
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
