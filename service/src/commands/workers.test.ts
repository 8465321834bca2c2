import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { callByRest, connectPeer, unique } from '@collab-kit/protocol/conformance'
import { afterEach, expect, test, vi } from 'vitest'
import { createDatabase, serverOf, type TestDatabase } from '../testing/service.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const LONG = { timeout: 30_000, interval: 50 }

let child: ChildProcess | undefined
let database: TestDatabase | undefined
afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await database?.drop()
  child = database = undefined
})

function run(args: string[], env: Record<string, string>) {
  let output = ''
  child = spawn(process.execPath, ['--conditions=collab-kit-source', MAIN, 'serve', ...args], {
    // oxlint-disable-next-line node/no-process-env -- a child needs the PATH of its parent
    env: { ...process.env, COLLAB_HOST: '127.0.0.1', COLLAB_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => (output += String(chunk)))
  }
  return { process: child, output: () => output }
}

async function startWorkers(count: number) {
  database = await createDatabase('postgres')
  const service = run(['--workers', String(count)], {
    COLLAB_DATABASE_URL: database.config.databaseUrl!,
    COLLAB_REDIS_URL: serverOf('TEST_REDIS_URL', 'Redis'),
    COLLAB_DURABILITY: 'relaxed',
    COLLAB_REGISTRATION: 'open',
  })
  const { pid } = service.process
  const workers = (): string[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  const listening = () => service.output().split('"msg":"listening"').length - 1
  await vi.waitFor(() => expect(listening(), service.output()).toBe(count), LONG)
  const url = /at (http:\S+)/.exec(service.output())![1]!
  return { ...service, url, workers, listening }
}

test('people on several workers of one port talk, and one who leaves the others goes on', async () => {
  const { process: primary, url, workers, listening } = await startWorkers(2)
  const person = async () => {
    const { accessToken } = (await callByRest({ url }, 'auth.register', {
      username: unique('p'),
      password: 'correct horse',
    })) as { accessToken: string }
    return connectPeer({ url, transport: 'socket' }, accessToken)
  }
  const peers = await Promise.all(Array.from({ length: 6 }, person))
  const { chatId } = await peers[0]!.call('chat.createChat', {
    kind: 'channel',
    visibility: 'public',
  })
  for (const peer of peers) await peer.call('chat.joinChat', { chatId })
  await peers[0]!.call('chat.sendMessage', { chatId, clientMessageId: 'a', body: 'to all' })
  for (const peer of peers) await peer.until(({ name }) => name === 'chat.messageSent')

  const before = workers()
  process.kill(Number(before[0]), 'SIGKILL')
  await vi.waitFor(() => expect(listening()).toBe(3), LONG)
  expect(workers()).toHaveLength(2)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)

  primary.kill('SIGHUP')
  await vi.waitFor(() => {
    expect(listening()).toBe(5)
    expect(workers().filter((each) => before.includes(each))).toEqual([])
    expect(workers()).toHaveLength(2)
  }, LONG)

  await Promise.all(peers.map((peer) => peer.close()))
  primary.kill('SIGTERM')
  expect(await once(primary, 'exit')).toEqual([0, null])
})

test('several workers on the embedded database are refused by name', async () => {
  const { process: primary, output } = run(['--workers', '2'], {})
  expect(await once(primary, 'exit')).toEqual([78, null])
  expect(output()).toContain('--workers: several workers need PostgreSQL')
})

test('a number of workers that is none is refused by name', async () => {
  const { process: primary, output } = run(['--workers', 'many'], {})
  expect(await once(primary, 'exit')).toEqual([78, null])
  expect(output()).toContain('--workers: many is no number of workers')
})
