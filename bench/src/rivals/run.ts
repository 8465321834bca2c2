import { removeTemporaryFolders } from '../../../scripts/test/temporary.ts'
import type { PageOptions } from '../page/run.ts'
import { save } from '../results.ts'
import { build, socketsSite } from './build.ts'
import { KITS, OURS } from './kits.ts'
import { countSockets, manners, show } from './measure.ts'
import type { Outcome } from './outcome.ts'
import { toMarkdown } from './table.ts'

const COUNTS = [100, 1000, 10_000]

/** The same messages in several kits, in turn, in one run. */
export async function benchRivals({ rounds, phase, throttle }: PageOptions): Promise<void> {
  try {
    const outcomes = await buildAll(phase)
    for (let round = 0; round < rounds; round++) {
      for (const count of COUNTS) {
        const turn = round % outcomes.length
        for (const outcome of [...outcomes.slice(turn), ...outcomes.slice(0, turn)])
          await showOnce(outcome, { count, round, throttle })
      }
    }
    for (const outcome of outcomes) await visit(outcome)
    console.log(`\n${toMarkdown(outcomes, COUNTS)}`)
    save('rivals', {
      options: { rounds, phase, throttle },
      kits: outcomes.map(({ built: { kit, js, css, later }, ...rest }) => ({
        kit,
        bytes: { js, css, later },
        ...rest,
      })),
    })
  } finally {
    removeTemporaryFolders()
  }
}

async function buildAll(phase: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const kit of KITS) {
    if (kit !== OURS && !kit.name.toLowerCase().includes(phase.toLowerCase())) continue
    console.error(`  building a page with ${kit.name} …`)
    const nothing = { shown: {}, manners: undefined, sockets: undefined, failures: [] as string[] }
    try {
      outcomes.push({ built: await build(kit), ...nothing })
    } catch (error) {
      // A kit that cannot be had is told of, and the others are measured.
      const built = { kit, site: { files: {} }, js: Number.NaN, css: Number.NaN, later: Number.NaN }
      nothing.failures.push(`not built: ${reason(error)}`)
      outcomes.push({ built, ...nothing })
    }
  }
  return outcomes
}

async function showOnce(
  { built: { kit, site, js }, shown, failures }: Outcome,
  { count, round, throttle }: { count: number; round: number; throttle: number },
): Promise<void> {
  // What failed once would only fail again, and cost the others their time.
  if (Number.isNaN(js) || (round > 0 && !shown[count])) return
  if (kit.most && count > kit.most.count) {
    failures.push(`${count.toLocaleString('en')} messages not tried: ${kit.most.why}`)
    return
  }
  try {
    const one = await show(site, count, throttle)
    shown[count] = [...(shown[count] ?? []), one]
    console.error(
      `  ${round + 1} ${kit.name}, ${count}: mount ${one.mountMs.toFixed(0)} ms, append ${one.appendMs.toFixed(1)} ms, ${one.elements} elements, ${one.heapMB.toFixed(1)} MB`,
    )
  } catch (error) {
    // Told of in the table.
    failures.push(`${count.toLocaleString('en')} messages: ${reason(error)}`)
  }
}

async function visit(outcome: Outcome): Promise<void> {
  const { built, failures } = outcome
  if (Number.isNaN(built.js)) return
  try {
    outcome.manners = await manners(built.site)
    const sockets = await socketsSite(built.kit)
    if (sockets) outcome.sockets = await countSockets(sockets)
  } catch (error) {
    // Told of in the table.
    failures.push(`as a guest: ${reason(error)}`)
  }
}

const reason = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!
