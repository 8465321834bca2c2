import { afterEach, describe, expect, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { FakeActivity, participantOf } from '../../../demo/fake-activity.ts'
import { drawn } from '../../../demo/mount.ts'
import './index.ts'

const PEOPLE = 50
const PER_SECOND = 15
const SECONDS = 10
/** A task this long is felt, milliseconds. */
const LONG_MS = 50

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Processor time, microseconds. */
  tdur?: number
  args?: { name?: string }
}

interface Tracing {
  send(name: 'Tracing.start', how: { transferMode: string; traceConfig: object }): Promise<void>
  send(name: 'Tracing.end'): Promise<void>
  on(name: 'Tracing.dataCollected', heard: (data: { value: TraceEvent[] }) => void): void
  on(name: 'Tracing.tracingComplete', heard: () => void): void
}

/** How long each task of the page computed while something happens, whatever else the machine did; milliseconds. */
async function tasksOf(work: () => Promise<void>): Promise<number[]> {
  const session = cdp() as unknown as Tracing
  const events: TraceEvent[] = []
  const complete = Promise.withResolvers<void>()
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...value))
  session.on('Tracing.tracingComplete', () => complete.resolve())
  const traceConfig = { includedCategories: ['toplevel', '__metadata'], excludedCategories: ['*'] }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  await work()
  await session.send('Tracing.end')
  await complete.promise
  const mains = events
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`)
  return events
    .filter(
      ({ name, ph, pid, tid }) =>
        name === 'ThreadControllerImpl::RunTask' && ph === 'X' && mains.includes(`${pid} ${tid}`),
    )
    .map(({ tdur = 0 }) => tdur / 1000)
}

const boxes: HTMLElement[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const box of boxes.splice(0)) box.remove()
})

/** A board of many cards, and a place in one of them. */
async function board() {
  const cards = Array.from(
    { length: 200 },
    (_, index) => `<li data-collab-anchor="c${index}">Card</li>`,
  )
  const box = document.createElement('div')
  box.style.cssText = 'position:fixed;inset:0'
  const activity = new FakeActivity()
  const client = activity.client('ann')
  const element = Object.assign(document.createElement('live-cursors'), {
    client,
    activityType: 'form',
    activityId: 'release',
    max: PEOPLE,
  })
  element.innerHTML = `<ul style="columns:6;margin:0;list-style:none">${cards.join('')}</ul>`
  box.append(element)
  boxes.push(box)
  document.body.append(box)
  await drawn(element)
  const own = activity.stateOf(client).participants
  const tick = (step: number) => {
    const others = Array.from({ length: PEOPLE }, (_, index) => {
      const turn = (step + index * 7) / 20
      const anchor = `c${(index * 4 + Math.floor(turn)) % 200}`
      const cursor = { anchor, inline: 0.5 + Math.sin(turn) / 2, block: 0.5 + Math.cos(turn) / 2 }
      return participantOf(`person-${index}`, { cursor })
    })
    const participants = Object.fromEntries(others.map((each) => [each.connectionId, each]))
    activity.change(client, { participants: { ...own, ...participants } })
  }
  return { element, tick }
}

describe(`${PEOPLE} cursors that move ${PER_SECOND} times a second`, () => {
  it(`keep the page free for ${SECONDS} seconds: no task computes for more than ${LONG_MS} ms`, async () => {
    const { element, tick } = await board()
    const frames: number[] = []
    const ask = window.requestAnimationFrame.bind(window)
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation((callback) =>
      ask((now) => {
        const began = performance.now()
        callback(now)
        frames.push(performance.now() - began)
      }),
    )
    const updates: number[] = []
    const work = async () => {
      const began = performance.now()
      for (let step = 0; step < SECONDS * PER_SECOND; step++) {
        const wait = began + (step * 1000) / PER_SECOND - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        const before = performance.now()
        tick(step)
        await element.updateComplete
        updates.push(performance.now() - before)
      }
    }
    let tasks: number[] = []
    // The machine may collect its own garbage meanwhile: what is long is long again.
    for (let tries = 0; tries < 3; tries++) {
      updates.length = frames.length = 0
      tasks = await tasksOf(work)
      if (tasks.every((ms) => ms <= LONG_MS)) break
    }
    expect(element.renderRoot.querySelectorAll('.cursor')).toHaveLength(PEOPLE)
    expect(tasks.length).toBeGreaterThan(SECONDS * PER_SECOND)
    expect(tasks.filter((ms) => ms > LONG_MS)).toEqual([])
    const all = tasks.reduce((sum, ms) => sum + ms, 0)
    const mean = (all: number[]) => all.reduce((sum, each) => sum + each, 0) / all.length
    console.info(
      [
        `frames ${frames.length}, ${mean(frames).toFixed(3)} ms each, most ${Math.max(...frames).toFixed(2)} ms`,
        `updates ${updates.length}, ${mean(updates).toFixed(3)} ms each, most ${Math.max(...updates).toFixed(2)} ms`,
        `busiest task ${Math.max(...tasks).toFixed(1)} ms of processor, all ${all.toFixed(0)} ms in ${SECONDS} s, ${(all / frames.length).toFixed(2)} ms a frame`,
      ].join('\n'),
    )
    // Most of the processor is left to the page.
    expect(all).toBeLessThan((SECONDS * 1000) / 2)
  }, 120_000)
})
