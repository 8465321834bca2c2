import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { findRedis } from '../../scripts/test/find.ts'
import { freePort } from '../../scripts/test/free-port.ts'
import { until } from './until.ts'

/** A Redis of our own, which keeps nothing: it comes back empty. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  start(): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open, and nobody answers. */
  stall(): void
  resume(): void
  flush(): Promise<void>
  close(): Promise<void>
}

/** Why no Redis can be started here, or nothing when one can. */
export const whyNoRedis = (): string | undefined =>
  findRedis() === undefined ? 'it needs redis-server or valkey-server installed' : undefined

export async function createRedisServer(): Promise<RedisServer> {
  const port = await freePort()
  const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  let child: ChildProcess | undefined
  const end = () => void child?.kill('SIGKILL')
  // Whoever ends without closing leaves no server behind.
  process.once('exit', end)
  const kill = async () => {
    if (!child) return
    const exited = once(child, 'exit')
    end()
    await exited
    child = undefined
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start() {
      child = spawn(findRedis() ?? '', words, { stdio: 'ignore', cwd: '/' })
      await until(async () => (await say(port, 'PING')) === '+PONG', { what: 'Redis answers' })
    },
    stall: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async flush() {
      await say(port, 'FLUSHALL')
    },
    async close() {
      await kill()
      process.off('exit', end)
    },
  }
}

/** One command, one line of answer; nothing when nobody listens. */
function say(port: number, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().trim())
    })
    socket.once('error', () => resolve(undefined))
  })
}
