import { afterEach, describe, expect, it } from 'vitest'
import { Anchors, pointIn, positionIn, type Axes, type Box, type Position } from './anchors.ts'

// Two pages are two frames with the same content: what is a position in one is looked up in the other.

const WORDS =
  'Collab Kit shows where everybody points and a word on a narrow screen stands in another line than on a wide one'.split(
    ' ',
  )

const text = WORDS.map((word, index) => `<b data-collab-anchor="w${index}">${word}</b>`).join(' ')

interface Layout {
  name: string
  width: number
  css?: string
  dir?: 'rtl' | 'ltr'
  /** Within a scroller that is scrolled. */
  scrolled?: boolean
}

const LAYOUTS: Layout[] = [
  { name: '320 px', width: 320 },
  { name: '768 px', width: 768 },
  { name: '1280 px', width: 1280 },
  { name: '1280 px from right to left', width: 1280, dir: 'rtl' },
  { name: '320 px from right to left', width: 320, dir: 'rtl' },
  { name: '400 px at zoom 2', width: 400, css: '#content { zoom: 2 }' },
  { name: '640 px at zoom 0.67', width: 640, css: '#content { zoom: 0.67 }' },
  {
    name: '640 px made smaller by a transform',
    width: 640,
    css: '#content { transform: translate(20px, 10px) scale(0.8); transform-origin: 0 0 }',
  },
  { name: '768 px in vertical lines', width: 768, css: '#content { writing-mode: vertical-rl }' },
  { name: '500 px scrolled', width: 500, scrolled: true },
  { name: '500 px scrolled from right to left', width: 500, dir: 'rtl', scrolled: true },
]

const frames: HTMLIFrameElement[] = []

function page({ width, css = '', dir = 'ltr', scrolled }: Layout): {
  anchors: Anchors
  document: Document
} {
  const frame = document.createElement('iframe')
  frame.style.cssText = `inline-size:${width}px;block-size:600px;border:0`
  document.body.append(frame)
  frames.push(frame)
  const inner = frame.contentDocument
  if (!inner) throw new Error('the frame has no document')
  inner.open()
  inner.write(`<!doctype html><html dir="${dir}"><style>
    body { margin: 8px; font: 18px/1.5 sans-serif }
    #content { padding: 12px; border: 3px solid }
    b { font-weight: 400 }
    ${scrolled ? '#content { block-size: 200px; inline-size: 300px; overflow: auto } #content > p { inline-size: 420px; padding-block: 150px }' : ''}
    ${css}
  </style><div id="content"><p>${text}</p></div>`)
  inner.close()
  const content = inner.getElementById('content')
  if (!content) throw new Error('there is no content')
  if (scrolled) content.scrollTo(dir === 'rtl' ? -40 : 40, 130)
  return { anchors: new Anchors(content), document: inner }
}

const boxOf = (inner: Document, name: string) => {
  const found = inner.querySelector(`[data-collab-anchor="${name}"]`)
  if (!found) throw new Error(`there is no ${name}`)
  return found.getBoundingClientRect()
}

afterEach(() => {
  for (const frame of frames.splice(0)) frame.remove()
})

describe.each(LAYOUTS)('a cursor on a page of $name', (from) => {
  it.each(LAYOUTS)('over a word is over the same word on one of $name', (to) => {
    const here = page(from)
    const there = page(to)
    let seen = 0
    for (const [index] of WORDS.entries()) {
      const box = boxOf(here.document, `w${index}`)
      for (const part of [0.25, 0.5, 0.9]) {
        const point = { x: box.x + box.width * part, y: box.y + box.height * part }
        // What is scrolled away, nobody points at.
        const under = here.document.elementFromPoint(point.x, point.y)
        if (under?.getAttribute('data-collab-anchor') !== `w${index}`) continue
        seen++
        const position = here.anchors.fromPoint(point)
        expect(position?.anchor).toBe(`w${index}`)
        const found = there.anchors.toPoint(position as Position)
        const target = boxOf(there.document, `w${index}`)
        expect(found?.x).toBeGreaterThanOrEqual(target.left - 2)
        expect(found?.x).toBeLessThanOrEqual(target.right + 2)
        expect(found?.y).toBeGreaterThanOrEqual(target.top - 2)
        expect(found?.y).toBeLessThanOrEqual(target.bottom + 2)
        // And back again it is where it was.
        const back = here.anchors.toPoint(position as Position)
        expect(Math.hypot(back!.x - point.x, back!.y - point.y)).toBeLessThan(0.1)
        // The same part of the word, seen from where its line begins.
        const axesChange = [from, to].some(({ css }) => css?.includes('vertical'))
        if (axesChange) continue
        const share =
          from.dir === to.dir || (from.dir ?? 'ltr') === (to.dir ?? 'ltr') ? part : 1 - part
        expect(Math.abs(found!.x - (target.x + target.width * share))).toBeLessThan(2)
        expect(Math.abs(found!.y - (target.y + target.height * part))).toBeLessThan(2)
      }
    }
    expect(seen).toBeGreaterThan(5)
  })
})

