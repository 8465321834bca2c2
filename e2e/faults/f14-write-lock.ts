import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { assert, goesOn, type Fault } from './fault.ts'
import { until } from '../rig/until.ts'
import { withScene, type Scene } from './scene.ts'

/** How long another process keeps the lock, milliseconds. */
const HELD_MS = 4000
/** Longest that anything else may wait meanwhile, milliseconds; on a busy machine. */
const STALL_MS = 2500

/** Another process holds the write lock of the embedded database, as a careless tool of an operator does. */
export const writeLock: Fault = {
  id: 'F14',
  name: 'write-lock',
  promise:
    'While another process holds the write lock of the database, sends are refused as `busy` or wait, and everything else is answered at once',
  cycles: { whole: 5, small: 1 },
  run: (size) =>
    withScene({ senders: 4, watchers: 2 }, async (scene) => {
      const since = performance.now()
      let [done, stall, refused] = [0, 0, 0]
      await scene.start()
      await scene.connect()
      for (; goesOn(size, done, since); done++) {
        for (const sender of scene.senders) sender.start(25)
        await acknowledges(scene, 50)
        const outcome = await locked(scene)
        stall = Math.max(stall, outcome.stall)
        refused += outcome.refused
        await acknowledges(scene, 50)
        for (const sender of scene.senders) await sender.stop()
        for (const sender of scene.senders) await sender.resend()
      }
      await scene.verify()
      assert(stall < STALL_MS, `a question that needs no lock took ${stall} ms`)
      assert(refused > 0, 'nothing was refused: nobody held the lock')
      return {
        cycles: done,
        'lock held, s': HELD_MS / 1000,
        acknowledged: scene.acknowledged,
        'refused as busy': refused,
        'longest other answer meanwhile, ms': Math.round(stall),
        'lost, doubled, gaps': 0,
      }
    }),
}

async function acknowledges(scene: Scene, count: number): Promise<void> {
  const enough = scene.acknowledged + count
  await until(() => scene.acknowledged >= enough, { what: 'messages are acknowledged' })
}

async function locked(scene: Scene): Promise<{ stall: number; refused: number }> {
  const other = new DatabaseSync(join(scene.dataDir, 'collab.db'), { timeout: 5000 })
  const busy = () =>
    scene.sends
      .flatMap(({ attempts }) => attempts)
      .filter(({ outcome }) => JSON.stringify(outcome ?? '').includes('unavailable busy')).length
  const before = busy()
  let stall = 0
  try {
    other.exec('begin immediate')
    const until = performance.now() + HELD_MS
    while (performance.now() < until) {
      const asked = performance.now()
      const { status } = await fetch(`${scene.service.url}/healthz`)
      assert(status === 200, `healthz says ${status}`)
      stall = Math.max(stall, performance.now() - asked)
    }
    other.exec('rollback')
  } finally {
    other.close()
  }
  return { stall, refused: busy() - before }
}
