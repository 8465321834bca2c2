import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connectTarget } from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestService, type TestService } from '../testing/service.ts'

// What the guide shows is run as it stands there.
const guide = readFileSync(new URL('../../../docs/guide/events.md', import.meta.url), 'utf8')

const example = (heading: string): string => {
  const section = guide.slice(guide.indexOf(`## ${heading}`))
  return /```js\n([\s\S]*?)```/.exec(section)![1]!
}

let running: TestService
let script: ChildProcess | undefined
/** The network between the two. */
let network: Server
const wires = new Set<Socket>()

const cut = () => {
  for (const wire of wires) wire.destroy()
}

beforeEach(async () => {
  running = await createTestService({ engine: 'file' })
  network = createServer((near) => {
    const far = connect(Number(new URL(running.url).port), '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      wires.add(one)
      // What breaks on one side ends the other.
      one.on('error', () => {})
      one.once('close', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(network, 'listening')
})
afterEach(async () => {
  script?.kill()
  cut()
  network.close()
  await running.close()
})

const target = connectTarget({
  name: 'file',
  transport: 'rest',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})

/** Runs an example; resolves with the next message that it tells of. */
function run(code: string, token: string): () => Promise<string> {
  const whole = `
    // A page does not end for having nothing to do.
    setInterval(() => {}, 1000)
    const token = ${JSON.stringify(token)}
    const onEvent = ({ name, data }) => {
      if (name === 'system.welcome' || name === 'chat.messageSent') console.log(data.body ?? name)
    }
    ${code.replaceAll('localhost:4000', `127.0.0.1:${(network.address() as AddressInfo).port}`)}
    if (typeof events === 'object') events.onopen = () => console.log('system.welcome')`
  script = spawn(process.execPath, ['--experimental-eventsource', '--input-type=module'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  script.stdin!.end(whole)
  const lines = createInterface({ input: script.stdout! })[Symbol.asyncIterator]()
  return async () => String((await lines.next()).value)
}

test.each(['With `fetch`', 'With `EventSource`'])(
  'the example "%s" hears what is said, before and after a restart of the service',
  { timeout: 20_000 },
  async (heading) => {
    const ada = await target.person()
    const { chatId } = await ada.call('chat.createChat', { kind: 'channel' })
    const say = (body: string) =>
      ada.call('chat.sendMessage', { chatId, clientMessageId: crypto.randomUUID(), body })
    const next = run(example(heading), ada.accessToken)
    expect(await next()).toBe('system.welcome')
    await say('one')
    expect(await next()).toBe('one')
    // It comes back at another port, and is found at the old one.
    await running.restart()
    await say('two')
    const heard = [await next(), await next()].filter((line) => line !== 'system.welcome')
    if (heard.length === 0) heard.push(await next())
    expect(heard).toEqual(['two'])
  },
)
