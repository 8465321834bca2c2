import { parseArgs } from 'node:util'
import { createRandom } from '../rig/random.ts'
import { faults, withoutSubject } from './catalogue.ts'
import type { Fault, Figures } from './fault.ts'
import { weather } from './f00-weather.ts'

// `pnpm faults [--only NAME|NUMBER]… [--cycles N | --minutes N | --seconds N] [--seed N] [--small] [--list]`: does to the
// real service what a machine, a network or a stranger may do to it, and prints what was measured. With a time and
// nothing else it is two nodes in any weather for so long.
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    cycles: { type: 'string' },
    minutes: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    small: { type: 'boolean' },
    list: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
})

const minutes =
  values.seconds === undefined
    ? values.minutes === undefined
      ? undefined
      : Number(values.minutes)
    : Number(values.seconds) / 60

function chosen(): readonly Fault[] {
  const { only } = values
  if (!only) return minutes === undefined ? faults : [weather]
  const wanted = faults.filter(({ id, name }) => only.includes(name) || only.includes(id))
  if (wanted.length === 0)
    throw new Error(`no such fault; there are: ${faults.map(({ name }) => name).join(', ')}`)
  return wanted
}

function show(figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) console.log(`    ${name}: ${value}`)
}

async function perform(fault: Fault): Promise<boolean> {
  const random = createRandom(values.seed === undefined ? undefined : Number(values.seed))
  const cycles = Number(values.cycles ?? (values.small ? fault.cycles.small : fault.cycles.whole))
  console.log(`${fault.id} ${fault.name} (seed ${random.seed}): ${fault.promise}.`)
  const reason = await fault.whyNot?.()
  if (reason) {
    console.log(`  ✗ cannot be done here: ${reason}`)
    return false
  }
  const since = performance.now()
  try {
    const say = (line: string) => {
      if (!values.quiet) console.log(`    … ${line}`)
    }
    show(await fault.run({ cycles, minutes, random, say }))
    console.log(`  ✓ ${((performance.now() - since) / 1000).toFixed(1)} s`)
    return true
  } catch (error) {
    // A broken promise is the result of this fault; the others are still to be done.
    console.log(`  ✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return false
  }
}

if (values.list) {
  for (const { id, name, promise } of faults)
    console.log(`${id.padEnd(4)} ${name.padEnd(22)} ${promise}`)
  for (const [id, why] of Object.entries(withoutSubject))
    console.log(`${id.padEnd(4)} ${'(no subject)'.padEnd(22)} ${why}`)
} else {
  let failed = 0
  for (const fault of chosen()) if (!(await perform(fault))) failed++
  process.exitCode = failed > 0 ? 1 : 0
}
