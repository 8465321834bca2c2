import { test } from 'vitest'
import { createRandom } from '../rig/random.ts'
import { fuzz } from './fuzz.ts'

test('no input ends the process, is answered without a code, or leaves a trace', async () => {
  await fuzz({ seconds: 10, random: createRandom(), say: () => {} })
})
