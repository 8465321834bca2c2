import { whyNoCluster } from '../rig/cluster.ts'
import { withCluster } from './cluster-scene.ts'
import { assert, type Fault } from './fault.ts'
import { unknown } from './f17-postgres-stopped.ts'

/** The network ends a connection after COMMIT was sent and before its reply. */
export const replyCut: Fault = {
  id: 'F19',
  name: 'reply-cut',
  promise:
    'A commit whose reply is cut off is an unknown outcome, and its repetition is the one message that is stored',
  cycles: { whole: 300, small: 6 },
  whyNot: whyNoCluster,
  run: ({ cycles, random, say }) =>
    withCluster({ senders: 6, watchers: 2, random }, async (scene) => {
      scene.speak(20)
      for (let cycle = 0; cycle < cycles; cycle++) {
        await random.pick(scene.cluster.nodes).toPostgres.cutAfter('commit')
        await scene.acknowledges(1)
        say(`${cycle + 1} cut, ${scene.acknowledged} acknowledged, ${unknown(scene)} unknown`)
      }
      await scene.verify()
      assert(unknown(scene) > 0, 'no cut hit a message: this proves nothing')
      return {
        'replies cut': cycles,
        ...scene.figures(),
        'outcome unknown at first': unknown(scene),
        'longest send pause, ms': Math.round(scene.longestPause),
      }
    }),
}
