import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasProgram, run } from '../rig/mounts.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, type Fault, type Figures } from './fault.ts'
import { withScene, type Scene } from './scene.ts'

/**
 * Every write, sync and answer of the service is traced. A message is found by its id in what is written: to the
 * write-ahead log, then the sync of that file, and only then to a socket.
 */
export const syncBeforeAck: Fault = {
  id: 'F4',
  name: 'sync-before-ack',
  promise: 'Every acknowledgement leaves the service after the sync that makes its message last',
  cycles: { whole: 500, small: 40 },
  whyNot,
  async run({ cycles }) {
    const scratch = mkdtempSync(join(tmpdir(), 'collab-trace-'))
    const file = join(scratch, 'trace')
    // `-D`: what is started is the service itself, and the tracer its companion; signals reach the one they are meant for.
    const under = [
      'strace',
      '-D',
      '-f',
      '-q',
      '-y',
      '-s',
      '1000000',
      '-e',
      `trace=${CALLS}`,
      '-e',
      'signal=none',
      '-o',
      file,
    ]
    try {
      return await withScene({ senders: 10, watchers: 1, service: { under } }, async (scene) => {
        const sequential = await sendInTurn(scene, cycles)
        const pipelined = await sendTogether(scene, cycles)
        await scene.end('SIGTERM')
        const end = new RegExp(`^${scene.service.pid}\\s+\\+\\+\\+ exited with 0`, 'm')
        await until(() => end.test(readFileSync(file, 'latin1')), {
          what: 'the trace is written to its end',
          every: 100,
        })
        return judge(readTrace(readFileSync(file, 'latin1')), { sequential, pipelined })
      })
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

const CALLS = 'pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync'

async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it traces system calls, which needs Linux'
  if (await hasProgram('strace')) return undefined
  const install = () => run('apt-get', 'install', '-y', '--no-install-recommends', 'strace')
  try {
    await install().catch(() => run('apt-get', 'update').then(install))
    return undefined
  } catch {
    // Not root, or no apt: told in one sentence.
    return 'it needs strace, which is not installed and cannot be installed here'
  }
}

/** One after another: each is a commit of its own. */
async function sendInTurn(scene: Scene, count: number): Promise<string[]> {
  await scene.start()
  await scene.connect()
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const send = scene.senders[n % scene.senders.length]!.send()
    ids.push(send.id)
    await scene.senders[n % scene.senders.length]!.stop()
  }
  return ids
}

/** All at once: they share commits. */
async function sendTogether(scene: Scene, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    for (const sender of scene.senders) ids.push(sender.send().id)
    if (n % 5 === 4) await Promise.all(scene.senders.map((each) => each.stop()))
  }
  await Promise.all(scene.senders.map((each) => each.stop()))
  return ids
}

export interface TraceLine {
  call: string
  /** What the descriptor stands for, and the rest of the line. */
  target: string
  text: string
}

/** Calls in the order in which they were done; one that was interrupted counts when it was resumed. */
export function readTrace(trace: string): TraceLine[] {
  const unfinished = new Map<string, string>()
  const lines: TraceLine[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest)
    if (rest.endsWith('<unfinished ...>')) {
      // Writes to a socket are seen by the other side from their beginning on, syncs hold from their end on.
      if (/^f(data)?sync\(/.test(rest)) unfinished.set(thread, rest)
      else push(lines, rest)
    } else if (resumed) {
      const begun = unfinished.get(thread)
      if (begun) push(lines, begun)
      unfinished.delete(thread)
    } else push(lines, rest)
  }
  return lines
}

function push(lines: TraceLine[], text: string): void {
  const [, call, target] = /^(\w+)\(\d+<(.*?)>/.exec(text) ?? []
  if (call && target !== undefined) lines.push({ call, target, text })
}

export interface Sent {
  sequential: string[]
  pipelined: string[]
}

/** Throws when a message was told before it was synced, or one sync served two commits. */
export function judge(trace: readonly TraceLine[], { sequential, pipelined }: Sent): Figures {
  const log = (line: TraceLine) => line.target.endsWith('collab.db-wal')
  const isSync = (line: TraceLine) => line.call === 'fdatasync' || line.call === 'fsync'
  const written = new Map<string, number>()
  const synced = new Map<string, number>()
  const answered = new Map<string, number>()
  const waiting = new Set<string>()
  let syncs = 0
  for (const [index, line] of trace.entries()) {
    if (isSync(line) && log(line)) {
      syncs++
      for (const id of waiting) synced.set(id, index)
      waiting.clear()
    } else if (line.call === 'pwrite64' && log(line)) {
      for (const id of idsIn(line.text)) {
        if (written.has(id)) continue
        written.set(id, index)
        waiting.add(id)
      }
    } else if (/socket|TCP/.test(line.target) && !isSync(line)) {
      for (const id of idsIn(line.text)) if (!answered.has(id)) answered.set(id, index)
    }
  }
  const all = [...sequential, ...pipelined]
  assertNothing(
    'messages that were not found in the trace',
    all.filter((id) => !written.has(id) || !answered.has(id)),
  )
  assertNothing(
    'messages that were told before they were synced',
    all.filter(
      (id) =>
        synced.get(id) === undefined ||
        synced.get(id)! > answered.get(id)! ||
        synced.get(id)! < written.get(id)!,
    ),
  )
  const perSequential = new Set(sequential.map((id) => synced.get(id))).size
  assert(
    perSequential === sequential.length,
    `${sequential.length} commits one after another took ${perSequential} syncs`,
  )
  return {
    'messages one after another': sequential.length,
    'syncs for them': perSequential,
    'messages at once': pipelined.length,
    'syncs for those': new Set(pipelined.map((id) => synced.get(id))).size,
    'syncs of the log in all': syncs,
    'told before synced': 0,
  }
}

/** Ids of messages in a traced buffer; the quotes are escaped there. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(/clientMessageId\\":\\"([\w-]+)\\"/g)].map(([, id]) => id!)
