import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { freePort } from '../../scripts/test/free-port.ts'

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly pid: number
  /** CPU time since its start; nothing where the system does not tell. */
  usage(): Usage | undefined
  close(): Promise<void>
}

/** CPU time, milliseconds. */
export interface Usage {
  total: number
  /** Of each thread that has a part in it, by name. */
  threads: ReadonlyMap<string, number>
}

export interface ServerOptions {
  args?: readonly string[]
  env(port: number): Record<string, string>
  /** Folder for the CPU profiles of all its threads, written when it ends; empty for none. */
  profile: string
}

/** Start a module of Node as a server that takes its port from the environment, and wait until it answers. */
export async function startServer(
  module: URL,
  { args = [], env, profile }: ServerOptions,
): Promise<ServerProcess> {
  const port = await freePort()
  const NODE_OPTIONS = profile ? `--cpu-prof --cpu-prof-dir=${profile}` : ''
  const child = spawn(process.execPath, [...process.execArgv, module.pathname, ...args], {
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS, ...env(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // Whatever ends this process ends its servers.
  const end = () => child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-10_000)))
  await untilReady(port, () => {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode}:\n${said}`)
  })
  const pid = child.pid!
  return { port, pid, usage: () => usageOf(pid), close: () => stop(child) }
}

async function untilReady(port: number, check: () => void): Promise<void> {
  for (;;) {
    check()
    try {
      const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`)
      if (ok) return
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Milliseconds of a tick of the kernel's accounting: 100 a second everywhere that matters. */
const TICK_MS = 10

function usageOf(pid: number): Usage | undefined {
  const folder = `/proc/${pid}/task`
  if (!existsSync(folder)) return undefined
  const threads = new Map<string, number>()
  let total = 0
  for (const task of readdirSync(folder)) {
    const { name, ms } = taskUsage(`${folder}/${task}/stat`)
    threads.set(name, (threads.get(name) ?? 0) + ms)
    total += ms
  }
  return { total, threads }
}

/** proc(5): the name stands in parentheses and may hold anything, user and system time are fields 14 and 15. */
function taskUsage(file: string): { name: string; ms: number } {
  const stat = readFileSync(file, 'utf8')
  const close = stat.lastIndexOf(')')
  const name = stat.slice(stat.indexOf('(') + 1, close)
  const fields = stat.slice(close + 2).split(' ')
  return { name: NAMES[name] ?? name, ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS }
}

const NAMES: Record<string, string> = { 'node-MainThread': 'main', 'node-V8Worker': 'V8 helpers' }
