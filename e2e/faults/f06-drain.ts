import type { Closing } from '@collab-kit/protocol'
import { Agent, request } from 'node:http'
import { connectLink, type Link } from '../rig/link.ts'
import { connectTcp, openRawSocket, signIn, type RawTcp } from '../rig/raw-socket.ts'
import { createGuest } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import {
  assert,
  assertNothing,
  goesOn,
  median,
  type Fault,
  type Figures,
  type Size,
} from './fault.ts'
import { verdictOf } from './history.ts'
import { withScene, type Scene } from './scene.ts'

const IDLE = 40

/** The service is told to stop while people send, others listen, and a browser keeps its connection open. */
export const drain: Fault = {
  id: 'F6',
  name: 'drain',
  promise:
    'On SIGTERM under load the service answers what is under way, tells everybody to come back, and ends with 0 in 20 s',
  cycles: { whole: 10, small: 1 },
  run: (size) => withScene({ senders: 10, watchers: 2 }, (scene) => cycles(scene, size)),
}

async function cycles(scene: Scene, size: Size): Promise<Figures> {
  const since = performance.now()
  const durations: number[] = []
  const spreads: number[] = []
  let unanswered = 0
  for (let cycle = 0; goesOn(size, cycle, since); cycle++) {
    await scene.start()
    await scene.connect()
    for (const sender of scene.senders) await sender.resend()
    const idle = await listeners(scene.service.url)
    const agent = await keepAlive(scene.service.url)
    const awkward = await awkwardGuests(scene)
    for (const sender of scene.senders) sender.start(30)
    const enough = scene.acknowledged + size.random.whole(100, 300)
    await until(() => scene.acknowledged >= enough, { what: 'messages are under way' })
    const before = scene.sends.length
    const started = performance.now()
    const { code, signal } = await scene.end('SIGTERM')
    durations.push(performance.now() - started)
    agent.destroy()
    for (const each of awkward) each.close()
    assert(code === 0, `it ended with ${code} ${signal}:\n${scene.service.output().slice(-2000)}`)
    assert(durations.at(-1)! < 20_000, `it took ${durations.at(-1)} ms`)
    const links = [
      ...idle,
      ...scene.senders.map(({ link }) => link),
      ...scene.watchers.map(({ link }) => link),
    ]
    const farewells = links.map(farewell)
    assertNothing(
      'connections that were not told',
      farewells.filter((each) => each?.code !== 'draining' || !each.reconnect),
    )
    spreads.push(
      Math.max(...farewells.map((each) => each!.afterMs)) -
        Math.min(...farewells.map((each) => each!.afterMs)),
    )
    // What had been handed over when the signal came.
    unanswered += scene.sends
      .slice(0, before)
      .filter((send) => verdictOf(send) === 'unknown').length
    assert(
      unanswered === 0,
      `${unanswered} calls that were under way at the signal were not answered`,
    )
    size.say(
      `cycle ${cycle + 1}: ended in ${Math.round(durations.at(-1)!)} ms, ${unanswered} unanswered`,
    )
  }
  await scene.start()
  await scene.connect()
  for (const sender of scene.senders) await sender.resend()
  await scene.verify()
  return {
    cycles: durations.length,
    sockets: IDLE + scene.senders.length + scene.watchers.length,
    acknowledged: scene.acknowledged,
    'lost, doubled, gaps': 0,
    'open without an end in sight':
      'half a request, a silent connection, a socket before sign-in, a reader that does not read',
    'under way at the signal and not answered': unanswered,
    'end, ms (median)': Math.round(median(durations)),
    'end, ms (longest)': Math.round(Math.max(...durations)),
    'spread of coming back, ms': Math.round(median(spreads)),
  }
}

async function listeners(url: string): Promise<Link[]> {
  const person = await Promise.all(Array.from({ length: IDLE / 10 }, () => createGuest(url)))
  return Promise.all(
    Array.from({ length: IDLE }, (_, n) => connectLink(url, person[n % person.length]!)),
  )
}

/** Those who would keep a service from ending: who never finish asking, never say who they are, never read. */
async function awkwardGuests(scene: Scene): Promise<RawTcp[]> {
  const { port, url } = scene.service
  const [half, silent] = [await connectTcp(port), await connectTcp(port)]
  await half.write(
    'POST /api/v1/auth/guest HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"disp',
  )
  const stranger = await openRawSocket(port)
  const deaf = await openRawSocket(port)
  const person = await createGuest(url)
  await signIn(deaf, person.token)
  await deaf.send('420["chat.joinChat",{"chatId":"lobby"}]')
  await deaf.next((text) => text.startsWith('430'), 'joined')
  deaf.pause()
  return [half, silent, stranger.tcp, deaf.tcp]
}

/** A connection that is kept open after its request, as browsers and proxies do. */
async function keepAlive(url: string): Promise<Agent> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  await new Promise<void>((resolve, reject) => {
    request(`${url}/healthz`, { agent }, (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end()
  })
  return agent
}

const farewell = ({ items }: Link): Closing | undefined =>
  items.find(({ name }) => name === 'system.closing')?.data as Closing | undefined
