import { type Case, inTab, openLong, smooth, watchOver } from '../case.ts'

const PER_SECOND = 30
const DRAWN = 560

export const changes: Case = {
  name: 'changes',
  title: `${PER_SECOND} changes of who is writing a second, while ${DRAWN} messages are drawn`,
  goals: [
    { figure: 'rows', text: 'rows evaluated', goal: 0, by: 'worst' },
    { figure: 'mutations', text: 'changes of the document in the list', goal: 0, by: 'worst' },
    ...smooth(),
    { figure: 'renders', text: 'updates of the element' },
    { figure: 'renderMsEach', text: 'an update, ms' },
    { figure: 'cpuMsEach', text: 'an update with its frame, ms of processor' },
    { figure: 'drawn', text: 'messages drawn' },
  ],
  run: (options) =>
    inTab(options, async (tab) => {
      const { page } = tab
      await openLong(tab, DRAWN)
      await page.evaluate((rows) => window.bench.stage.draw(rows), DRAWN)
      const { drawn } = await page.evaluate(() => window.bench.stage.held())
      const { profile, seconds } = options
      const pace = { perSecond: PER_SECOND, seconds }
      const figures = await watchOver(tab, { name: 'changes', profile }, () =>
        page.evaluate((wanted) => window.bench.stage.changes(wanted), pace),
      )
      return { ...figures, drawn }
    }),
}
