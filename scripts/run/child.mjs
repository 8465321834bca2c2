import { spawn } from 'node:child_process'
import { watchNpm } from './npm-gone.mjs'
import { root } from './root.mjs'

const windows = process.platform === 'win32'
// npm and pnpm are .cmd files on Windows, which only a shell can start.
const options = (env, stdio, cwd = root) => ({ cwd, env, stdio, shell: windows })

/**
 * Runs a step before the command to its end; throws when it fails. What it prints goes to stderr: stdout is the
 * command's own.
 */
export async function runToEnd(command, args, { env, cwd }) {
  const stdio = ['inherit', process.stderr, 'inherit']
  const code = await start(command, args, { env, cwd, stdio }).exited
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed (exit code ${code}).`)
}

/** Runs a command to its end in a folder; what it prints is shown when it fails. Answers what it printed. */
export function runQuietly(command, args, { env, cwd }) {
  return new Promise((resolve, reject) => {
    let output = ''
    const child = spawn(command, args, options(env, ['ignore', 'pipe', 'pipe'], cwd))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += chunk))
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${output}${[command, ...args].join(' ')} failed (exit code ${code}).`))
    })
  })
}

/** Runs a command quietly; answers its output, or undefined when it cannot be run. */
export function outputOf(command, args, env) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, options(env, ['ignore', 'pipe', 'ignore']))
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => resolve(code === 0 ? output.trim() : undefined))
  })
}

/** Runs a command with our terminal, passes on the signals meant for it, answers its exit code. */
export const supervise = (command, args, env) => start(command, args, { env }).exited

/** As `supervise`, for who wants to end it before it ends by itself. */
export function start(command, args, { env, cwd, stdio = 'inherit' }) {
  const child = spawn(command, args, options(env, stdio, cwd))
  const stop = (signal) => {
    // Ctrl-C in a terminal reaches the child too; a second signal could cut its orderly end short.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)
  const endWatch = watchNpm(() => child.kill('SIGTERM'))
  const exited = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      endWatch()
      for (const name of signals) process.off(name, stop)
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
  return { exited, stop: () => child.kill('SIGTERM') }
}
