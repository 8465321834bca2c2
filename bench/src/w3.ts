import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitMs } from './commit.ts'
import { firstSeq } from './frames.ts'
import { startMeter, type Reading } from './meter.ts'
import { over, valueOf, type Figures, type ServerName, type Workload } from './report.ts'
import { Histogram } from './statistics.ts'
import { talk } from './talk.ts'
import { startKit, startTwin, type Person, type Target } from './targets.ts'

const WARM_UP_MS = 1500

interface Phase {
  name: string
  senders: number
  /** Of each sender. */
  inFlight: number
  where: 'own' | 'shared'
}

/** The limit of the service for one connection is 64. */
const PHASES: readonly Phase[] = [
  { name: '1 sender, 1 in flight', senders: 1, inFlight: 1, where: 'own' },
  { name: '1 sender, 16 in flight', senders: 1, inFlight: 16, where: 'own' },
  { name: '1 sender, 64 in flight', senders: 1, inFlight: 64, where: 'own' },
  { name: '50 senders', senders: 50, inFlight: 64, where: 'own' },
  { name: '50 senders in one chat', senders: 50, inFlight: 64, where: 'shared' },
]
const [ALONE] = PHASES as [Phase, ...Phase[]]

interface Side {
  target: Target
  own: Person[]
  shared: Person[]
}

/** Everybody keeps so many messages unacknowledged. */
async function load(
  side: Side,
  { phase, seconds, texts }: { phase: Phase; seconds: number; texts: readonly string[] },
) {
  const people = side[phase.where].slice(0, phase.senders)
  const acknowledged: { at: number; ms: number }[] = []
  let going = true
  let open = 0
  let said = 0
  const say = (person: Person) => {
    open++
    const start = performance.now()
    person.send(texts[said++ % texts.length]!, (payload) => {
      if (firstSeq(payload) === undefined) throw new Error(`refused: ${payload.toString()}`)
      open--
      const at = performance.now()
      acknowledged.push({ at, ms: at - start })
      if (going) say(person)
    })
  }
  for (let count = 0; count < phase.inFlight; count++) people.forEach(say)
  await sleep(Math.min(WARM_UP_MS, seconds * 1000))
  const stop = startMeter(side.target.server)
  await sleep(seconds * 1000)
  const reading = stop()
  going = false
  while (open > 0) await sleep(10)
  return toFigures(reading, acknowledged)
}

function toFigures(reading: Reading, acknowledged: readonly { at: number; ms: number }[]): Figures {
  const latency = new Histogram()
  for (const { at, ms } of acknowledged) if (at >= reading.from && at <= reading.to) latency.add(ms)
  const seconds = (reading.to - reading.from) / 1000
  const { serverCpu, generatorCpu, elsewhereCpu, threads } = reading
  return {
    perSecond: latency.count / seconds,
    ...(serverCpu !== undefined && {
      serverCpu,
      cpuMicros: (serverCpu * 10_000 * seconds) / latency.count,
    }),
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    generatorCpu,
    ...(elsewhereCpu !== undefined && { elsewhereCpu }),
    threads,
  }
}

async function gather(target: Target): Promise<Side> {
  const listener = {
    onMessages() {},
    onLost(reason: string) {
      throw new Error(`${target.name} closed a connection: ${reason}`)
    },
  }
  const side: Side = { target, own: [], shared: [] }
  const most = Math.max(...PHASES.map(({ senders }) => senders))
  for (let count = 0; count < most; count++) {
    side.own.push(await target.enter('own', listener))
    side.shared.push(await target.enter('shared', listener))
  }
  return side
}

/** Send → durable acknowledgement; each sender alone in a chat, at last all in one. */
export const w3: Workload = {
  name: 'W3',
  title:
    'send → durable acknowledgement; each sender in a chat of their own; 50 senders × 64 in flight',
  async *run({ rounds, seconds, phase: wanted, profile }) {
    const texts = talk()
    const sides: Side[] = []
    try {
      for (const start of [startKit, startTwin]) sides.push(await gather(await start(profile)))
      for (let round = 0; round < rounds; round++) {
        for (const phase of PHASES.filter(({ name }) => name.includes(wanted))) {
          for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
            const figures = await load(side, { phase, seconds, texts })
            yield { round, phase: phase.name, server: side.target.name, figures }
          }
          if (phase !== ALONE) continue
          yield {
            round,
            phase: phase.name,
            server: 'commit',
            figures: { p50: commitMs(seconds / 2) },
          }
        }
      }
    } finally {
      for (const { target, own, shared } of sides) {
        for (const { connection } of [...own, ...shared]) connection.close()
        await target.close()
      }
    }
  },
  goals: [
    {
      text: '50 senders: durable acknowledgements a second',
      goal: 20_000,
      better: 'more',
      of: (rows) =>
        valueOf(rows, { phase: '50 senders', server: 'Collab Kit', figure: 'perSecond' }),
    },
    {
      text: '1 in flight: time, × (one bare durable commit + one bare round trip)',
      goal: 1.5,
      better: 'less',
      of(rows) {
        const p50 = (server: ServerName) =>
          valueOf(rows, { phase: ALONE.name, server, figure: 'p50' })
        return p50('Collab Kit') / (p50('commit') + p50('Socket.IO'))
      },
    },
    {
      text: '50 senders: acknowledgements, × Socket.IO',
      better: 'more',
      of: over('50 senders', 'perSecond'),
    },
    {
      text: '50 senders: CPU for each, × Socket.IO',
      better: 'less',
      of: over('50 senders', 'cpuMicros'),
    },
  ],
}
