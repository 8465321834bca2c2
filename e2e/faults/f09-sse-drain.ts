import { Agent, request } from 'node:http'
import type { Closing } from '@collab-kit/protocol'
import { openEventStream, type EventStream } from '../rig/event-stream.ts'
import { createGuest, type Person } from '../rig/person.ts'
import {
  assert,
  assertNothing,
  goesOn,
  median,
  type Fault,
  type Figures,
  type Size,
} from './fault.ts'
import { withScene, type Scene } from './scene.ts'

const STREAMS = 100
/** One person has so many. */
const EACH = 4
const IDLE = 50

/** The service is told to stop while event streams are open that would never end by themselves. */
export const sseDrain: Fault = {
  id: 'F9',
  name: 'sse-drain',
  promise:
    'On SIGTERM every event stream is told when to come back and ended, idle connections are closed, and the service ends with 0 in 20 s',
  cycles: { whole: 10, small: 1 },
  run: (size) => withScene({ senders: 2, watchers: 1 }, (scene) => cycles(scene, size)),
}

async function cycles(scene: Scene, size: Size): Promise<Figures> {
  const since = performance.now()
  const durations: number[] = []
  let lastIds: (string | undefined)[] = []
  let people: Person[] = []
  let missed = 0
  for (let cycle = 0; goesOn(size, cycle, since); cycle++) {
    await scene.start()
    await scene.connect()
    const { url } = scene.service
    if (people.length === 0)
      people = await Promise.all(Array.from({ length: STREAMS / EACH }, () => createGuest(url)))
    const streams = await follow(url, people, lastIds)
    missed += streams.filter(({ items }) =>
      items.some(({ name }) => name === 'system.reset'),
    ).length
    // Some of them take nothing.
    const deaf = streams.slice(0, 5)
    for (const each of deaf) each.pause()
    const agent = await keepAlive(url)
    for (const sender of scene.senders) sender.start(30)
    const started = performance.now()
    const { code, signal } = await scene.end('SIGTERM')
    durations.push(performance.now() - started)
    agent.destroy()
    assert(code === 0, `it ended with ${code} ${signal}:\n${scene.service.output().slice(-2000)}`)
    assert(durations.at(-1)! < 20_000, `it took ${durations.at(-1)} ms`)
    for (const each of deaf) each.resume()
    await Promise.all(streams.map(({ ended }) => ended))
    assertNothing(
      'event streams that were not told',
      streams.filter((each) => !wasTold(each)),
    )
    lastIds = streams.map(({ lastEventId }) => lastEventId)
    size.say(`cycle ${cycle + 1}: ended in ${Math.round(durations.at(-1)!)} ms`)
  }
  await scene.start()
  await scene.connect()
  for (const sender of scene.senders) await sender.resend()
  const back = await follow(scene.service.url, people, lastIds)
  missed += back.filter(({ items }) => items.some(({ name }) => name === 'system.reset')).length
  for (const each of back) each.close()
  assert(missed === 0, `${missed} event streams did not go on where they had ended`)
  await scene.verify()
  return {
    cycles: durations.length,
    'event streams': STREAMS,
    'idle connections': IDLE,
    'not told, not resumed': 0,
    'end, ms (median)': Math.round(median(durations)),
    'end, ms (longest)': Math.round(Math.max(...durations)),
  }
}

const follow = (
  url: string,
  people: readonly Person[],
  lastIds: readonly (string | undefined)[],
): Promise<EventStream[]> =>
  Promise.all(
    Array.from({ length: STREAMS }, (_, n) => {
      const { token } = people[n % people.length]!
      return openEventStream(url, { token, lastEventId: lastIds[n] })
    }),
  )

/** The last word of a stream says that the service goes and when to come back, to browsers too. */
function wasTold({ items, retryMs = 0 }: EventStream): boolean {
  const last = items.at(-1)
  const { code, reconnect } = (last?.data ?? {}) as Partial<Closing>
  const told = last?.name === 'system.closing' && code === 'draining' && reconnect === true
  return told && retryMs > 0
}

/** Connections that are kept open after their request, as browsers and proxies do. */
async function keepAlive(url: string): Promise<Agent> {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: IDLE })
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      request(`${url}/healthz`, { agent }, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end()
    })
  await Promise.all(Array.from({ length: IDLE }, ask))
  return agent
}
