import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Viewport, viewportOf, ViewportSampler } from './viewport.ts'

let box: HTMLElement | undefined

const show = (markup: string): HTMLElement => {
  box = document.createElement('div')
  box.innerHTML = markup
  document.body.append(box)
  return box
}
const find = (selector: string): HTMLElement => {
  const found = box?.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`there is no ${selector}`)
  return found
}

afterEach(() => {
  box?.remove()
  vi.useRealTimers()
})

const scroller = (style: string, inner: string, attributes = '') =>
  `<div id="scroller" ${attributes} style="block-size:200px;inline-size:200px;overflow:auto;${style}">${inner}</div>`

describe('what of the content is in view', () => {
  it.each([
    { name: 'lines from left to right', at: { left: 100, top: 300 } },
    { name: 'lines from right to left', dir: 'rtl', at: { left: -100, top: 300 } },
    {
      name: 'vertical lines',
      style: 'writing-mode:vertical-rl',
      at: { left: -100, top: 300 },
      expected: { inline: 0.5, block: 0.25 },
    },
    { name: 'a zoom', style: 'zoom:1.5', at: { left: 100, top: 300 } },
  ])('is a part of the way through it: $name', (each) => {
    const { style = '', dir = 'ltr', at, expected = { inline: 0.25, block: 0.5 } } = each
    // Without bars: 600 − 200 and 800 − 200 to scroll.
    const inner = '<div id="inner" style="width:600px;height:800px"></div>'
    show(`<div dir="${dir}">${scroller(`scrollbar-width:none;${style}`, inner)}</div>`)
    find('#scroller').scrollTo(at)
    expect(viewportOf(find('#scroller'))).toEqual(expected)
    // The same where the content is what is scrolled and not what scrolls.
    const { inline, block } = viewportOf(find('#inner'))
    expect(inline).toBeCloseTo(expected.inline, 2)
    expect(block).toBeCloseTo(expected.block, 2)
  })

  it('is its start where it fits', () => {
    show('<div id="all" style="block-size:20px">All of it</div>')
    expect(viewportOf(find('#all'))).toEqual({ inline: 0, block: 0 })
  })

  it('comes with the scrollers that have a name', () => {
    const inner = '<div style="block-size:600px"></div>'
    show(`<div id="all">${scroller('', inner, 'data-collab-scroll="code"')}</div>`)
    find('#scroller').scrollTop = 9999
    expect(viewportOf(find('#all')).scrollers).toEqual({ code: { inline: 0, block: 1 } })
  })

  it('is told at most 5 times a second, and only when it is another', async () => {
    show(scroller('', '<div style="block-size:5000px"></div>'))
    const told: Viewport[] = []
    const sampler = new ViewportSampler(find('#scroller'), (viewport) => told.push(viewport))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    sampler.start()
    for (let index = 1; index <= 100; index++) {
      find('#scroller').scrollTop = index * 10
      find('#scroller').dispatchEvent(new Event('scroll'))
      vi.advanceTimersByTime(10)
    }
    expect(told.length).toBeGreaterThanOrEqual(5)
    expect(told.length).toBeLessThanOrEqual(7)
    vi.advanceTimersByTime(1000)
    const count = told.length
    expect(told.at(-1)?.block).toBeCloseTo(1000 / 4800, 2)
    find('#scroller').dispatchEvent(new Event('scroll'))
    vi.advanceTimersByTime(1000)
    expect(told).toHaveLength(count)
    sampler.stop()
    find('#scroller').scrollTop = 0
    find('#scroller').dispatchEvent(new Event('scroll'))
    vi.advanceTimersByTime(1000)
    expect(told).toHaveLength(count)
  })
})
