import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeClock, type FakeClock } from '../../testing/fake-clock.ts'
import { createWorld } from '../../testing/harness.ts'
import { watchIdle } from './idle.ts'

/** A document that shows its listeners. */
class Page extends EventTarget {
  visibilityState = 'visible'
  listeners = 0

  override addEventListener(...given: Parameters<EventTarget['addEventListener']>): void {
    super.addEventListener(...given)
    this.listeners++
    const { signal } = given[2] as { signal: AbortSignal }
    signal.addEventListener('abort', () => this.listeners--)
  }

  show(isShown: boolean): void {
    this.visibilityState = isShown ? 'visible' : 'hidden'
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

let page: Page
let clock: FakeClock

beforeEach(() => {
  page = new Page()
  clock = fakeClock()
  vi.stubGlobal('document', page)
})
afterEach(() => vi.unstubAllGlobals())

function watch() {
  const told: boolean[] = []
  const onChange = (idle: boolean) => void told.push(idle)
  const end = watchIdle({ clock, idleAfterMs: 300_000, hiddenIdleMs: 30_000, onChange })
  return { told, end }
}

describe('nobody is there', () => {
  it('after five minutes without a touch, and somebody is with the next one', async () => {
    const { told } = watch()
    await clock.advance(299_000)
    page.dispatchEvent(new Event('keydown'))
    await clock.advance(299_000)
    expect(told).toEqual([])
    await clock.advance(1_000)
    expect(told).toEqual([true])
    page.dispatchEvent(new Event('pointermove'))
    expect(told).toEqual([true, false])
    await clock.advance(300_000)
    expect(told).toEqual([true, false, true])
  })

  it('after half a minute behind another page, and somebody is with coming back', async () => {
    const { told } = watch()
    page.show(false)
    await clock.advance(29_000)
    page.dispatchEvent(new Event('wheel'))
    await clock.advance(1_000)
    expect(told).toEqual([true])
    page.show(true)
    expect(told).toEqual([true, false])
  })

  it('where the page scrolls by itself, and somebody is where a finger moves it', async () => {
    const { told } = watch()
    await clock.advance(299_000)
    page.dispatchEvent(new Event('scroll'))
    await clock.advance(1_000)
    expect(told).toEqual([true])
    page.dispatchEvent(new Event('touchmove'))
    expect(told).toEqual([true, false])
  })

  it('is looked for without a listener or a timer left over', () => {
    const { end } = watch()
    expect(page.listeners).toBeGreaterThan(0)
    end()
    expect([page.listeners, clock.waiting]).toEqual([0, 0])
  })

  it('is never so where there is no document', () => {
    vi.unstubAllGlobals()
    watch()
    expect(clock.waiting).toBe(0)
  })
})

describe('a client', () => {
  it('tells it on each change and each connection, while something is watched', async () => {
    using world = createWorld({ people: [{ username: 'ben' }] })
    const client = world.client({ idleAfterMs: 60_000 })
    const told = () =>
      world.service.calls.flatMap(({ operation, input }) =>
        operation === 'presence.setIdle' ? [(input as { idle: boolean }).idle] : [],
      )
    const end = client.presence.watch({ usernames: ['ben'] })
    await world.clock.until(() => client.status === 'live')
    expect(told()).toEqual([])
    await world.clock.advance(60_000)
    expect(told()).toEqual([true])
    world.service.drop()
    await world.clock.until(() => told().length === 2)
    page.dispatchEvent(new Event('pointerdown'))
    await world.clock.advance(0)
    expect(told()).toEqual([true, true, false])
    end()
    expect(page.listeners).toBe(0)
  })
})
