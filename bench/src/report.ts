import { median } from './statistics.ts'

/** What one phase on one server came to. */
export interface Figures {
  /** Deliveries, notifications or acknowledgements. */
  perSecond?: number
  /** CPU of the server for one of them, microseconds. */
  cpuMicros?: number
  /** Milliseconds. */
  p50: number
  p99?: number
  /** Frames, and bytes of their payloads, that told of one change. */
  framesPerChange?: number
  bytesPerChange?: number
  /** States that watchers hold and that are not the server's. */
  wrong?: number
  /** Percent of one core. */
  serverCpu?: number
  generatorCpu?: number
  elsewhereCpu?: number
  threads?: Record<string, number>
}

type Figure = Exclude<keyof Figures, 'threads'>

/** `commit` is one bare durable commit. */
export type ServerName = 'Collab Kit' | 'Socket.IO' | 'commit'

export interface Row {
  round: number
  phase: string
  server: ServerName
  figures: Figures
}

export interface Goal {
  text: string
  /** Without one the figure is only told. */
  goal?: number
  better: 'more' | 'less'
  /** The figure of one round, from its rows. */
  of(rows: readonly Row[]): number
}

export interface RunOptions {
  rounds: number
  /** Length of a phase. */
  seconds: number
  /** Part of the names of the phases to run; empty for all. */
  phase: string
  /** Folder for CPU profiles of the servers; empty for none. */
  profile: string
}

export interface Workload {
  name: string
  title: string
  run(options: RunOptions): AsyncGenerator<Row>
  goals: readonly Goal[]
}

/** One figure of one round. */
export function valueOf(
  rows: readonly Row[],
  { phase, server, figure }: { phase: string; server: ServerName; figure: Figure },
): number {
  return (
    rows.find((row) => row.phase === phase && row.server === server)?.figures[figure] ?? Number.NaN
  )
}

/** Ours over that of Socket.IO. */
export const over =
  (phase: string, figure: Figure) =>
  (rows: readonly Row[]): number =>
    valueOf(rows, { phase, server: 'Collab Kit', figure }) /
    valueOf(rows, { phase, server: 'Socket.IO', figure })

export interface Verdict {
  text: string
  value: number
  /** Of each round. */
  rounds: number[]
  goal?: number
  reached?: boolean
}

/** Ratios are taken within a round, and the middle one of them counts. */
export function judge({ goals }: Workload, rows: readonly Row[]): Verdict[] {
  const rounds = [...Map.groupBy(rows, ({ round }) => round).values()]
  return goals.flatMap(({ text, goal, better, of }) => {
    // Phases that were left out give no figure.
    const values = rounds.map(of).filter(Number.isFinite)
    if (values.length === 0) return []
    const value = median(values)
    if (goal === undefined) return { text, value, rounds: values }
    const reached = better === 'more' ? value >= goal : value <= goal
    return { text, value, rounds: values, goal, reached }
  })
}

/** The middle figure with its spread, and what became of its goal. */
export function toSentence({ text, value, rounds, goal, reached }: Verdict): string {
  const spread = `${figure(Math.min(...rounds))}–${figure(Math.max(...rounds))}`
  const verdict = goal === undefined ? '' : `, goal ${goal}: ${reached ? 'reached' : 'NOT reached'}`
  return `${text}: ${figure(value)} (${spread})${verdict}`
}

const HEADER = [
  'phase',
  'server',
  'thousand/s',
  'µs CPU each',
  'p50 ms',
  'p99 ms',
  'server CPU',
  'generator CPU',
  'elsewhere',
  'busiest',
]

/** Medians of all rounds as a table. */
export function toTable(rows: readonly Row[]): string {
  const groups = Map.groupBy(rows, ({ phase, server }) => `${phase}\n${server}`)
  const lines = [...groups.values()].map((group) => {
    const { phase, server } = group[0]!
    const middle = (figure: Figure) =>
      median(group.map(({ figures }) => figures[figure] ?? Number.NaN))
    return [
      phase,
      server,
      figure(middle('perSecond') / 1000),
      figure(middle('cpuMicros')),
      figure(middle('p50')),
      figure(middle('p99')),
      figure(middle('serverCpu'), ' %'),
      figure(middle('generatorCpu'), ' %'),
      figure(middle('elsewhereCpu'), ' %'),
      busiest(group),
    ]
  })
  const columns = HEADER.map((title, index) =>
    Math.max(...[HEADER, ...lines].map((line) => line[index]!.length), title.length),
  )
  return [HEADER, ...lines]
    .map((line) =>
      line
        .map((cell, index) =>
          index < 2 ? cell.padEnd(columns[index]!) : cell.padStart(columns[index]!),
        )
        .join('  '),
    )
    .join('\n')
}

/** The side that had no time left, as far as the CPU tells; two cores are shared by all threads. */
function busiest(group: readonly Row[]): string {
  const threads = group.flatMap(({ figures }) => Object.entries(figures.threads ?? {}).slice(0, 1))
  const [name, share] = threads.sort(([, a], [, b]) => b - a)[0] ?? []
  const generator = median(group.map(({ figures }) => figures.generatorCpu ?? Number.NaN))
  if (share === undefined && !Number.isFinite(generator)) return ''
  return (share ?? 0) >= generator
    ? `server: ${name} ${figure(share!, ' %')}`
    : `generator ${figure(generator, ' %')}`
}

export function figure(value: number, unit = ''): string {
  if (!Number.isFinite(value)) return '–'
  return (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)) + unit
}
