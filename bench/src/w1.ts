import { setTimeout as sleep } from 'node:timers/promises'
import { Crowd } from './crowd.ts'
import { startMeter, type Reading } from './meter.ts'
import { over, valueOf, type Figures, type Row, type ServerName, type Workload } from './report.ts'
import { commitMs } from './commit.ts'
import { startKit, startTwin, type Target } from './targets.ts'
import { talk } from './talk.ts'

const MEMBERS = 500
const SENDERS = 10
/** Of each sender. */
const IN_FLIGHT = 40
/** Deliveries a second of the slow phase. */
const RATE = 20_000
/** Until a phase has found its pace. */
const WARM_UP_MS = 2000

interface Side {
  target: Target
  crowd: Crowd
}

type Phase = (side: Side, seconds: number) => Promise<Reading>

const oneAtATime: Phase = async ({ target, crowd }, seconds) => {
  let going = true
  const rounds = (async () => {
    for (let sender = 0; going; sender = (sender + 1) % SENDERS) {
      const acknowledged = new Promise((resolve) => crowd.send(sender, resolve))
      await crowd.received(crowd.head + 1)
      // Only so that the next `seq` is known; it came before the last delivery or comes with it.
      await acknowledged
    }
  })()
  const reading = await measure(target, seconds)
  going = false
  await rounds
  return reading
}

const saturated: Phase = async ({ target, crowd }, seconds) => {
  let going = true
  let open = 0
  const say = (sender: number) => {
    open++
    crowd.send(sender, () => {
      open--
      if (going) say(sender)
    })
  }
  for (let count = 0; count < SENDERS * IN_FLIGHT; count++) say(count % SENDERS)
  const reading = await measure(target, seconds)
  going = false
  while (open > 0) await sleep(10)
  await crowd.received(crowd.head)
  return reading
}

const fixedRate: Phase = async ({ target, crowd }, seconds) => {
  const every = 1000 / (RATE / MEMBERS)
  const start = performance.now()
  let said = 0
  let open = 0
  const timer = setInterval(() => {
    for (; start + said * every < performance.now(); said++) {
      open++
      crowd.send(said % SENDERS, () => open--)
    }
  }, 1)
  const reading = await measure(target, seconds)
  clearInterval(timer)
  while (open > 0) await sleep(10)
  await crowd.received(crowd.head)
  return reading
}

async function measure({ server }: Target, seconds: number): Promise<Reading> {
  await sleep(Math.min(WARM_UP_MS, seconds * 1000))
  const stop = startMeter(server)
  await sleep(seconds * 1000)
  return stop()
}

const PHASES: readonly [name: string, phase: Phase][] = [
  ['one at a time', oneAtATime],
  ['saturated', saturated],
  ['20k/s', fixedRate],
]

/** Fan-out: one channel of 500 members, durable, ordered and authorised, beside a bare room broadcast. */
export const w1: Workload = {
  name: 'W1',
  title: `fan-out: one channel, ${MEMBERS} members; saturated = ${SENDERS} senders × ${IN_FLIGHT} in flight`,
  async *run({ rounds, seconds, phase: wanted, profile }) {
    const texts = talk()
    const sides: Side[] = []
    try {
      for (const start of [startKit, startTwin]) {
        const target = await start(profile)
        sides.push({ target, crowd: await Crowd.gather(target, MEMBERS, texts) })
      }
      for (let round = 0; round < rounds; round++) {
        for (const [name, phase] of PHASES.filter(([each]) => each.includes(wanted))) {
          // Neither always goes first.
          for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
            const reading = await phase(side, seconds)
            yield {
              round,
              phase: name,
              server: side.target.name,
              figures: toFigures(reading, side.crowd),
            }
          }
        }
        yield {
          round,
          phase: 'one at a time',
          server: 'commit',
          figures: { p50: commitMs(seconds / 5) },
        }
      }
    } finally {
      for (const { crowd, target } of sides) {
        crowd.close()
        await target.close()
      }
    }
  },
  goals: [
    {
      text: 'saturated: deliveries, × Socket.IO',
      goal: 15,
      better: 'more',
      of: over('saturated', 'perSecond'),
    },
    {
      text: "saturated: Socket.IO's p99 ÷ ours",
      goal: 10,
      better: 'more',
      of: (rows) => 1 / over('saturated', 'p99')(rows),
    },
    {
      text: 'one at a time: deliveries, × Socket.IO',
      goal: 1.2,
      better: 'more',
      of: over('one at a time', 'perSecond'),
    },
    {
      text: 'one at a time: added latency, in durable commits',
      goal: 1,
      better: 'less',
      of: addedLatency,
    },
    {
      text: 'one at a time: CPU per delivery, × Socket.IO',
      better: 'less',
      of: over('one at a time', 'cpuMicros'),
    },
    {
      text: '20k/s: CPU per delivery, × Socket.IO',
      goal: 0.75,
      better: 'less',
      of: over('20k/s', 'cpuMicros'),
    },
  ],
}

function toFigures(reading: Reading, crowd: Crowd): Figures {
  const { deliveries, latency } = crowd.collect(reading)
  const seconds = (reading.to - reading.from) / 1000
  const { serverCpu, generatorCpu, elsewhereCpu, threads } = reading
  return {
    perSecond: deliveries / seconds,
    ...(serverCpu !== undefined && {
      serverCpu,
      cpuMicros: (serverCpu * 10_000 * seconds) / deliveries,
    }),
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    generatorCpu,
    ...(elsewhereCpu !== undefined && { elsewhereCpu }),
    threads,
  }
}

/** What is said reaches its readers so much later than on Socket.IO, in commits. */
function addedLatency(rows: readonly Row[]): number {
  const p50 = (server: ServerName) =>
    valueOf(rows, { phase: 'one at a time', server, figure: 'p50' })
  return (p50('Collab Kit') - p50('Socket.IO')) / p50('commit')
}
