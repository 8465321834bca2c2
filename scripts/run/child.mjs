import { spawn } from 'node:child_process'
import { watchNpm } from './npm-gone.mjs'
import { root } from './root.mjs'

const windows = process.platform === 'win32'
// npm and pnpm are .cmd files on Windows, which only a shell can start.
const options = (env, stdio) => ({ cwd: root, env, stdio, shell: windows })

/** Runs a command to its end; its output goes to the terminal. Throws when it fails. */
export async function runToEnd(command, args, env) {
  const code = await supervise(command, args, env)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed (exit code ${code}).`)
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
export function supervise(command, args, env) {
  const child = spawn(command, args, options(env, 'inherit'))
  const stop = (signal) => {
    // Ctrl-C in a terminal reaches the child too; a second signal could cut its orderly end short.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)
  const endWatch = watchNpm(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      endWatch()
      for (const name of signals) process.off(name, stop)
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
}
