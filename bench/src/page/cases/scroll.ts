import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tab } from '../browser.ts'
import {
  type Case,
  type CaseOptions,
  idle,
  inTab,
  LONG,
  MB,
  named,
  openLong,
  smooth,
  watchOver,
} from '../case.ts'
import type { Figures } from '../goals.ts'

/** One turn of the wheel, pixels: what is in the middle of the list stays in sight. */
const TURN = 200
/** A hand that spins the wheel, milliseconds between two turns, and turns that may wait for the page. */
const SPIN_MS = 16
const WAITING = 4
/** Up and up, and a quarter of the way back. */
const DIRECTIONS = [-1, -1, -1, -1, -1, -1, 1, 1]
const FINDS = 40

const least = (figure: string, text: string) =>
  ({ figure, text, goal: 100, is: 'least', by: 'worst' }) as const
const most = (figure: string, text: string, goal: number) =>
  ({ figure, text, goal, by: 'worst' }) as const

export const scroll: Case = {
  name: 'scroll',
  title: `through a history of ${LONG.toLocaleString('en')} messages by the wheel`,
  goals: [
    ...smooth(),
    most('updateMost', 'line in sight moved by rows added or taken away, px at most', 2),
    { figure: 'updates', text: 'how often rows were added or taken away' },
    most('turnMost', 'line in sight off after a turn of the wheel, px at most', 2),
    { figure: 'turnsOff', text: 'turns after which it was more than 2 px off', by: 'worst' },
    { figure: 'turns', text: 'turns' },
    { figure: 'cut', text: 'turns cut short by an edge' },
    most('nodesMost', 'nodes of the document at most', 20_000),
    most('heapMB', 'heap of scripts, MB', 60),
    least('foundDrawn', 'drawn messages found by the browser, %'),
    least('foundLoaded', 'loaded messages found by the browser, %'),
    { figure: 'loaded', text: 'messages held' },
    { figure: 'drawn', text: 'messages drawn' },
    ...smooth('spin', 'spinning: '),
    { figure: 'spinTurns', text: 'spinning: turns' },
    { figure: 'idleDroppedPercent', text: 'frames dropped while nothing happens, %' },
    { figure: 'passed', text: 'messages passed' },
  ],
  run: (options) =>
    inTab(options, async (tab) => {
      const { page } = tab
      await openLong(tab)
      const quiet = await idle(tab)
      const { x, y } = await page.evaluate(() => window.bench.stage.middle())
      await page.mouse.move(x, y)
      const turned = await turns(tab, options)
      const spun = await spins(tab, { ...options, x, y })
      const { nodes } = await page.evaluate(() => window.bench.stage.count())
      const { first, loaded, drawn } = await page.evaluate(() => window.bench.stage.held())
      const heapMB = (await tab.heap()) / MB
      return {
        ...quiet,
        ...turned,
        ...spun,
        nodesMost: Math.max(nodes, turned['nodesMost'] ?? 0),
        heapMB,
        passed: LONG - first,
        loaded,
        drawn,
        ...(await finds(tab)),
      }
    }),
}

/** Turn by turn, each checked. */
async function turns(tab: Tab, { steps, profile }: CaseOptions): Promise<Figures> {
  const { page } = tab
  let nodesMost = 0
  await page.evaluate(() => window.bench.stage.followLines())
  const figures = await watchOver(tab, { name: 'scroll turns', profile }, async () => {
    for (const direction of DIRECTIONS) {
      for (let turn = 0; turn < steps / DIRECTIONS.length; turn++) {
        const deltaY = direction * TURN
        const turned = page.evaluate((by) => window.bench.stage.turned(by), deltaY)
        await page.mouse.wheel(0, deltaY)
        await turned
      }
      const { nodes } = await page.evaluate(() => window.bench.stage.count())
      nodesMost = Math.max(nodesMost, nodes)
    }
  })
  const drifts = await page.evaluate(() => window.bench.stage.drifts())
  return { ...figures, ...drifts, nodesMost }
}

/** As fast as a hand does it, without a look at what comes. */
async function spins(
  tab: Tab,
  { seconds, profile, x, y }: CaseOptions & { x: number; y: number },
): Promise<Figures> {
  let spinTurns = 0
  const figures = await watchOver(tab, { name: 'scroll spin', profile }, async () => {
    const end = performance.now() + seconds * 1000
    let waiting = 0
    while (performance.now() < end) {
      const next = performance.now() + SPIN_MS
      if (waiting < WAITING) {
        waiting++
        spinTurns++
        const wheel = { type: 'mouseWheel', x, y, deltaX: 0, deltaY: -TURN } as const
        void tab.cdp.send('Input.dispatchMouseEvent', wheel).finally(() => waiting--)
      }
      await sleep(Math.max(0, next - performance.now()))
    }
    while (waiting > 0) await sleep(SPIN_MS)
  })
  const keys = ['longTasks', 'longestMs', 'busyTasks', 'busiestMs', 'droppedPercent', 'cpuPercent']
  return { ...named('spin', figures, [...keys, 'renderMsMost', 'rows', 'renders']), spinTurns }
}

async function finds({ page }: Tab): Promise<Figures> {
  const { drawn, loaded } = await page.evaluate(
    (samples) => window.bench.stage.find(samples),
    FINDS,
  )
  return {
    foundDrawn: (100 * drawn.found) / drawn.sampled,
    foundLoaded: (100 * loaded.found) / loaded.sampled,
  }
}
