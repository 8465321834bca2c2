import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeImage, mountImage, run, whyNoMounts, type Mount } from '../rig/mounts.ts'
import { until } from '../rig/until.ts'
import { assert, goesOn, type Fault, type Figures, type Size } from './fault.ts'
import { verdictOf } from './history.ts'
import { withScene, type Scene } from './scene.ts'

/**
 * The power is cut: the database lies on an ext4 file system in a file; the service is stopped in mid-burst and the
 * file copied. The copy is the disk as it would be found again, without all that was written and not yet synced.
 *
 * A control beside it, SQLite in WAL mode with `synchronous = normal` on a disk of its own, must lose what it
 * acknowledged: so the method can tell.
 */
export const powerCut: Fault = {
  id: 'F3',
  name: 'power-cut',
  promise:
    'No acknowledged message is lost and the database is sound when the power is cut in mid-burst',
  cycles: { whole: 10, small: 2 },
  whyNot: whyNoMounts,
  async run(size) {
    const scratch = mkdtempSync(join(tmpdir(), 'collab-power-'))
    const disks = {
      service: new Disk(scratch, 'service', 128),
      control: new Disk(scratch, 'control', 32),
    }
    try {
      await disks.service.make()
      await disks.control.make()
      const people = { senders: 10, watchers: 2, dataDir: join(disks.service.path, 'data') }
      return await withScene(people, (scene) => cycles(scene, disks, size))
    } finally {
      await disks.service.remove()
      await disks.control.remove()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

/** A disk whose power can be cut. */
class Disk {
  readonly path: string
  readonly #scratch: string
  readonly #name: string
  readonly #megabytes: number
  #image = ''
  #mount: Mount | undefined
  #cuts = 0

  constructor(scratch: string, name: string, megabytes: number) {
    this.#scratch = scratch
    this.#name = name
    this.#megabytes = megabytes
    this.path = join(scratch, name)
  }

  async make(): Promise<void> {
    this.#image = join(this.#scratch, `${this.#name}-0.ext4`)
    await makeImage(this.#image, this.#megabytes)
    this.#mount = await mountImage(this.#image, this.path)
  }

  /** Copy the disk as it is now; nobody may be writing. */
  async snapshot(): Promise<void> {
    await run('cp', '--sparse=always', this.#image, `${this.#image}.cut`)
  }

  /** Put the copy in the place of the disk; nobody may hold a file on it. */
  async restore(): Promise<void> {
    await this.#mount?.unmount()
    const copy = join(this.#scratch, `${this.#name}-${++this.#cuts}.ext4`)
    await run('mv', `${this.#image}.cut`, copy)
    rmSync(this.#image)
    this.#image = copy
    this.#mount = await mountImage(copy, this.path)
  }

  async remove(): Promise<void> {
    await this.#mount?.unmount()
  }
}

async function cycles(
  scene: Scene,
  disks: { service: Disk; control: Disk },
  size: Size,
): Promise<Figures> {
  const { random, say } = size
  const since = performance.now()
  const control = { acknowledged: 0, lost: 0 }
  let done = 0
  await scene.start()
  for (; goesOn(size, done, since); done++) {
    await scene.connect()
    for (const sender of scene.senders) await sender.resend(() => random.chance(0.8))
    const writer = new ControlWriter(disks.control.path)
    const enough = scene.acknowledged + random.whole(100, 500)
    for (const sender of scene.senders) sender.start(25)
    await until(() => scene.acknowledged >= enough && writer.acknowledged > 50, {
      what: 'messages are acknowledged',
      within: 60_000,
    })
    process.kill(scene.service.pid, 'SIGSTOP')
    writer.stop()
    await disks.service.snapshot()
    await disks.control.snapshot()
    await scene.end('SIGKILL')
    await writer.kill()
    await disks.service.restore()
    await disks.control.restore()
    control.acknowledged += writer.acknowledged
    control.lost += writer.acknowledged - writer.stored()
    checkFile(scene.dataDir)
    await scene.start()
    say(
      `cycle ${done + 1}: ${scene.acknowledged} acknowledged; the control lost ${control.lost} of ${control.acknowledged}`,
    )
  }
  await scene.connect()
  await scene.verify()
  assert(
    done < 5 || control.lost > 0,
    'the control lost nothing: this method cannot see a missing sync here',
  )
  const verdicts = scene.sends.map(verdictOf)
  return {
    cycles: done,
    sent: scene.sends.length,
    acknowledged: verdicts.filter((each) => each === 'ok').length,
    'acknowledged and lost': 0,
    'database damaged': 0,
    'control (synchronous = normal): acknowledged': control.acknowledged,
    'control: acknowledged and lost': control.lost,
  }
}

function checkFile(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'collab.db'))
  const { integrity_check: integrity } = database.prepare('pragma integrity_check').get() as {
    integrity_check: string
  }
  database.close()
  assert(integrity === 'ok', `after a power cut the database is damaged: ${integrity}`)
}

const CONTROL = `
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(process.argv[1])
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  database.exec('create table if not exists rows (n integer primary key)')
  const insert = database.prepare('insert into rows default values')
  setInterval(() => process.stdout.write(insert.run().lastInsertRowid + '\\n'), 5)
`

/** Commits a row every 5 ms without waiting for the disk, and says so. */
class ControlWriter {
  readonly #child: ChildProcess
  readonly #file: string
  readonly #before: number
  #last = 0

  constructor(folder: string) {
    this.#file = join(folder, 'control.db')
    this.#before = this.#count()
    this.#last = this.#before
    this.#child = spawn(process.execPath, ['-e', CONTROL, this.#file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => {
      this.#last = Math.max(this.#last, ...chunk.toString().trim().split('\n').map(Number))
    })
  }

  get acknowledged(): number {
    return this.#last - this.#before
  }

  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Rows of this run that are there. */
  stored(): number {
    return this.#count() - this.#before
  }

  #count(): number {
    const database = new DatabaseSync(this.#file)
    try {
      return (database.prepare('select count(*) as count from rows').get() as { count: number })
        .count
    } catch {
      // The table was never synced, or the file is damaged: nothing is stored.
      return 0
    } finally {
      database.close()
    }
  }
}
