import { figure } from '../report.ts'
import { median } from '../statistics.ts'
import type { Shown } from './measure.ts'
import type { Outcome } from './outcome.ts'

const KIB = 1024

/** Medians of all rounds as a table, and below it what is to be known. */
export function toMarkdown(outcomes: readonly Outcome[], counts: readonly number[]): string {
  const header = [
    'kit',
    'JS + CSS, KiB gzip',
    ...counts.map(
      (count) =>
        `${count.toLocaleString('en')}: mount / append ms (of processor) · elements · heap MB`,
    ),
    'axe',
    'asked elsewhere',
    'text, root of 10 px',
  ]
  const rows = outcomes.map((outcome) => rowOf(outcome, counts))
  const lines = [header, header.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return `${lines.join('\n')}\n\n${outcomes.map(remarks).join('\n')}`
}

function rowOf(outcome: Outcome, counts: readonly number[]): string[] {
  const { built, shown, manners } = outcome
  return [
    built.kit.name,
    `**${figure((built.js + built.css) / KIB)}** = ${figure(built.js / KIB)} + ${figure(built.css / KIB)}`,
    ...counts.map((count) => cell(shown[count])),
    manners ? (manners.axe.length > 0 ? manners.axe.join(', ') : '**0**') : '–',
    manners ? (manners.strangers.length > 0 ? manners.strangers.join(', ') : 'nobody') : '–',
    figure(manners?.textPx ?? Number.NaN, ' px'),
  ]
}

function cell(shown: readonly Shown[] | undefined): string {
  if (!shown) return 'not run'
  const middle = (name: keyof Shown) => median(shown.map((one) => one[name]))
  const away = middle('inSight') === 1 ? '' : ' (newest not in sight)'
  const cpu = `${figure(middle('mountCpuMs'))} / ${figure(middle('appendCpuMs'))}`
  return `${figure(middle('mountMs'))} / ${figure(middle('appendMs'))} (${cpu}) · ${middle('elements').toLocaleString('en')} · ${figure(middle('heapMB'))}${away}`
}

function remarks({ built: { kit, later }, sockets, failures }: Outcome): string {
  const packages = Object.entries(kit.packages).map(([name, version]) => `${name} ${version}`)
  const said = [
    ...(packages.length > 0 ? [packages.join(', ')] : []),
    ...(kit.note ? [kit.note] : []),
    ...(later > 0 ? [`${figure(later / KIB)} KiB more when needed`] : []),
    ...(sockets === undefined ? [] : [`${sockets} WebSocket(s) opened: ${kit.sockets?.text}`]),
    ...new Set(failures),
  ]
  return `- ${kit.name}: ${said.join('; ')}.`
}
