import { readFileSync } from 'node:fs'
import { createGuest } from '../rig/person.ts'
import { openRawSocket, signIn, toFrame, type RawSocket } from '../rig/raw-socket.ts'
import { until } from '../rig/until.ts'
import { assert, type Fault, type Figures, type Size } from './fault.ts'
import { withScene, type Scene } from './scene.ts'

/** What a flooder sends without end and without reading what comes back. */
const FLOODS: Readonly<Record<string, { stranger?: boolean; frame: (n: number) => string }>> = {
  'calls that are answered': {
    frame: (n) => `42${n}["system.echo",{"message":"${'x'.repeat(2000)}"}]`,
  },
  'calls that are refused': { frame: (n) => `42${n}["nothing.ofThisName",{},{}]` },
  'calls without an answer': { frame: () => '42["chat.getChat",{"chatId":"lobby"}]' },
  namespaces: { frame: (n) => `40/space-${n},{}` },
  acknowledgements: { frame: (n) => `43${n}[{}]` },
  'signing in again': { frame: () => '40{"token":"again"}' },
  'namespaces before sign-in': { stranger: true, frame: (n) => `40/space-${n},{}` },
  'calls before sign-in': { stranger: true, frame: (n) => `42${n}["system.echo",{"message":"x"}]` },
}

/** The limits as they are without configuration. */
const STRICT = { COLLAB_LIMITS_OPS_PER_SECOND: '20', COLLAB_LIMITS_OPS_BURST: '60' }

/** Memory that a flood may take, kB: the budget of one reader, twice, and room for the noise of a collector. */
const ALLOWED = 120_000

/** Somebody sends as fast as possible and reads nothing. */
export const flood: Fault = {
  id: 'F56',
  name: 'flood',
  promise:
    'One who floods the service and reads nothing costs a bounded amount of memory, and the others are answered',
  cycles: { whole: 8, small: 1 },
  run: (size) =>
    withScene({ senders: 2, watchers: 1, service: { env: STRICT } }, async (scene) => {
      await scene.start()
      await scene.connect()
      const figures: Figures = {}
      for (const [name, { stranger = false, frame }] of Object.entries(FLOODS)) {
        const { memory, closed, sent } = await floodWith(scene, {
          stranger,
          frame,
          seconds: size.cycles > 1 ? 6 : 1.5,
        })
        figures[name] =
          `${sent} frames, ${closed ? 'closed' : 'still open'}, ${Math.round(memory / 1024)} MB more`
        size.say(`${name}: ${String(figures[name])}`)
        assert(memory < ALLOWED, `${name}: ${memory} kB of memory`)
        assert(closed, `${name}: the flooder was not closed`)
        await answersOthers(scene, size)
      }
      await scene.verify()
      return figures
    }),
}

interface FloodOptions {
  stranger: boolean
  frame: (n: number) => string
  seconds: number
}

async function floodWith(
  scene: Scene,
  { stranger, frame, seconds }: FloodOptions,
): Promise<{ memory: number; closed: boolean; sent: number }> {
  const socket = await openRawSocket(scene.service.port)
  if (stranger) await socket.next((text) => text.startsWith('0{'))
  else await signIn(socket, (await createGuest(scene.service.url)).token)
  socket.pause()
  const before = memoryOf(scene.service.pid)
  let memory = 0
  let sent = 0
  const deadline = performance.now() + seconds * 1000
  while (performance.now() < deadline && socket.open) {
    sent += await burst(socket, frame, sent)
    memory = Math.max(memory, memoryOf(scene.service.pid) - before)
  }
  // One that is paused learns only now whether it was closed.
  socket.resume()
  const closed = await Promise.race([
    socket.closed.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, 5000, false)),
  ])
  socket.close()
  return { memory, closed, sent }
}

/** As much as the service takes; what it does not take now is waited for a moment, no longer. */
async function burst(
  socket: RawSocket,
  frame: (n: number) => string,
  from: number,
): Promise<number> {
  const frames = Array.from({ length: 200 }, (_, n) => toFrame(frame(from + n)))
  await Promise.race([
    socket.tcp.write(Buffer.concat(frames)),
    new Promise((resolve) => setTimeout(resolve, 250)),
  ])
  return frames.length
}

async function answersOthers(scene: Scene, { say }: Size): Promise<void> {
  const since = performance.now()
  const send = scene.senders[0]!.send()
  await scene.senders[0]!.stop()
  await until(() => send.attempts[0]!.outcome !== undefined, { what: 'another is answered' })
  say(`another was answered in ${Math.round(performance.now() - since)} ms`)
  assert(scene.service.alive, 'the service has ended')
}

/** Resident memory, kB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
