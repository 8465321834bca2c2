import { setTimeout as sleep } from 'node:timers/promises'
import { stopAll } from '../../../scripts/test/child.ts'
import { removeTemporaryFolders } from '../../../scripts/test/temporary.ts'
import { figure } from '../report.ts'
import { save } from '../results.ts'
import { talk } from '../talk.ts'
import { Company, COMPANY } from './company.ts'
import { difference, IDLE, spread, type Row } from './costs.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { openSite, type Backends, type Layout, type Site } from './site.ts'
import { deliveryTable, idleTable, messageTable } from './table.ts'
import { LISTENERS, Town, type Plan } from './town.ts'

export interface GrowthOptions {
  nodes: readonly number[]
  rounds: number
  /** Length of a phase. */
  seconds: number
  /** Part of the names of the phases to run. */
  phase: string
}

/** Messages a second: what two processors bear beside everything else that runs on them. */
const CROWD_RATE = 15
const CIRCLES_RATE = 60
/** Whole turns of what nodes ask by the clock: every ten seconds with Redis, every four without. */
const IDLE_SECONDS = { Redis: 20, polling: 8 }
/** Until those who came in are settled. */
const SETTLE_MS = 2000

interface Memory {
  nodes: number
  /** Of a connected person, KB. */
  each: number
}

/** What a message, a delivery and a connected person cost the nodes, PostgreSQL and Redis, on several nodes. */
export async function benchGrowth(options: GrowthOptions): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'uncaughtException'] as const) {
    process.once(name, (reason: unknown) => {
      console.error(reason)
      void end().then(() => process.exit(1))
    })
  }
  try {
    const backends = { postgres: await startPostgres(), redis: await startRedis() }
    const { postgres, redis } = backends
    console.error(`  PostgreSQL ${postgres.version}, Redis ${redis.version}; people come in …`)
    const town = await found(backends)
    const rows: Row[] = []
    const memory: Memory[] = []
    const layouts = options.nodes.flatMap((nodes): Layout[] => [
      { nodes, bus: 'Redis' },
      { nodes, bus: 'polling' },
    ])
    for (let round = 0; round < options.rounds; round++) {
      // None always goes first.
      for (const layout of round % 2 === 0 ? layouts : layouts.toReversed()) {
        const run = { town, round, options, memory }
        const measured = await runLayout(await openSite(layout, backends), run)
        rows.push(...measured)
        console.error(`  ${round + 1}/${options.rounds} ${layout.nodes} nodes, ${layout.bus}`)
      }
    }
    tell(rows, memory, town)
    const versions = { postgres: postgres.version, redis: redis.version }
    save('growth', { options, versions, people: town.size + COMPANY, rows, memory })
  } finally {
    await end()
  }
}

/** Servers live in process groups of their own: nothing else ends them. */
async function end(): Promise<void> {
  await stopAll()
  removeTemporaryFolders()
}

async function found(backends: Backends): Promise<Town> {
  const site = await openSite({ nodes: 1, bus: 'Redis' }, backends)
  const town = await Town.found(site.ports[0]!)
  await site.close()
  return town
}

interface Run {
  town: Town
  round: number
  options: GrowthOptions
  memory: Memory[]
}

async function runLayout(site: Site, { town, round, options, memory }: Run): Promise<Row[]> {
  const { layout } = site
  let before = Number.NaN
  await town.enter(site.ports, async () => {
    await sleep(SETTLE_MS)
    before = site.residentMb()
  })
  await sleep(SETTLE_MS)
  const most = LISTENERS - LISTENERS / 8
  memory.push({ nodes: layout.nodes, each: ((site.residentMb() - before) * 1024) / most })
  const rows: Row[] = []
  await warmUp(town)
  const company = await Company.gather(site.ports)
  const doings = company.doings(options.seconds)
  // Code that runs for the first time, once more.
  for (const { name, work } of doings) if (name.includes(options.phase)) await work()
  await sleep(SETTLE_MS)
  for (const { name, work } of [...phases(town, options.seconds), ...doings]) {
    // Without Redis it is the asking that is of interest.
    if (layout.bus === 'polling' && !POLLING_PHASES.has(name)) continue
    if (name !== IDLE && !name.includes(options.phase)) continue
    let from = await site.read()
    const { messages, deliveries } = await work(layout, async () => {
      from = await site.read()
    })
    const to = await site.read()
    rows.push({ round, layout, phase: name, messages, deliveries, ...difference(from, to) })
  }
  company.leave()
  town.leave()
  await site.close()
  return rows
}

/** Code that runs for the first time costs many times what it costs later. */
async function warmUp(town: Town): Promise<void> {
  const texts = talk()
  const plan = { texts, atOnce: 1, perSecond: 200 }
  await town.talk({ ...plan, chats: town.circles, messages: 600 })
  await town.talk({ ...plan, chats: [town.crowd], messages: 20, perSecond: CROWD_RATE })
}

const POLLING_PHASES = new Set([IDLE, 'circles'])

interface Phase {
  name: string
  /** `begin` is called where measuring begins later than the work. */
  work(
    layout: Layout,
    begin: () => Promise<void>,
  ): Promise<{ messages: number; deliveries: number }>
}

function phases(town: Town, seconds: number): readonly Phase[] {
  const texts = talk()
  const plan = (chats: Plan['chats'], perSecond: number, atOnce = 1): Plan => ({
    chats,
    texts,
    perSecond,
    atOnce,
    messages: perSecond * seconds,
  })
  return [
    {
      name: IDLE,
      async work({ bus }) {
        await sleep(IDLE_SECONDS[bus] * 1000)
        return { messages: 0, deliveries: 0 }
      },
    },
    { name: 'crowd', work: () => town.talk(plan([town.crowd], CROWD_RATE)) },
    { name: 'circles', work: () => town.talk(plan(town.circles, CIRCLES_RATE)) },
    {
      name: 'circles at once',
      work: () => town.talk(plan(town.circles, CIRCLES_RATE, CIRCLES_RATE)),
    },
    { name: 'read marks', work: (_, begin) => town.read({ perSecond: CIRCLES_RATE }, begin) },
  ]
}

function tell(rows: readonly Row[], memory: readonly Memory[], town: Town): void {
  const people = town.size + COMPANY
  const population = { people, followed: (nodes: number) => town.followed(nodes) }
  const { middle, least, most } = spread(
    memory.filter(({ nodes }) => nodes === memory[0]!.nodes).map(({ each }) => each),
  )
  console.log(`\nEvery message was delivered once to each of its readers; ${people} connected.\n`)
  console.log(`${messageTable(rows)}\n\n${deliveryTable(rows)}\n\n${idleTable(rows, population)}\n`)
  console.log(
    `A connected person more: ${figure(middle)} KB (${figure(least)}–${figure(most)}) of a node.`,
  )
}
