import { loadavg } from 'node:os'
import { figure, toSentence, type Verdict } from '../report.ts'
import { save } from '../results.ts'
import { median } from '../statistics.ts'
import type { Case, CaseOptions } from './case.ts'
import { burst } from './cases/burst.ts'
import { bytes } from './cases/bytes.ts'
import { changes } from './cases/changes.ts'
import { loaded } from './cases/loaded.ts'
import { opening } from './cases/open.ts'
import { scroll } from './cases/scroll.ts'
import { type Figures, judge } from './goals.ts'
import { ourSite } from './site.ts'

const CASES: readonly Case[] = [opening, loaded, burst, scroll, changes, bytes]

export interface PageOptions extends Omit<CaseOptions, 'site'> {
  rounds: number
  /** Part of the names of the cases to run; empty for all. */
  phase: string
}

/** Our elements in Chromium on a service that costs nothing: only the page is measured. */
export async function benchPage({ rounds, phase, ...options }: PageOptions): Promise<void> {
  console.log('\npage, the elements in Chromium, on a scripted service in the same page')
  const site = await ourSite({ readable: options.profile !== '' })
  const cases = CASES.filter(({ name }) => name.includes(phase))
  const all = new Map<string, Figures[]>(cases.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of cases) {
      const done = all.get(name)!
      // Bytes are the same every time.
      if (name === 'bytes' && done.length > 0) continue
      const [load = 0] = loadavg()
      const figures = { ...(await run({ ...options, site })), load }
      done.push(figures)
      console.error(`  ${round + 1}/${rounds} ${name}: ${told(figures)}`)
    }
  }
  const verdicts = cases.map(({ name, title, goals }) => ({
    name,
    title,
    verdicts: judge(goals, all.get(name)!),
  }))
  for (const each of verdicts) print(each)
  console.log(
    `\n${noise([...all.values()].flat())}\n${summary(verdicts.flatMap(({ name, verdicts: own }) => own.map((each) => ({ ...each, text: `${name}: ${each.text}` }))))}`,
  )
  save('page', { options: { rounds, phase, ...options }, cases: Object.fromEntries(all), verdicts })
}

function print({
  name,
  title,
  verdicts,
}: {
  name: string
  title: string
  verdicts: Verdict[]
}): void {
  console.log(`\n${name}: ${title}\n${verdicts.map((each) => `  ${toSentence(each)}`).join('\n')}`)
}

const told = (figures: Figures) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${figure(value)}`)
    .join(', ')

/** How even the machine was: the same work before every case. */
function noise(all: readonly Figures[]): string {
  const times = all.flatMap(({ machineMs }) => machineMs ?? [])
  const loads = all.flatMap(({ load }) => load ?? [])
  if (times.length === 0) return ''
  return `the same loop took ${figure(Math.min(...times))}–${figure(Math.max(...times))} ms (middle ${figure(median(times))}), load of the machine ${figure(Math.min(...loads))}–${figure(Math.max(...loads))}`
}

function summary(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter(({ goal }) => goal !== undefined)
  const missed = judged.filter(({ reached }) => !reached)
  const list = missed.map(({ text, value, goal }) => `\n  ${text}: ${figure(value)}, goal ${goal}`)
  return `${judged.length - missed.length} of ${judged.length} goals reached${list.length > 0 ? `; NOT reached:${list.join('')}` : ''}`
}
