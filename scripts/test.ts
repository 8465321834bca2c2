// Every check of the repository, summed: `npm test`. Options: --only NAME (one step, with the steps it needs),
// --group check (only what reads the sources), --list.
import { parseArgs } from 'node:util'
import { stopAll } from './test/child.ts'
import { stages, type Step, steps } from './test/steps.ts'
import { removeTemporaryFolders } from './test/temporary.ts'

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const failed = new Set<string>()
const total = { passed: 0, failed: 0 }

/** The steps asked for, and those they need. */
function chosen(): Step[] {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, group: { type: 'string' }, list: { type: 'boolean' } },
  })
  if (values.list) {
    console.log(steps.map(({ name, stage }) => `${name} (${stage})`).join('\n'))
    process.exit(0)
  }
  if (values.group) return steps.filter(({ stage }) => stage === values.group)
  if (!values.only) return steps
  const wanted = new Set<string>([values.only])
  for (const step of steps.toReversed()) {
    if (wanted.has(step.name)) step.needs?.forEach((name) => wanted.add(name))
  }
  return steps.filter(({ name }) => wanted.has(name))
}

/** Long work says that it goes on. */
function saySometimes(name: string, since: number): NodeJS.Timeout {
  const timer = setInterval(() => console.log(`… ${name}, ${seconds(since)}`), 20_000)
  return timer.unref()
}

async function perform({ name, needs = [], run }: Step): Promise<void> {
  const since = performance.now()
  const missing = needs.filter((need) => failed.has(need))
  if (missing.length > 0) {
    failed.add(name)
    total.failed++
    console.log(`✗ ${name}: needs ${missing.join(', ')}`)
    return
  }
  const ticking = saySometimes(name, since)
  const result = await run((line) => console.log(`… ${name}: ${line}`))
  clearInterval(ticking)
  if (stopping) return
  const wrong = result.failed + result.problems.length
  total.passed += result.passed
  total.failed += wrong
  const tests = result.passed + wrong > 1 ? `${result.passed} passed, ${wrong} failed, ` : ''
  console.log(`${wrong > 0 ? '✗' : '✓'} ${name.padEnd(10)} ${tests}${seconds(since)}`)
  if (wrong === 0) return
  failed.add(name)
  console.log([result.output.trimEnd(), ...result.problems].filter(Boolean).join('\n'))
}

let stopping: Promise<void> | undefined
function cleanUp(): Promise<void> {
  stopping ??= stopAll().then(removeTemporaryFolders)
  return stopping
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => void cleanUp().then(() => process.exit(code)))
}

const wanted = chosen()
if (wanted.length === 0) {
  console.error(`No such step. There are: ${steps.map(({ name }) => name).join(', ')}`)
  process.exit(64)
}
try {
  for (const stage of stages) {
    // What a signal has ended is no result.
    if (stopping) break
    await Promise.all(wanted.filter((step) => step.stage === stage).map(perform))
  }
} finally {
  await cleanUp()
}
process.exitCode = total.failed > 0 ? 1 : 0
console.log(`${total.passed} passed, ${total.failed} failed`)
