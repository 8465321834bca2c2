import { whyNoCluster } from '../rig/cluster.ts'
import { until } from '../rig/until.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { Delays, tell } from './delays.ts'
import { assert, type Fault } from './fault.ts'
import { signOutsAcross } from './f62-revoked-elsewhere.ts'

const RATE = 10
/** A node that hears nothing asks each second; the others, who hear all but one, every four. */
const ACROSS_MS = 8000
/** Five seconds, and what a busy machine takes. */
const REVOKED_MS = 7000
const LOCAL_MS = 2500

/** The network between one node and Redis is cut; everything else goes on. */
export const redisCutOff: Fault = {
  id: 'F32',
  name: 'redis-cut-off',
  promise:
    'A node that alone lost Redis delivers all and is heard in 8 s; who is signed out on it is cut off everywhere in 5 s',
  // Seconds that it is cut off.
  cycles: { whole: 60, small: 4 },
  whyNot: whyNoCluster,
  run: ({ cycles, random }) =>
    withCluster({ senders: 4, watchers: 4, random }, async (scene) => {
      const [first, second] = scene.cluster.nodes
      const delays = new Delays(scene)
      await until(() => says(scene, 1, 'Redis is there') && says(scene, 2, 'Redis is there'), {
        what: 'both have Redis',
      })
      await second!.toRedis.sever()
      await until(() => says(scene, 2, 'Redis is away'), { what: 'it is noticed', every: 50 })
      const heard = await delaysFrom(scene, delays, { node: 2, messages: RATE * cycles })
      const hears = await delaysFrom(scene, delays, { node: 1, messages: (RATE * cycles) / 2 })
      scene.speak(RATE)
      const times = Math.ceil(cycles / 6)
      const there = await signOutsAcross({ at: second!, on: first!, times })
      const here = await signOutsAcross({ at: first!, on: second!, times })
      await second!.toRedis.mend()
      await scene.acknowledges(RATE)
      await scene.verify()
      for (const { across, local } of [heard, hears]) {
        assert(across.longest < ACROSS_MS, `it took ${across.longest} ms across nodes`)
        assert(local.p99 < LOCAL_MS, `it took ${local.p99} ms on the same node`)
      }
      const slowest = Math.max(...there, ...here)
      assert(slowest < REVOKED_MS, `a revocation took ${slowest} ms to reach the other node`)
      assert(scene.returns === 0, `${scene.returns} times somebody lost their node`)
      return {
        ...tell('from the node that is cut off', heard),
        ...tell('to the node that is cut off', hears),
        'signed out on the node that is cut off, delivered elsewhere for, ms': there
          .map(Math.round)
          .join(', '),
        'signed out elsewhere, delivered on the node that is cut off for, ms': here
          .map(Math.round)
          .join(', '),
        ...scene.figures(),
      }
    }),
}

/** The network between one node and PostgreSQL is cut. */
export const postgresCutOff: Fault = {
  id: 'F32',
  name: 'postgres-cut-off',
  promise:
    'While one node has lost PostgreSQL the other serves, and the one refuses soon; when it is back, nothing is missing',
  cycles: { whole: 20, small: 1 },
  whyNot: whyNoCluster,
  run: ({ cycles, random, say }) =>
    withCluster({ senders: 4, watchers: 4, random }, async (scene) => {
      const second = scene.node(2)
      let served = 0
      for (let cycle = 0; cycle < cycles; cycle++) {
        scene.speak(RATE)
        await scene.acknowledges(RATE)
        await second.toPostgres.sever()
        await until(async () => !(await ready(second.service.url)), { what: 'it is not ready' })
        assert(await ready(scene.node(1).service.url), 'the other is not ready either')
        const before = scene.speakers[0]!.sender.acknowledged
        await until(() => scene.speakers[0]!.sender.acknowledged >= before + RATE * 3, {
          what: 'the other node serves',
        })
        served += scene.speakers[0]!.sender.acknowledged - before
        await second.toPostgres.mend()
        await scene.acknowledges(RATE)
        await scene.verify()
        say(`${cycle + 1}: ${scene.acknowledged} acknowledged`)
      }
      return {
        cycles,
        'acknowledged to one person on the other node meanwhile': served,
        ...scene.figures(),
      }
    }),
}

/** Speaks on one node alone: whoever speaks on the other too would tell it how far the talk is. */
async function delaysFrom(
  scene: ClusterScene,
  delays: Delays,
  { node, messages }: { node: number; messages: number },
): Promise<ReturnType<Delays['take']>> {
  scene.speak(RATE, node)
  await scene.acknowledges(messages)
  await scene.quiet()
  return delays.take()
}

const says = ({ cluster }: ClusterScene, node: number, msg: string): boolean =>
  cluster.nodes[node - 1]!.service.log().some((line) => line.msg === msg)

const ready = async (url: string): Promise<boolean> => (await fetch(`${url}/readyz`)).ok
