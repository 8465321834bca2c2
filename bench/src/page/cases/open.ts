import { median } from '../../statistics.ts'
import { type Case, inTab, LONG } from '../case.ts'
import type { Mounted } from '../in-page/open.ts'
import { profiled } from '../profile.ts'

const PAIRS = 10
const SHORT = 100

export const opening: Case = {
  name: 'open',
  title: `a chat of ${LONG.toLocaleString('en')} messages opened, against one of ${SHORT}; ${PAIRS} pairs in turn`,
  goals: [
    {
      figure: 'ratio',
      text: `time from the element to its newest messages painted, × that of a chat of ${SHORT}`,
      goal: 1.2,
    },
    { figure: 'longMs', text: 'long chat, ms' },
    { figure: 'shortMs', text: 'short chat, ms' },
    { figure: 'longDrawnMs', text: 'long chat, in the document, ms' },
    { figure: 'shortDrawnMs', text: 'short chat, in the document, ms' },
  ],
  run: (options) =>
    inTab(options, async (tab) => {
      const took = new Map<number, Omit<Mounted, 'element'>[]>()
      const open = async (count: number) => {
        const one = await tab.page.evaluate((messages) => window.bench.open(messages), count)
        took.set(count, [...(took.get(count) ?? []), one])
      }
      // The first ones are those of a page whose code never ran.
      await open(SHORT)
      await open(LONG)
      took.clear()
      await profiled(tab, { folder: options.profile, name: 'open' }, async () => {
        for (let pair = 0; pair < PAIRS; pair++) {
          const sides = pair % 2 === 0 ? [LONG, SHORT] : [SHORT, LONG]
          for (const side of sides) await open(side)
        }
      })
      const middle = (count: number, figure: 'paintedMs' | 'drawnMs') =>
        median((took.get(count) ?? []).map((one) => one[figure]))
      return {
        ratio: middle(LONG, 'paintedMs') / middle(SHORT, 'paintedMs'),
        longMs: middle(LONG, 'paintedMs'),
        shortMs: middle(SHORT, 'paintedMs'),
        longDrawnMs: middle(LONG, 'drawnMs'),
        shortDrawnMs: middle(SHORT, 'drawnMs'),
      }
    }),
}
