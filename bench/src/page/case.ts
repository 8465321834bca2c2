import { setTimeout as sleep } from 'node:timers/promises'
import { openTab, type Site, type Tab } from './browser.ts'
import type { Figures, Goal } from './goals.ts'
import { profiled } from './profile.ts'
import { traced } from './tasks.ts'

/** A chat that nobody loads whole. */
export const LONG = 100_000
export const MB = 1e6

export interface CaseOptions {
  site: Site
  /** How long things are kept up, seconds. */
  seconds: number
  /** Turns of the wheel. */
  steps: number
  /** How much slower the page's processor is made. */
  throttle: number
  /** Folder for CPU profiles; empty for none. */
  profile: string
}

export interface Case {
  name: string
  title: string
  goals: readonly Goal[]
  run(options: CaseOptions): Promise<Figures>
}

/** Runs something in a page of its own. */
export async function inTab(
  options: CaseOptions,
  work: (tab: Tab) => Promise<Figures>,
): Promise<Figures> {
  const tab = await openTab(options.site, options)
  try {
    const machineMs = await tab.page.evaluate(() => window.bench.calibrate())
    const figures = await work(tab)
    if (tab.errors.length > 0) throw new Error(tab.errors.join('\n'))
    return { ...figures, machineMs, strangers: tab.strangers.length, sockets: tab.sockets.length }
  } finally {
    await tab.close()
  }
}

/** The long chat at its end, watched. */
export async function openLong({ page }: Tab, loaded = 0): Promise<void> {
  await page.evaluate(
    async (room) => {
      await window.bench.stage.prepare(room)
      await window.bench.stage.mount({ watched: true })
    },
    { count: LONG, loaded },
  )
}

export interface WatchOptions {
  /** Of the profile. */
  name: string
  /** Folder for it; empty for none. */
  profile: string
}

/** What the page does while something happens to it. */
export async function watchOver(
  tab: Tab,
  { name, profile }: WatchOptions,
  work: () => Promise<void>,
): Promise<Figures> {
  const { page } = tab
  await page.evaluate(() => window.bench.stage.watch())
  const before = await tab.cpu()
  // The profiler would count as work of the page.
  const { busyTasks, busiestMs } = profile
    ? await profiled(tab, { folder: profile, name }, work).then(() => NO_TASKS)
    : await traced(tab, work)
  const after = await tab.cpu()
  const { ms, longTasks, frames, dropped, ...rest } = await page.evaluate(() =>
    window.bench.stage.watched(),
  )
  const busy = after.all - before.all
  return {
    longTasks: longTasks.length,
    longestMs: Math.max(0, ...longTasks),
    busyTasks,
    busiestMs,
    frames,
    dropped,
    droppedPercent: (100 * dropped) / (frames + dropped),
    seconds: ms / 1000,
    ...rest,
    renderMsEach: rest.renderMs / Math.max(rest.renders, 1),
    rowsEach: rest.rows / Math.max(rest.renders, 1),
    cpuMs: busy,
    cpuScriptsMs: after.scripts - before.scripts,
    cpuStylesMs: after.styles - before.styles,
    cpuLayoutMs: after.layout - before.layout,
    cpuPercent: (100 * busy) / ms,
    cpuMsEach: busy / Math.max(rest.renders, 1),
  }
}

const NO_TASKS = { busyTasks: Number.NaN, busiestMs: Number.NaN }

/** What the machine loses while the page does nothing at all. */
export async function idle(tab: Tab): Promise<Figures> {
  const work = () => sleep(2000).then(() => {})
  const figures = await watchOver(tab, { name: 'idle', profile: '' }, work)
  return named('idle', figures, ['droppedPercent', 'longTasks'])
}

/** Some of the figures under names of their own. */
export function named(prefix: string, figures: Figures, keys: readonly string[]): Figures {
  return Object.fromEntries(
    keys.map((key) => [
      `${prefix}${key.replace(/^./, (first) => first.toUpperCase())}`,
      figures[key] ?? Number.NaN,
    ]),
  )
}

/** Goals of everything that is watched. */
export const smooth = (prefix = '', when = ''): Goal[] => {
  const key = (name: string) =>
    prefix ? `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}` : name
  return [
    { figure: key('longTasks'), text: `${when}tasks of more than 50 ms`, goal: 0, by: 'worst' },
    { figure: key('longestMs'), text: `${when}the longest of them, ms`, by: 'worst' },
    {
      figure: key('busyTasks'),
      text: `${when}tasks that computed for more than 50 ms, whatever the machine did`,
      goal: 0,
      by: 'worst',
    },
    { figure: key('busiestMs'), text: `${when}the longest of them, ms of processor`, by: 'worst' },
    { figure: key('droppedPercent'), text: `${when}frames dropped, %` },
    { figure: key('cpuPercent'), text: `${when}processor time of the page, %` },
  ]
}
