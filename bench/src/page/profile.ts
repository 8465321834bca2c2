import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tab } from './browser.ts'

/** The busiest functions of a stretch of time. */
const TOP = 25

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
}

interface Profile {
  nodes: ProfileNode[]
  samples?: number[]
  timeDeltas?: number[]
}

export interface ProfileOptions {
  /** Folder for the profile; empty for none. */
  folder: string
  name: string
}

/** Runs something under the profiler, and says what took the time. */
export async function profiled<T>(
  { cdp }: Tab,
  { folder, name }: ProfileOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (!folder) return work()
  await cdp.send('Profiler.enable')
  await cdp.send('Profiler.setSamplingInterval', { interval: 200 })
  await cdp.send('Profiler.start')
  const result = await work()
  const { profile } = (await cdp.send('Profiler.stop')) as { profile: Profile }
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.cpuprofile`)
  writeFileSync(file, JSON.stringify(profile))
  console.log(`\n${name}, time of functions themselves:\n${busiest(profile).join('\n')}\n→ ${file}`)
  return result
}

/** Functions by the time spent in themselves. */
function busiest({ nodes, samples = [], timeDeltas = [] }: Profile): string[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, lineNumber } }) => [
      id,
      functionName.startsWith('(')
        ? functionName
        : `${functionName || 'nameless'}:${lineNumber + 1}`,
    ]),
  )
  const spent = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?'
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  })
  spent.delete('(idle)')
  const all = [...spent.values()].reduce((sum, micros) => sum + micros, 0)
  return [...spent]
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(
      ([name, micros]) =>
        `${(micros / 1000).toFixed(1).padStart(9)} ms ${((100 * micros) / all).toFixed(1).padStart(5)} %  ${name}`,
    )
}
