import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'

/** Everything we have started and that has not ended. */
const running = new Set<ChildProcess>()

/** Starts a child in a process group of its own, so that ending it ends all it started. */
export function start(command: string, args: string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' })
  running.add(child)
  // 'error' comes alone when the command cannot be started.
  const done = () => running.delete(child)
  child.once('exit', done).once('error', done)
  return child
}

export function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    if (process.platform === 'win32') child.kill(name)
    else process.kill(-child.pid, name)
  } catch {
    // ESRCH: it has ended in the meantime, as wished.
  }
}

/** Asks every child to end; kills what has not ended after five seconds. */
export async function stopAll(): Promise<void> {
  const children = [...running]
  const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of children) signal(child, 'SIGTERM')
  const kill = setTimeout(() => children.forEach((child) => signal(child, 'SIGKILL')), 5000)
  await Promise.all(ended)
  clearTimeout(kill)
}

export interface Outcome {
  code: number
  output: string
}

/** Runs a command to its end; answers its exit code and all it said. */
export function run(command: string, args: string[], options: SpawnOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer) => (output += chunk.toString())
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
