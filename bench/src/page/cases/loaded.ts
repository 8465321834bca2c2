import { median } from '../../statistics.ts'
import { type Case, inTab, LONG, MB } from '../case.ts'
import { profiled } from '../profile.ts'

const LOADED = 10_000
const APPENDS = 20

export const loaded: Case = {
  name: 'loaded',
  title: `${LOADED.toLocaleString('en')} messages of a chat held by the page`,
  goals: [
    { figure: 'mountMs', text: 'mount, ms', goal: 150 },
    { figure: 'mountCpuMs', text: 'mount, ms of processor' },
    { figure: 'againMs', text: 'mount once more, ms' },
    {
      figure: 'appendMs',
      text: `one message more, to the frame that shows it (middle of ${APPENDS}), ms`,
      goal: 8,
    },
    { figure: 'appendCpuMs', text: 'all of its frames, ms of processor' },
    { figure: 'appendMostMs', text: 'the slowest of them, ms' },
    { figure: 'appendLeastMs', text: 'the fastest of them, ms' },
    { figure: 'heapMB', text: 'heap of scripts, MB', goal: 60 },
    { figure: 'emptyMB', text: 'heap before anything was loaded, MB' },
    { figure: 'nodes', text: 'nodes of the document', goal: 20_000 },
    { figure: 'elements', text: 'elements among them' },
    { figure: 'drawn', text: 'messages drawn at first' },
  ],
  run: (options) =>
    inTab(options, async (tab) => {
      const { page } = tab
      const emptyMB = (await tab.heap()) / MB
      const count = await page.evaluate((room) => window.bench.stage.prepare(room), {
        count: LONG,
        windowSize: 2 * LOADED,
        loaded: LOADED,
      })
      if (count < LOADED) throw new Error(`${count} messages were loaded`)
      const mount = () => page.evaluate(() => window.bench.stage.mount())
      const profileOf = (name: string) => ({ folder: options.profile, name })
      const before = await tab.cpu()
      const first = await profiled(tab, profileOf('loaded mount'), mount)
      const after = await tab.cpu()
      const { drawn } = await page.evaluate(() => window.bench.stage.held())
      const mounted = await tab.cpu()
      const took = await profiled(tab, profileOf('loaded append'), () =>
        page.evaluate((times) => window.bench.stage.append(times), APPENDS),
      )
      const appended = await tab.cpu()
      const heapMB = (await tab.heap()) / MB
      const { nodes, elements } = await page.evaluate(() => window.bench.stage.count())
      await page.evaluate(() => window.bench.stage.unmount())
      const again = await mount()
      return {
        mountMs: first.paintedMs,
        mountDrawnMs: first.drawnMs,
        mountCpuMs: after.all - before.all,
        againMs: again.paintedMs,
        appendMs: median(took),
        appendCpuMs: (appended.all - mounted.all) / APPENDS,
        appendMostMs: Math.max(...took),
        appendLeastMs: Math.min(...took),
        heapMB,
        emptyMB,
        nodes,
        elements,
        drawn,
      }
    }),
}
