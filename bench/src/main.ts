import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { figure, judge, toSentence, toTable, type Row, type Workload } from './report.ts'
import { save } from './results.ts'
import type { PageOptions } from './page/run.ts'
import { w1 } from './w1.ts'
import { w3 } from './w3.ts'
import { w5 } from './w5.ts'

const WORKLOADS: Record<string, Workload> = { w1, w3, w5 }

/** Benches of the page; fetched when wanted, as they bring a browser. */
const PAGES: Record<string, () => Promise<(options: PageOptions) => Promise<void>>> = {
  page: async () => (await import('./page/run.ts')).benchPage,
  rivals: async () => (await import('./rivals/run.ts')).benchRivals,
}

const HELP = `pnpm bench [${[...Object.keys(WORKLOADS), ...Object.keys(PAGES), 'growth'].join('|')}] [options]

${Object.keys(WORKLOADS).join(', ')}: load on the service beside a bare Socket.IO server, the same phases on both in
turn, medians of all rounds. Without a name these run.
page: the elements in Chromium (CHROMIUM_PATH), on a service in the page itself: long chats opened, scrolled and flooded.
rivals: the same messages in the kits of others, beside ours; fetches them from the npm registry into a temporary folder.
growth: what a message, a delivery and a connected person cost on several nodes, in CPU, statements and bytes; starts its
own PostgreSQL and Redis.
Ratios mean something; absolute figures only where nothing else runs: "elsewhere", or the time of a fixed loop, tells
what did.
  --rounds N        how often everything is repeated (3)
  --seconds N       length of each phase (5; of the page 10)
  --phase TEXT      only the phases, cases of the page or kits whose name holds this
  --profile FOLDER  write CPU profiles of all threads of the servers, or of the page (then readable, not minified) there
  --steps N         page: turns of the wheel through the history (4000)
  --nodes 1,2,4     growth: how many nodes there are, one after the other
  --throttle N      page and rivals: how much slower the processor of the page is made (1)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    phase: { type: 'string', default: '' },
    profile: { type: 'string', default: '' },
    steps: { type: 'string', default: '4000' },
    throttle: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '1,2,4' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = positionals.find(
  (name) => name !== 'growth' && !(name in WORKLOADS) && !(name in PAGES),
)
if (values.help || unknown !== undefined) {
  console.log(unknown === undefined ? HELP : `There is no workload ${unknown}.\n\n${HELP}`)
  process.exit(unknown === undefined ? 0 : 1)
}
const { phase, profile } = values
const options = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds ?? 5),
  phase,
  profile: profile && resolve(profile),
}
const pageOptions = {
  ...options,
  seconds: Number(values.seconds ?? 10),
  steps: Number(values.steps),
  throttle: Number(values.throttle),
}
const chosen = positionals.length > 0 ? positionals : Object.keys(WORKLOADS)
for (const name of chosen) {
  const workload = WORKLOADS[name]
  if (workload) await bench(workload)
  else if (name === 'growth') await growth()
  else await (await PAGES[name]!())(pageOptions)
}

async function growth(): Promise<void> {
  const { benchGrowth } = await import('./growth/run.ts')
  await benchGrowth({ ...options, nodes: values.nodes.split(',').map(Number) })
}

async function bench(workload: Workload): Promise<void> {
  console.log(`\n${workload.name}, ${workload.title}`)
  const rows: Row[] = []
  for await (const row of workload.run(options)) {
    rows.push(row)
    const { perSecond = Number.NaN, p50 } = row.figures
    console.error(
      `  ${row.round + 1}/${options.rounds} ${row.phase}, ${row.server}: ${figure(perSecond)}/s, p50 ${figure(p50)} ms`,
    )
  }
  const verdicts = judge(workload, rows)
  console.log(`\n${toTable(rows)}\n\n${verdicts.map(toSentence).join('\n')}`)
  save(workload.name, { options, rows, verdicts })
}
