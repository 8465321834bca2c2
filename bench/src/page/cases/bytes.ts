import { GATES, measure } from '../../../../scripts/sizes.ts'
import type { Case } from '../case.ts'

const KIB = 1024

/** The gates of `pnpm sizes`. */
export const bytes: Case = {
  name: 'bytes',
  title: 'what a page loads before its first paint, gzip',
  goals: GATES.map(({ name, budget }) => ({
    figure: name,
    text: `${name}, KiB`,
    goal: Number((budget / KIB).toFixed(1)),
  })),
  async run() {
    const sizes: [string, number][] = []
    for (const gate of GATES) sizes.push([gate.name, (await measure(gate)).first / KIB])
    return Object.fromEntries(sizes)
  },
}
