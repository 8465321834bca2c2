import { whyNoCluster, type ClusterNode } from '../rig/cluster.ts'
import { connectLink } from '../rig/link.ts'
import { createGuest, signOut } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import { withCluster } from './cluster-scene.ts'
import { assert, percentile, type Fault } from './fault.ts'
import { noticed } from './f25-redis.ts'

const RATE = 15
/** What is promised is a second, and five without Redis; the rest is what a busy machine takes. */
const WITH_REDIS_MS = 3000
const WITHOUT_REDIS_MS = 7000

/** Somebody signs out on one node while the talk comes to them on another, with Redis and without. */
export const revokedElsewhere: Fault = {
  id: 'F62',
  name: 'revoked-elsewhere',
  promise:
    'Who was signed out on one node gets nothing more on another after a second, and after five without Redis',
  // With Redis; without it a third.
  cycles: { whole: 60, small: 6 },
  whyNot: whyNoCluster,
  run: ({ cycles, random, say }) =>
    withCluster({ senders: 4, watchers: 2, random }, async (scene) => {
      const [first, second] = scene.cluster.nodes
      const places = { on: first!, at: second! }
      await noticed(scene, 'Redis is there')
      scene.speak(RATE)
      await scene.acknowledges(1)
      const withRedis = await signOutsAcross({ ...places, times: cycles })
      say(`with Redis: ${withRedis.map(Math.round).join(', ')} ms`)
      await scene.cluster.redis.kill()
      await noticed(scene, 'Redis is away')
      const without = await signOutsAcross({ ...places, times: Math.ceil(cycles / 3) })
      say(`without: ${without.map(Math.round).join(', ')} ms`)
      await scene.verify()
      const [longest, longestWithout] = [Math.max(...withRedis), Math.max(...without)]
      assert(longest < WITH_REDIS_MS, `with Redis it went on for ${longest} ms`)
      assert(longestWithout < WITHOUT_REDIS_MS, `without it went on for ${longestWithout} ms`)
      const words = (list: readonly number[]) =>
        `p99 ${Math.round(percentile(list, 0.99))}, longest ${Math.round(Math.max(...list))} (of ${list.length})`
      return {
        'delivered after the sign-out was answered, for, ms, with Redis': words(withRedis),
        'the same without Redis': words(without),
        ...scene.figures(),
      }
    }),
}

export interface SignOuts {
  /** Where the person is connected. */
  on: ClusterNode
  /** Where they sign out. */
  at: ClusterNode
  times: number
}

/**
 * Sign somebody out again and again while people speak; answers for each how long after the answer something still came
 * to them, milliseconds.
 */
export async function signOutsAcross({ on, at, times }: SignOuts): Promise<number[]> {
  const overruns: number[] = []
  for (let n = 0; n < times; n++) {
    const person = await createGuest(on.service.url, 'Signs out')
    const link = await connectLink(on.service.url, person)
    let lastAt = 0
    let count = 0
    link.onItems((items) => {
      // That it is over may be said at any time.
      if (items.every(({ name }) => name === 'system.closing')) return
      lastAt = performance.now()
      count++
    })
    for (const chatId of ['lobby', 'hall']) await link.call('chat.joinChat', { chatId })
    await until(() => count > 3, { what: 'the talk comes to them' })
    await signOut(at.service.url, person)
    const answeredAt = performance.now()
    await until(() => !link.connected, { what: 'their connection ends', within: 30_000 })
    overruns.push(Math.max(0, lastAt - answeredAt))
  }
  return overruns
}
