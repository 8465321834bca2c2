import { type Case, idle, inTab, openLong, smooth, watchOver } from '../case.ts'

const PER_SECOND = 200

export const burst: Case = {
  name: 'burst',
  title: `${PER_SECOND} messages a second at the end of the list`,
  goals: [
    ...smooth(),
    { figure: 'idleDroppedPercent', text: 'frames dropped while nothing happens, %' },
    { figure: 'rendersInFrame', text: 'most updates in one frame', goal: 1, by: 'worst' },
    { figure: 'renderMsEach', text: 'an update, ms' },
    { figure: 'cpuMsEach', text: 'an update with its frame, ms of processor' },
    { figure: 'rowsEach', text: 'rows evaluated by an update' },
    { figure: 'nodes', text: 'nodes of the document at the end', goal: 20_000, by: 'worst' },
  ],
  run: (options) =>
    inTab(options, async (tab) => {
      await openLong(tab)
      const quiet = await idle(tab)
      const { profile, seconds } = options
      const pace = { perSecond: PER_SECOND, seconds }
      const figures = await watchOver(tab, { name: 'burst', profile }, () =>
        tab.page.evaluate((wanted) => window.bench.stage.burst(wanted), pace),
      )
      const { nodes } = await tab.page.evaluate(() => window.bench.stage.count())
      return { ...quiet, ...figures, nodes }
    }),
}
