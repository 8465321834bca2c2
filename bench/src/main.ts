import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { figure, judge, toTable, type Row, type Verdict, type Workload } from './report.ts'
import { w1 } from './w1.ts'
import { w3 } from './w3.ts'

const WORKLOADS: Record<string, Workload> = { w1, w3 }

const HELP = `pnpm bench [${Object.keys(WORKLOADS).join('|')}] [options]

Load on the service beside a bare Socket.IO server: the same phases on both in turn, medians of all rounds.
Ratios mean something; absolute figures only where nothing else runs: "elsewhere" tells what did.
  --rounds N        how often everything is repeated (3)
  --seconds N       length of each phase (5)
  --phase TEXT      only the phases whose name holds this
  --profile FOLDER  write CPU profiles of all threads of the servers there`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    phase: { type: 'string', default: '' },
    profile: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = positionals.find((name) => !(name in WORKLOADS))
if (values.help || unknown !== undefined) {
  console.log(unknown === undefined ? HELP : `There is no workload ${unknown}.\n\n${HELP}`)
  process.exit(unknown === undefined ? 0 : 1)
}
const { phase, profile } = values
const options = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  phase,
  profile: profile && resolve(profile),
}
const chosen = positionals.length > 0 ? positionals : Object.keys(WORKLOADS)
for (const name of chosen) await bench(WORKLOADS[name]!)

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
  console.log(`\n${toTable(rows)}\n\n${verdicts.map(sentence).join('\n')}`)
  save(workload.name, { rows, verdicts })
}

function sentence({ text, value, rounds, goal, reached }: Verdict): string {
  const spread = `${figure(Math.min(...rounds))}–${figure(Math.max(...rounds))}`
  const verdict = goal === undefined ? '' : `, goal ${goal}: ${reached ? 'reached' : 'NOT reached'}`
  return `${text}: ${figure(value)} (${spread})${verdict}`
}

function save(name: string, result: object): void {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = new URL(`${name.toLowerCase()}-${at.replaceAll(/[:.]/g, '-')}.json`, folder)
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  writeFileSync(file, `${JSON.stringify({ name, at, machine, options, ...result }, null, 2)}\n`)
  console.log(`\n→ ${fileURLToPath(file)}`)
}
