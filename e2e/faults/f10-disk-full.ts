import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountMemory, whyNoMounts, type Mount } from '../rig/mounts.ts'
import { Refused } from '../rig/link.ts'
import { until } from '../rig/until.ts'
import {
  assert,
  assertNothing,
  goesOn,
  median,
  type Fault,
  type Figures,
  type Size,
} from './fault.ts'
import { verdictOf } from './history.ts'
import { readiness, readsGoOn } from './ready.ts'
import { CHATS, withScene, type Scene } from './scene.ts'

/** The disk runs full while people send, the log of the service on it too, and is emptied again. */
export const diskFull: Fault = {
  id: 'F10',
  name: 'disk-full',
  promise:
    'On a full disk writes are refused as `storage_full`, reads go on, and writes go on when there is space again',
  cycles: { whole: 10, small: 2 },
  whyNot: whyNoMounts,
  async run(size) {
    const scratch = mkdtempSync(join(tmpdir(), 'collab-full-'))
    let disk: Mount | undefined
    try {
      const { path } = (disk = await mountMemory(join(scratch, 'disk'), 48))
      const service = {
        env: { COLLAB_LOG_FILE: join(path, 'service.log'), COLLAB_LOG_LEVEL: 'debug' },
      }
      return await withScene(
        { senders: 8, watchers: 2, dataDir: join(path, 'data'), service },
        (scene) => cycles(scene, path, size),
      )
    } finally {
      await disk?.unmount()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

/** Fill a disk to the last byte; the returned function takes that away again. */
function fill(folder: string): () => void {
  const file = join(folder, 'ballast')
  const descriptor = openSync(file, 'w')
  for (const size of [1_048_576, 65_536, 4096, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size))
    } catch {
      // No space for one more of this size: that is what is wanted.
    }
  }
  closeSync(descriptor)
  return () => rmSync(file)
}

async function cycles(scene: Scene, folder: string, size: Size): Promise<Figures> {
  const since = performance.now()
  const refusals: number[] = []
  const recoveries: number[] = []
  const codes = new Set<string>()
  await scene.start()
  await scene.connect()
  let done = 0
  for (; goesOn(size, done, since); done++) {
    const [first] = scene.senders
    for (const sender of scene.senders) sender.start(25)
    const enough = scene.acknowledged + size.random.whole(50, 200)
    await until(() => scene.acknowledged >= enough, { what: 'messages are acknowledged' })
    const empty = fill(folder)
    const refused = () => scene.sends.filter((send) => verdictOf(send) === 'refused')
    const before = refused().length
    await until(() => refused().length > before + 20, { what: 'sends are refused' })
    for (const sender of scene.senders) await sender.stop()
    await readsGoOn(first!.link, CHATS)
    const { status, reason } = await readiness(scene.service.url)
    assert(status === 503 && reason === 'storage_full', `readyz says ${status} ${reason}`)
    const one = performance.now()
    const error = await first!.link
      .call('chat.sendMessage', { chatId: 'lobby', clientMessageId: `full-${done}`, body: 'x' })
      .catch((reason_: unknown) => reason_)
    refusals.push(performance.now() - one)
    assert(
      error instanceof Refused &&
        error.code === 'unavailable' &&
        error.details['reason'] === 'storage_full',
      `a send on a full disk: ${String(error)}`,
    )
    for (const { attempts } of refused())
      for (const { outcome } of attempts)
        if (typeof outcome === 'object' && 'refused' in outcome) codes.add(outcome.refused)
    // It can be ended and started as it is; then there is space again.
    if (done % 5 === 4) await endFull(scene)
    empty()
    if (done % 5 === 4) {
      await scene.start()
      await scene.connect()
    }
    recoveries.push(await recovery(scene))
    size.say(
      `cycle ${done + 1}: ${refused().length} refused, works again after ${Math.round(recoveries.at(-1)!)} ms`,
    )
  }
  assertNothing(
    'other codes',
    [...codes].filter((each) => each !== 'unavailable storage_full'),
  )
  assert(scene.service.alive, 'the service has ended')
  for (const sender of scene.senders) await sender.resend()
  await scene.verify()
  return {
    cycles: done,
    acknowledged: scene.acknowledged,
    'refused, all as': [...codes].join(', '),
    'lost, doubled, gaps': 0,
    'time to refuse, ms (median)': Math.round(median(refusals)),
    'works again after, ms (longest)': Math.round(Math.max(...recoveries)),
  }
}

async function endFull(scene: Scene): Promise<void> {
  const { code } = await scene.end('SIGTERM')
  assert(code === 0, `with a full disk it ended with ${code}`)
}

/** Milliseconds until a message is acknowledged again and the service says that it is ready. */
async function recovery(scene: Scene): Promise<number> {
  const since = performance.now()
  await until(
    async () => {
      const send = scene.senders[1]!.send()
      await scene.senders[1]!.stop()
      return verdictOf(send) === 'ok'
    },
    { what: 'a send is acknowledged when there is space again', within: 5000 },
  )
  const took = performance.now() - since
  const { status } = await readiness(scene.service.url)
  assert(status === 200, `readyz says ${status} when there is space again`)
  return took
}