describe('positions', () => {
  const axes: Axes[] = [true, false].flatMap((vertical) =>
    [true, false].flatMap((inlineReversed) =>
      [true, false].map((blockReversed) => ({ vertical, inlineReversed, blockReversed })),
    ),
  )

  it.each(axes)('keep the place along all axes: %o', (each) => {
    const lines: Box[] = [
      { x: 100, y: 10, width: 60, height: 20 },
      { x: 0, y: 30, width: 140, height: 20 },
    ]
    for (const line of lines) {
      for (const [x, y] of [
        [0.1, 0.2],
        [0.5, 0.5],
        [0.8, 0.9],
      ] as const) {
        const point = { x: line.x + line.width * x, y: line.y + line.height * y }
        const one = { lines: [line], axes: each }
        const found = pointIn(one, positionIn(one, point))
        expect(Math.hypot(found.x - point.x, found.y - point.y)).toBeLessThan(0.01)
      }
    }
  })

  it('run along the lines of a text that is broken elsewhere', () => {
    const horizontal = { vertical: false, inlineReversed: false, blockReversed: false }
    const wide = { lines: [{ x: 0, y: 0, width: 200, height: 20 }], axes: horizontal }
    const narrow = {
      lines: [
        { x: 50, y: 0, width: 80, height: 20 },
        { x: 0, y: 20, width: 120, height: 20 },
      ],
      axes: horizontal,
    }
    expect(pointIn(narrow, positionIn(wide, { x: 70, y: 5 }))).toEqual({ x: 120, y: 5 })
    expect(pointIn(narrow, positionIn(wide, { x: 90, y: 5 }))).toEqual({ x: 10, y: 25 })
    expect(pointIn(wide, positionIn(narrow, { x: 10, y: 25 }))).toEqual({ x: 90, y: 5 })
  })
})

describe('anchors', () => {
  const content = () => {
    const element = document.createElement('div')
    element.style.cssText = 'position:fixed;inset:0;background:white'
    document.body.append(element)
    return element
  }

  it('are found in shadow roots and in what is slotted into them, both ways', () => {
    const element = content()
    const host = element.appendChild(document.createElement('div'))
    host.innerHTML = '<p data-collab-anchor="slotted" style="margin:0">Slotted</p>'
    const root = host.attachShadow({ mode: 'open' })
    root.innerHTML =
      '<div data-collab-anchor="inner" style="block-size:50px">Inner</div><slot></slot>'
    const anchors = new Anchors(element)
    expect(anchors.fromPoint({ x: 20, y: 20 })?.anchor).toBe('inner')
    const slotted = host.firstElementChild!.getBoundingClientRect()
    expect(anchors.fromPoint({ x: 20, y: slotted.y + 4 })?.anchor).toBe('slotted')
    const position = anchors.fromPoint({ x: 20, y: 20 })
    expect(anchors.toPoint(position!)?.y).toBeCloseTo(20, 1)
    element.remove()
  })

  it('are found where the content itself is a slot', () => {
    const host = document.body.appendChild(document.createElement('div'))
    host.innerHTML = '<p data-collab-anchor="app">App</p>'
    const root = host.attachShadow({ mode: 'open' })
    root.innerHTML = '<div><slot></slot></div>'
    const anchors = new Anchors(root.firstElementChild as HTMLElement)
    const { x, y } = host.firstElementChild!.getBoundingClientRect()
    const position = anchors.fromPoint({ x: x + 3, y: y + 3 })
    expect(position?.anchor).toBe('app')
    expect(anchors.toPoint(position!)?.x).toBeCloseTo(x + 3, 1)
    host.remove()
  })

  it('that are not on this page, or not shown, have no place', () => {
    const element = content()
    element.innerHTML = '<p data-collab-anchor="tab" hidden>Tab</p>'
    const anchors = new Anchors(element)
    expect(anchors.toPoint({ anchor: 'tab', inline: 0, block: 0 })).toBe(null)
    expect(anchors.toPoint({ anchor: 'no"]such', inline: 0, block: 0 })).toBe(null)
    element.remove()
  })

  it('are not under what covers the content', () => {
    const element = content()
    const dialog = document.body.appendChild(document.createElement('dialog'))
    dialog.showModal()
    const { x, y } = dialog.getBoundingClientRect()
    expect(new Anchors(element).fromPoint({ x: x + 2, y: y + 2 })).toBe(null)
    dialog.remove()
    element.remove()
  })

  it('leave to the page what the page finds itself', () => {
    const element = content()
    const anchors = new Anchors(element, () => ({
      fromPoint: ({ x, y }) =>
        x < 100 ? { anchor: 'world', inline: x * 10, block: y * 10 } : undefined,
      toPoint: ({ anchor, inline, block }) =>
        anchor === 'world' ? { x: inline / 10, y: block / 10 } : undefined,
    }))
    const position = anchors.fromPoint({ x: 40, y: 60 })
    expect(position).toEqual({ anchor: 'world', inline: 400, block: 600 })
    expect(anchors.toPoint(position!)).toEqual({ x: 40, y: 60 })
    expect(anchors.fromPoint({ x: 140, y: 60 })?.anchor).toBe(undefined)
    element.remove()
  })
})
