import { setTimeout as delay } from 'node:timers/promises'
import { whyNoCluster } from '../rig/cluster.ts'
import { withCluster } from './cluster-scene.ts'
import { assert, type Fault } from './fault.ts'
import { slowestAnswer, unknown } from './f17-postgres-stopped.ts'

const EVERY_MS = 500
/** Some of the connections of all nodes, by the server's own choice of chance. */
const TERMINATE = `select pg_terminate_backend(pid) as done from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid() and random() < 0.5`

/** An operator's hand, or a pooler's: connections to PostgreSQL are ended at random, twice a second. */
export const connectionsTerminated: Fault = {
  id: 'F18',
  name: 'connections-terminated',
  promise:
    'Connections to PostgreSQL that are ended at random cost a repetition, not a node and not a message',
  cycles: { whole: 120, small: 5 },
  whyNot: whyNoCluster,
  run: ({ cycles, random, say }) =>
    withCluster({ senders: 6, watchers: 2, random }, async (scene) => {
      const since = performance.now()
      let ended = 0
      scene.speak(20)
      await scene.acknowledges(5)
      for (let cycle = 0; cycle < cycles; cycle++) {
        ended += (await scene.cluster.postgres.query(TERMINATE)).length
        await delay(EVERY_MS)
        say(`${ended} connections ended, ${scene.acknowledged} acknowledged`)
      }
      await scene.acknowledges(10)
      await scene.verify()
      assert(ended > 0, 'no connection was ended: this proves nothing')
      assert(scene.returns === 0, `${scene.returns} times somebody lost their node`)
      for (const { name, service } of scene.cluster.nodes) assert(service.alive, `${name} ended`)
      return {
        'connections ended': ended,
        ...scene.figures(),
        'outcome unknown at first': unknown(scene),
        'slowest answer, ms': Math.round(slowestAnswer(scene, since)),
        'longest send pause, ms': Math.round(scene.longestPause),
      }
    }),
}
