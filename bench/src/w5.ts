import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Circle, type Told } from './circle.ts'
import { over, valueOf, type Figures, type Goal, type Workload } from './report.ts'
import { startKit, startTwin, type Target } from './targets.ts'

const PEOPLE = 1000
/** By each. */
const WATCHED = 50
/** Notifications a second of the slow phase. */
const RATE = 20_000
/** Until a phase has found its pace. */
const WARM_UP_MS = 2000

interface Side {
  target: Target
  circle: Circle
}

type Phase = (circle: Circle, seconds: number) => Promise<Told>

/** Everybody changes at the same moment, and again when all have been told. */
const allAtOnce: Phase = async (circle, seconds) => {
  const repeat = async (ms: number) => {
    const end = performance.now() + ms
    do {
      for (let person = 0; person < circle.size; person++) circle.change(person)
      await circle.settled()
    } while (performance.now() < end)
  }
  await repeat(Math.min(WARM_UP_MS, seconds * 1000))
  const stop = circle.measure()
  await repeat(seconds * 1000)
  return stop()
}

/** Everybody changes again as soon as their last change is acknowledged. */
const stream: Phase = async (circle, seconds) => {
  let going = true
  const change = (person: number) =>
    circle.change(person, () => {
      if (going) change(person)
    })
  for (let person = 0; person < circle.size; person++) change(person)
  const told = await measure(circle, seconds)
  going = false
  await circle.settled()
  return told
}

const fixedRate: Phase = async (circle, seconds) => {
  const every = 1000 / (RATE / WATCHED)
  const start = performance.now()
  let changed = 0
  const timer = setInterval(() => {
    // Not one neighbour after the other; everybody has a turn before anybody has another.
    for (; start + changed * every < performance.now(); changed++)
      circle.change((changed * STRIDE) % circle.size)
  }, 1)
  const told = await measure(circle, seconds)
  clearInterval(timer)
  await circle.settled()
  return told
}

/** Prime to the number of people. */
const STRIDE = 373

async function measure(circle: Circle, seconds: number): Promise<Told> {
  await sleep(Math.min(WARM_UP_MS, seconds * 1000))
  const stop = circle.measure()
  await sleep(seconds * 1000)
  return stop()
}

const PHASES: readonly [name: string, phase: Phase][] = [
  ['all at once', allAtOnce],
  ['stream', stream],
  ['20k/s', fixedRate],
]

/** Presence: everybody changes, and whoever watches them is told; the last that each was told is the truth. */
export const w5: Workload = {
  name: 'W5',
  title: `presence: ${PEOPLE} people, each watching ${WATCHED} others; one change told to one watcher is one notification`,
  async *run({ rounds, seconds, phase: wanted, profile }) {
    const sides: Side[] = []
    try {
      for (const start of [startKit, startTwin]) {
        const target = await start(profile)
        const options = { people: PEOPLE, watched: WATCHED }
        sides.push({ target, circle: await Circle.gather(target, options) })
      }
      for (let round = 0; round < rounds; round++) {
        for (const [name, phase] of PHASES.filter(([each]) => each.includes(wanted))) {
          // Neither always goes first.
          for (const { target, circle } of round % 2 === 0 ? sides : sides.toReversed()) {
            const told = await phase(circle, seconds)
            const wrong = await circle.wrong()
            console.error(`  ${name}, ${target.name}: wrong: ${wrong}`)
            if (wrong > 0) throw new Error(`${wrong} of what watchers hold is not the truth`)
            yield {
              round,
              phase: name,
              server: target.name,
              figures: { ...toFigures(told), wrong },
            }
          }
        }
      }
    } finally {
      for (const { circle, target } of sides) {
        circle.close()
        await target.close()
      }
    }
  },
  goals: [
    {
      text: 'all at once: notifications, × Socket.IO',
      goal: 3,
      better: 'more',
      of: over('all at once', 'perSecond'),
    },
    { text: 'stream: notifications, × Socket.IO', better: 'more', of: over('stream', 'perSecond') },
    {
      text: "all at once: Socket.IO's p99 ÷ ours",
      better: 'more',
      of: (rows) => 1 / over('all at once', 'p99')(rows),
    },
    {
      text: 'all at once: CPU per notification, × Socket.IO',
      better: 'less',
      of: over('all at once', 'cpuMicros'),
    },
    {
      text: '20k/s: CPU per notification, × Socket.IO',
      better: 'less',
      of: over('20k/s', 'cpuMicros'),
    },
    ...PHASES.flatMap(([phase]) => [
      ofOurs(phase, 'framesPerChange', 'frames a change'),
      ofOurs(phase, 'bytesPerChange', 'bytes a change'),
    ]),
    {
      text: 'wrong states held by watchers',
      goal: 0,
      better: 'less',
      of: (rows) => Math.max(...rows.map(({ figures }) => figures.wrong ?? 0)),
    },
  ],
}

function ofOurs(phase: string, figure: 'framesPerChange' | 'bytesPerChange', text: string): Goal {
  return {
    text: `${phase}: ${text}`,
    better: 'less',
    of: (rows) => valueOf(rows, { phase, server: 'Collab Kit', figure }),
  }
}

function toFigures({ reading, notifications, changes, frames, bytes, latency }: Told): Figures {
  const seconds = (reading.to - reading.from) / 1000
  const { serverCpu, generatorCpu, elsewhereCpu, threads } = reading
  return {
    perSecond: notifications / seconds,
    ...(serverCpu !== undefined && {
      serverCpu,
      cpuMicros: (serverCpu * 10_000 * seconds) / notifications,
    }),
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    framesPerChange: frames / changes,
    bytesPerChange: bytes / changes,
    generatorCpu,
    ...(elsewhereCpu !== undefined && { elsewhereCpu }),
    threads,
  }
}
