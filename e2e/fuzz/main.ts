import { parseArgs } from 'node:util'
import { createRandom } from '../rig/random.ts'
import { fuzz } from './fuzz.ts'

// `pnpm fuzz [--minutes N] [--seed N]`: inputs that the contract takes, such that it should not take, and bytes that are
// none of its business, to a real service. A seed that found something becomes a test.
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
})
const random = createRandom(values.seed === undefined ? undefined : Number(values.seed))
console.log(`seed ${random.seed}`)
try {
  const figures = await fuzz({
    seconds: Number(values.minutes) * 60,
    random,
    say: (line) => console.log(`  … ${line}`),
  })
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name}: ${value}`)
} catch (error) {
  // What was found is the result.
  console.log(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
