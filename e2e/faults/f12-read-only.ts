import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasProgram, makeImage, mountImage, run, whyNoMounts, type Mount } from '../rig/mounts.ts'
import { Refused } from '../rig/link.ts'
import { spawnService } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, goesOn, type Fault, type Figures, type Size } from './fault.ts'
import { verdictOf } from './history.ts'
import { readiness, readsGoOn } from './ready.ts'
import { CHATS, withScene, type Scene } from './scene.ts'

/**
 * The file system turns read-only under the running service, as ext4 does after an error of the disk; the service is
 * started on it as it is, and again when it is mounted anew.
 */
export const readOnly: Fault = {
  id: 'F12',
  name: 'read-only',
  promise:
    'On a read-only folder the service says that it is not ready, refuses writes by name, reads on, and does not end',
  cycles: { whole: 5, small: 1 },
  whyNot: whyNoMounts,
  async run(size) {
    const scratch = mkdtempSync(join(tmpdir(), 'collab-readonly-'))
    const [image, path] = [join(scratch, 'image'), join(scratch, 'disk')]
    let disk: Mount | undefined
    try {
      await makeImage(image, 64)
      disk = await mountImage(image, path)
      const remounted = async () => {
        await disk?.unmount()
        await run('e2fsck', '-p', image).catch(() => {})
        disk = await mountImage(image, path)
      }
      return await withScene({ senders: 6, watchers: 2, dataDir: join(path, 'data') }, (scene) =>
        cycles(scene, { size, abort: () => disk!.remount('abort').catch(() => {}), remounted }),
      )
    } finally {
      await disk?.unmount()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

interface Disk {
  size: Size
  abort(): Promise<void>
  remounted(): Promise<void>
}

async function cycles(scene: Scene, { size, abort, remounted }: Disk): Promise<Figures> {
  const since = performance.now()
  let refused = 0
  let done = 0
  await scene.start()
  for (; goesOn(size, done, since); done++) {
    await scene.connect()
    for (const sender of scene.senders) await sender.resend()
    await sendUntil(scene, 50)
    // Not in the middle of a commit: while ext4 aborts, its fsync now and then tells a success that was none (a bare
    // SQLite loses its last commit in one of six such moments), and this is not what is proved here.
    for (const sender of scene.senders) await sender.stop()
    await abort()
    for (const sender of scene.senders) sender.start(25)
    refused += await assertRefusing(scene)
    const { code } = await scene.end('SIGTERM')
    assert(code === 0, `on a read-only folder it ended with ${code}`)
    const said = await startInVain(scene)
    size.say(`started there it says: ${said}`)
    await remounted()
    await scene.start()
  }
  await scene.connect()
  for (const sender of scene.senders) await sender.resend()
  await scene.verify()
  return {
    cycles: done,
    acknowledged: scene.acknowledged,
    'refused or unknown meanwhile': refused,
    'lost, doubled, gaps': 0,
    readyz: '503 storage_unavailable',
  }
}

async function sendUntil(scene: Scene, acknowledgements: number): Promise<void> {
  for (const sender of scene.senders) sender.start(25)
  const enough = scene.acknowledged + acknowledgements
  await until(() => scene.acknowledged >= enough, { what: 'messages are acknowledged' })
}

/** Writes are refused by name, reads are answered, and the service says that it is not ready. */
async function assertRefusing(scene: Scene): Promise<number> {
  const open = () => scene.sends.filter((send) => verdictOf(send) !== 'ok')
  const before = open().length
  await until(() => open().length > before + 20, { what: 'sends are refused' })
  for (const sender of scene.senders) await sender.stop()
  const { link } = scene.senders[0]!
  const error = await link
    .call('chat.sendMessage', { chatId: 'lobby', clientMessageId: `no-${before}`, body: 'x' })
    .catch((reason: unknown) => reason)
  assert(
    error instanceof Refused && ['unavailable', 'outcome_unknown'].includes(error.code),
    `a send: ${String(error)}`,
  )
  const { status, reason } = await readiness(scene.service.url)
  assert(status === 503 && reason === 'storage_unavailable', `readyz says ${status} ${reason}`)
  await readsGoOn(link, CHATS)
  assert(scene.service.alive, 'the service has ended')
  assertNothing(
    'other codes',
    open()
      .flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome))
      .filter(
        (outcome) =>
          typeof outcome === 'object' &&
          'refused' in outcome &&
          outcome.refused !== 'unavailable storage_unavailable',
      ),
  )
  return open().length - before
}

/** Start on a folder that cannot be written; answers what it says. */
async function startInVain(scene: Scene): Promise<string> {
  const service = spawnService({ dataDir: scene.dataDir })
  const { code } = await service.exited
  const said = service.output().trim()
  await service.close()
  assert(code === 1, `started on a read-only folder it ended with ${code}:\n${said}`)
  assert(
    said.includes(scene.dataDir) && !/\n\s+at /.test(said),
    `it does not say why in one sentence:\n${said}`,
  )
  return said
}

/** The folder is moved away under the running service, and put back. */
export const vanished: Fault = {
  id: 'F12b',
  name: 'vanished',
  promise:
    'When its folder is moved away the service acknowledges nothing more, and goes on when it is back',
  cycles: { whole: 10, small: 2 },
  run: (size) =>
    withScene({ senders: 6, watchers: 2 }, async (scene) => {
      const since = performance.now()
      let [done, refused] = [0, 0]
      await scene.start()
      await scene.connect()
      for (; goesOn(size, done, since); done++) {
        await sendUntil(scene, 50)
        renameSync(scene.dataDir, `${scene.dataDir}.moved`)
        refused += await assertRefusing(scene)
        renameSync(`${scene.dataDir}.moved`, scene.dataDir)
        await assertWorking(scene)
      }
      await scene.verify()
      return {
        cycles: done,
        acknowledged: scene.acknowledged,
        refused,
        'lost, doubled, gaps': 0,
        restarts: 0,
      }
    }),
}

/** Every write fails: the process may write no file any more; then it may again. */
export const noWrites: Fault = {
  id: 'F12c',
  name: 'no-writes',
  promise:
    'While no write to a file succeeds the service refuses by name and reads on, and goes on by itself afterwards',
  cycles: { whole: 10, small: 2 },
  whyNot: async () =>
    (await hasProgram('prlimit'))
      ? undefined
      : 'it limits the size of files with prlimit, which is not here',
  run: (size) =>
    withScene({ senders: 6, watchers: 2 }, async (scene) => {
      const since = performance.now()
      let [done, refused] = [0, 0]
      await scene.start()
      await scene.connect()
      for (; goesOn(size, done, since); done++) {
        await sendUntil(scene, 50)
        await run('prlimit', '--pid', String(scene.service.pid), '--fsize=0:unlimited')
        refused += await assertRefusing(scene)
        await run('prlimit', '--pid', String(scene.service.pid), '--fsize=unlimited:unlimited')
        await assertWorking(scene)
      }
      for (const sender of scene.senders) await sender.resend()
      await scene.verify()
      return {
        cycles: done,
        acknowledged: scene.acknowledged,
        'refused or unknown': refused,
        'lost, doubled, gaps': 0,
        restarts: 0,
      }
    }),
}

async function assertWorking(scene: Scene): Promise<void> {
  await until(
    async () => {
      const send = scene.senders[1]!.send()
      await scene.senders[1]!.stop()
      return verdictOf(send) === 'ok'
    },
    { what: 'a send is acknowledged again', within: 5000 },
  )
  const { status, reason } = await readiness(scene.service.url)
  assert(status === 200, `readyz says ${status} ${reason} when everything is well again`)
}
