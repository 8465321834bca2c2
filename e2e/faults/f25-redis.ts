import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { whyNoCluster } from '../rig/cluster.ts'
import { until } from '../rig/until.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { Delays, tell, type Delay } from './delays.ts'
import { assert, type Fault, type Figures, type Size } from './fault.ts'

const RATE = 10
/** The promise without Redis is two seconds; the rest is for a machine that is busy with something else. */
const ACROSS_MS = 3000
const LOCAL_MS = 2500
/** Nodes that do not get their own beat back notice it after three seconds, and look around each second. */
const NOTICED_MS = 8000
const GROWTH_BYTES = 64 * 1024 * 1024

/** Redis is killed and comes back empty after a while. */
export const redisKilled: Fault = {
  id: 'F25',
  name: 'redis-killed',
  promise:
    'Without Redis messages are acknowledged and seen on their own node as ever, and in two seconds on the others',
  // Seconds that it is away.
  cycles: { whole: 60, small: 4 },
  whyNot: whyNoCluster,
  run: (size) =>
    withRedis(size, async (scene, delays) => {
      const { redis } = scene.cluster
      const goneAt = performance.now()
      await redis.kill()
      await noticed(scene, 'Redis is away')
      const toNotice = performance.now() - goneAt
      await delay(size.cycles * 1000)
      const without = delays.take()
      assert(
        without.across.p99 < ACROSS_MS,
        `across nodes it took ${without.across.p99} ms without Redis`,
      )
      await redis.start()
      return {
        'until it is noticed, ms': Math.round(toNotice),
        ...tell('without Redis', without),
        ...without,
      }
    }),
}

/** Redis answers nobody, and its connections stay open. */
export const redisStalled: Fault = {
  id: 'F26',
  name: 'redis-stalled',
  promise:
    'With a Redis that does not answer, messages are seen on their own node as ever, and nothing piles up in memory',
  // Seconds that it is stalled after that was noticed.
  cycles: { whole: 60, small: 3 },
  whyNot: whyNoCluster,
  run: (size) =>
    withRedis(size, async (scene, delays) => {
      const { redis } = scene.cluster
      const memory = () => scene.cluster.nodes.map(({ service }) => residentBytes(service.pid))
      const before = memory()
      const stalledAt = performance.now()
      redis.stall()
      await noticed(scene, 'Redis is away')
      const toNotice = performance.now() - stalledAt
      const meanwhile = delays.take()
      // What waited for the notice is on its way.
      await scene.acknowledges(RATE)
      delays.take()
      await delay(size.cycles * 1000)
      const without = delays.take()
      const growth = Math.max(...memory().map((bytes, index) => bytes - before[index]!))
      assert(toNotice < NOTICED_MS, `the stall was noticed after ${toNotice} ms`)
      assert(
        without.across.p99 < ACROSS_MS,
        `across nodes it took ${without.across.p99} ms without Redis`,
      )
      assert(growth < GROWTH_BYTES, `a node grew by ${growth} bytes`)
      redis.resume()
      return {
        'until it is noticed, ms': Math.round(toNotice),
        ...tell('until then', meanwhile),
        ...tell('afterwards', without),
        'memory, growth of a node, MB': Math.round(growth / 1024 / 1024),
        local: worse(meanwhile.local, without.local),
      }
    }),
}

type Result = Record<string, string | number | Delay>

/** Talk before, during and after; `work` does the harm and answers figures, and its delays where they are asserted. */
function withRedis(
  { random }: Size,
  work: (scene: ClusterScene, delays: Delays) => Promise<Result>,
): Promise<Figures> {
  return withCluster({ senders: 4, watchers: 4, random }, async (scene) => {
    const delays = new Delays(scene)
    await noticed(scene, 'Redis is there')
    // Who speaks on the other node too would tell it how far the talk is.
    scene.speak(RATE, 1)
    await scene.acknowledges(RATE)
    const before = delays.take()
    const { local, across: _across, ...figures } = await work(scene, delays)
    assert(
      typeof local === 'object' && local.p99 < LOCAL_MS,
      `on the same node it took ${JSON.stringify(local)}`,
    )
    await noticed(scene, 'Redis is there', 2)
    await scene.acknowledges(RATE)
    delays.take()
    await scene.acknowledges(RATE)
    const after = delays.take()
    const { longestPause } = scene
    await scene.verify()
    assert(scene.returns === 0, `${scene.returns} times somebody lost their node`)
    return {
      ...tell('before', before),
      ...(figures as Figures),
      ...tell('when it is back', after),
      'longest send pause, ms': Math.round(longestPause),
      ...scene.figures(),
    }
  })
}

const worse = (one: Delay, other: Delay): Delay => (one.p99 > other.p99 ? one : other)

/** Resolves when every node has said this so often. */
export async function noticed({ cluster }: ClusterScene, msg: string, times = 1): Promise<void> {
  const said = () =>
    cluster.nodes.every(
      ({ service }) => service.log().filter((line) => line.msg === msg).length >= times,
    )
  await until(said, { what: `every node says ${times} ×: ${msg}`, every: 50, within: 30_000 })
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}
