import { setTimeout as delay } from 'node:timers/promises'
import { whyNoCluster } from '../rig/cluster.ts'
import { withCluster } from './cluster-scene.ts'
import { assert, type Fault } from './fault.ts'
import { slowestAnswer } from './f17-postgres-stopped.ts'

/** Two waits for a lock, each of a second, behind two others: nobody waits longer, however long the lock is held. */
const SOON_MS = 6000
const BACK_MS = 12_000
const RATE = 15

/** Somebody else's transaction holds the table that every message goes to. */
export const locked: Fault = {
  id: 'F21',
  name: 'locked',
  promise:
    'While a lock holds every write up, each call is refused soon and none hangs; nothing refused is stored later',
  // Seconds that the lock is held.
  cycles: { whole: 60, small: 3 },
  whyNot: whyNoCluster,
  run: ({ cycles, random }) =>
    withCluster({ senders: 6, watchers: 2, random }, async (scene) => {
      scene.speak(RATE)
      await scene.acknowledges(10)
      const since = performance.now()
      const holder = await scene.cluster.postgres.connect()
      await holder.query('begin; lock table log in access exclusive mode')
      const before = scene.acknowledged
      await delay(cycles * 1000)
      const meanwhile = scene.acknowledged - before
      await holder.query('commit')
      await holder.end()
      const freeAt = performance.now()
      await scene.acknowledges(1)
      const back = performance.now() - freeAt
      await scene.acknowledges(10)
      await scene.verify()
      const slowest = slowestAnswer(scene, since)
      assert(slowest < SOON_MS, `a call waited ${Math.round(slowest)} ms for its answer`)
      assert(back < BACK_MS, `it took ${Math.round(back)} ms to be back`)
      const refused = scene.sends.filter(({ attempts }) =>
        attempts.some(({ outcome }) => typeof outcome === 'object' && 'refused' in outcome),
      ).length
      assert(refused > 0, 'nothing was refused: the lock held nobody up')
      return {
        'lock held, s': cycles,
        ...scene.figures(),
        'acknowledged while it was held': meanwhile,
        'refused at first': refused,
        'slowest answer, ms': Math.round(slowest),
        'calls that hang': 0,
        'from its end until everybody is acknowledged, ms': Math.round(back),
      }
    }),
}
