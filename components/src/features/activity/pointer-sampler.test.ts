import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Anchors, type Position } from './anchors.ts'
import { PointerSampler } from './pointer-sampler.ts'

let content: HTMLElement
let sampler: PointerSampler
let sent: (Position | null)[]

const pointer = (type: string, x: number, pointerType = 'mouse') =>
  content.dispatchEvent(
    new PointerEvent(type, { clientX: x, clientY: 20, pointerType, bubbles: true }),
  )
const inlines = () => sent.map((position) => position && Math.round(position.inline * 100))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  content = document.createElement('div')
  content.style.cssText = 'position:fixed;inset:0 auto auto 0;inline-size:100px;block-size:100px'
  document.body.append(content)
  sent = []
  sampler = new PointerSampler(new Anchors(content), (position) => sent.push(position))
  sampler.start()
})
afterEach(() => {
  sampler.stop()
  content.remove()
  vi.useRealTimers()
})

describe('one’s own pointer', () => {
  it('is told at once, then at most 15 times a second, and last where it is last', () => {
    for (let index = 0; index < 100; index++) {
      pointer('pointermove', index % 99)
      vi.advanceTimersByTime(10)
    }
    // A second: the first at once and one at each turn.
    expect(sent.length).toBeGreaterThanOrEqual(14)
    expect(sent.length).toBeLessThanOrEqual(16)
    pointer('pointermove', 42)
    vi.advanceTimersByTime(1000)
    expect(inlines().at(-1)).toBe(42)
  })

  it('is not told again where nothing has changed', () => {
    for (let index = 0; index < 10; index++) {
      pointer('pointermove', 10)
      vi.advanceTimersByTime(100)
    }
    expect(inlines()).toEqual([10])
    vi.advanceTimersByTime(60_000)
    expect(sent).toHaveLength(1)
  })

  it.each([
    ['leaves', () => pointer('pointerleave', 10)],
    ['belongs to a window that is in use no more', () => window.dispatchEvent(new Event('blur'))],
    ['belongs to a page that is left', () => window.dispatchEvent(new Event('pagehide'))],
    [
      'belongs to a page that is hidden',
      () => {
        vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
        document.dispatchEvent(new Event('visibilitychange'))
        vi.restoreAllMocks()
      },
    ],
    ['is a finger that is lifted', () => pointer('pointerup', 10, 'touch')],
    ['is a finger that scrolls now', () => pointer('pointercancel', 10, 'touch')],
    ['is not told of any more', () => sampler.stop()],
  ])('is nowhere once it %s', (_name, end) => {
    pointer('pointermove', 10)
    vi.advanceTimersByTime(100)
    end()
    vi.advanceTimersByTime(100)
    expect(inlines()).toEqual([10, null])
    end()
    vi.advanceTimersByTime(100)
    expect(sent).toHaveLength(2)
  })

  it('stays where a mouse button is let go', () => {
    pointer('pointermove', 10)
    pointer('pointerup', 10)
    vi.advanceTimersByTime(100)
    expect(inlines()).toEqual([10])
  })

  it('is over another place once the content was scrolled below it', () => {
    content.style.overflow = 'auto'
    content.innerHTML = '<div style="block-size:1000px"></div>'
    pointer('pointermove', 10)
    content.scrollTop = 500
    window.dispatchEvent(new Event('scroll'))
    vi.advanceTimersByTime(100)
    expect(sent.map((position) => position?.block)).toEqual([0.02, 0.52])
  })
})
