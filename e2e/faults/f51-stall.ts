import { once } from 'node:events'
import { assert, goesOn, type Fault } from './fault.ts'
import { until } from '../rig/until.ts'
import { withScene } from './scene.ts'

/** How long nothing runs, milliseconds. */
const STALL_MS = 5000

/** The whole service stands still, as on a machine that swaps or is moved. */
export const stall: Fault = {
  id: 'F51',
  name: 'stall',
  promise:
    'A service that stood still for five seconds goes on with everybody it had, and nobody was dropped for it',
  cycles: { whole: 5, small: 1 },
  run: (size) =>
    withScene({ senders: 6, watchers: 4 }, async (scene) => {
      const since = performance.now()
      let done = 0
      await scene.start()
      await scene.connect()
      const links = [...scene.senders, ...scene.watchers].map(({ link }) => link)
      for (; goesOn(size, done, since); done++) {
        for (const sender of scene.senders) sender.start(25)
        await acknowledges(50)
        process.kill(scene.service.pid, 'SIGSTOP')
        // The fault itself takes this long.
        await once(AbortSignal.timeout(STALL_MS), 'abort')
        process.kill(scene.service.pid, 'SIGCONT')
        await acknowledges(200)
        for (const sender of scene.senders) await sender.stop()
        assert(
          links.every(({ connected }) => connected),
          'somebody was dropped',
        )
      }
      await scene.verify()
      return {
        cycles: done,
        'stood still, s': STALL_MS / 1000,
        acknowledged: scene.acknowledged,
        'people dropped': 0,
        'lost, doubled, gaps': 0,
      }

      async function acknowledges(count: number): Promise<void> {
        const enough = scene.acknowledged + count
        await until(() => scene.acknowledged >= enough, { what: 'messages are acknowledged' })
      }
    }),
}
