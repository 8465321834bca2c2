import { setTimeout as delay } from 'node:timers/promises'
import { whyNoCluster } from '../rig/cluster.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { assert, goesOn, type Fault } from './fault.ts'

/** "Within two seconds", on a machine that is busy with something else. */
const SOON_MS = 6000
/** As many seconds as the promise gives it, and the wait of whoever was told to come again. */
const BACK_MS = 12_000

/** PostgreSQL is stopped without a word while people speak on both nodes, and comes back. */
export const postgresStopped: Fault = {
  id: 'F17',
  name: 'postgres-stopped',
  promise:
    'While PostgreSQL is gone every call is refused soon; when it is back, talk goes on, and nothing acknowledged is lost',
  cycles: { whole: 50, small: 1 },
  whyNot: whyNoCluster,
  run: (size) =>
    withCluster({ senders: 6, watchers: 2, random: size.random }, async (scene) => {
      const { postgres } = scene.cluster
      const since = performance.now()
      let [done, slowest, longestReturn] = [0, 0, 0]
      for (; goesOn(size, done, since); done++) {
        scene.speak(25)
        await scene.acknowledges(size.random.whole(10, 40))
        const goneAt = performance.now()
        await postgres.stop()
        await delay(size.random.whole(500, 4000))
        await postgres.start()
        const backAt = performance.now()
        await scene.acknowledges(1)
        longestReturn = Math.max(longestReturn, performance.now() - backAt)
        await scene.acknowledges(10)
        await scene.verify()
        slowest = Math.max(slowest, slowestAnswer(scene, goneAt))
        assert(slowest < SOON_MS, `a call waited ${Math.round(slowest)} ms for its answer`)
        assert(longestReturn < BACK_MS, `it took ${Math.round(longestReturn)} ms to be back`)
        size.say(`${done + 1}: ${scene.acknowledged} acknowledged, ${Math.round(longestReturn)} ms`)
      }
      assert(unknown(scene) > 0 || done < 40, 'no stop hit a commit: this proves little')
      return {
        cycles: done,
        ...scene.figures(),
        'outcome unknown at first': unknown(scene),
        'slowest answer, ms': Math.round(slowest),
        'from its return until everybody is acknowledged, ms (longest)': Math.round(longestReturn),
      }
    }),
}

/** The longest that any call since then waited for its answer, milliseconds. */
export function slowestAnswer({ sends }: ClusterScene, since: number): number {
  let slowest = 0
  for (const { attempts } of sends) {
    for (const { invokedAt, endedAt } of attempts) {
      if (invokedAt >= since && endedAt !== undefined)
        slowest = Math.max(slowest, endedAt - invokedAt)
    }
  }
  return slowest
}

/** Messages of which an attempt ended without one knowing how. */
export const unknown = ({ sends }: ClusterScene): number =>
  sends.filter(({ attempts }) => attempts.some(({ outcome }) => outcome === 'unknown')).length
