import { figure } from '../report.ts'
import { above, IDLE, spread, type Row, type Used } from './costs.ts'
import type { Layout } from './site.ts'

const nameOf = ({ nodes, bus }: Layout): string => `${nodes}, ${bus}`

/** The middle of all rounds, and from where to where they went. */
function cell(values: readonly number[]): string {
  const { middle, least, most } = spread(values)
  return `${figure(middle)} (${figure(least)}–${figure(most)})`
}

const toMarkdown = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const MESSAGE_COLUMNS: readonly [title: string, name: keyof Used, factor: number][] = [
  ['CPU of the nodes, µs', 'nodesCpu', 1000],
  ['of PostgreSQL, µs', 'postgresCpu', 1000],
  ['of Redis, µs', 'redisCpu', 1000],
  ['statements', 'statements', 1],
  ['commits', 'commits', 1],
  ['WAL, bytes', 'walBytes', 1],
  ['whole pages in it', 'walPages', 1],
  ['publishes', 'publishes', 1],
  ['bytes into Redis', 'redisBytesIn', 1],
  ['out of it', 'redisBytesOut', 1],
]

/** Each message beyond what is used while nothing is said. */
export function messageTable(rows: readonly Row[]): string {
  const groups = Map.groupBy(
    rows.filter(({ phase }) => phase !== IDLE),
    ({ layout, phase }) => `${phase}\n${nameOf(layout)}`,
  )
  const lines = [...groups.values()].map((group) => {
    const { phase, layout, messages, deliveries } = group[0]!
    const net = group.map((row) => above(row, idleOf(rows, row)))
    const cells = MESSAGE_COLUMNS.map(([, name, factor]) =>
      cell(net.map((each) => each(name) * factor)),
    )
    return [phase, nameOf(layout), figure(deliveries / messages), ...cells]
  })
  const titles = MESSAGE_COLUMNS.map(([title]) => title)
  return toMarkdown(['each message', 'nodes', 'readers', ...titles], lines.sort(byFirst))
}

const byFirst = ([a = '']: readonly string[], [b = '']: readonly string[]): number =>
  a < b ? -1 : Number(a > b)

function idleOf(rows: readonly Row[], { round, layout }: Row): Row {
  const idle = rows.find(
    (row) => row.phase === IDLE && row.round === round && nameOf(row.layout) === nameOf(layout),
  )
  if (!idle) throw new Error(`nothing was measured while nobody spoke: ${nameOf(layout)}`)
  return idle
}

/** What one frame to one more reader costs the nodes: two chats of different sizes tell it from the message. */
export function deliveryTable(rows: readonly Row[]): string {
  const groups = Map.groupBy(
    rows.filter(({ layout }) => layout.bus === 'Redis'),
    ({ layout }) => nameOf(layout),
  )
  const lines = [...groups].map(([name, group]) => {
    const rounds = [...Map.groupBy(group, ({ round }) => round).values()].map((round) => {
      const of = (phase: string) => {
        const row = round.find((each) => each.phase === phase)
        if (!row) return { cpu: Number.NaN, readers: Number.NaN }
        const cpu = above(row, idleOf(rows, row))('nodesCpu') * 1000
        return { cpu, readers: row.deliveries / row.messages }
      }
      const [crowd, circles] = [of('crowd'), of('circles')]
      const each = (crowd.cpu - circles.cpu) / (crowd.readers - circles.readers)
      return { each, message: circles.cpu - circles.readers * each }
    })
    return [name, cell(rounds.map(({ each }) => each)), cell(rounds.map(({ message }) => message))]
  })
  return toMarkdown(
    ['nodes', 'a delivery: CPU of the nodes, µs', 'a message without its deliveries, µs'],
    lines,
  )
}

export interface Population {
  people: number
  /** Streams that the nodes follow, each counted on each node. */
  followed(nodes: number): number
}

/** What people cost who neither speak nor hear anything. */
export function idleTable(rows: readonly Row[], population: Population): string {
  const groups = Map.groupBy(
    rows.filter(({ phase }) => phase === IDLE),
    ({ layout }) => nameOf(layout),
  )
  const lines = [...groups].map(([name, group]) => {
    const { nodes } = group[0]!.layout
    const perSecond = (of: keyof Used, divisor = 1) =>
      cell(group.map(({ used }) => used[of] / used.seconds / divisor))
    return [
      name,
      figure(population.followed(nodes)),
      perSecond('nodesCpu', population.people / 1000),
      perSecond('postgresCpu', population.people / 1000),
      perSecond('redisCpu', population.people / 1000),
      perSecond('statements', nodes),
      perSecond('commits', nodes),
      perSecond('publishes', nodes),
    ]
  })
  return toMarkdown(
    [
      'nodes',
      'streams followed',
      'each person and second: CPU of the nodes, µs',
      'of PostgreSQL, µs',
      'of Redis, µs',
      'each node and second: statements',
      'commits',
      'publishes',
    ],
    lines,
  )
}
