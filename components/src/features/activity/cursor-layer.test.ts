import { css, html, LitElement, type TemplateResult } from 'lit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tokens } from '../../kit/tokens.css.ts'
import { Anchors } from './anchors.ts'
import { CursorLayer, cursorDefaults, GLIDE_MS, type Pointing } from './cursor-layer.ts'
import { cursorStyles } from './cursor-layer.styles.ts'

class Sheet extends LitElement {
  static override readonly styles = [
    tokens,
    cursorStyles,
    css`
      :host {
        display: block;
        position: fixed;
        inset: 0 auto auto 0;
        inline-size: 400px;
        block-size: 300px;
      }
    `,
  ]
  protected override render(): TemplateResult {
    return html`<slot></slot>
      <div id="overlay"></div>`
  }
}
customElements.define('test-sheet', Sheet)

let sheet: Sheet
let layer: CursorLayer

const cursors = () => [...sheet.renderRoot.querySelectorAll<HTMLElement>('.cursor')]
const bo = (inline: number, more: Partial<Pointing> = {}): Pointing => ({
  connectionId: 'bo-1',
  username: 'bo',
  name: 'Bo',
  position: { inline, block: 0.5 },
  ...more,
})
const x = () => cursors()[0]?.getBoundingClientRect().x ?? NaN
/** Until no frame is asked for any more. */
const atRest = () => vi.waitFor(() => expect(frames.waiting).toBe(0))

const ask = window.requestAnimationFrame.bind(window)
/** So many frames of the screen go by. */
async function framesPass(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await new Promise((resolve) => ask(resolve))
}

/** Frames that were asked for. */
const frames = { asked: 0, waiting: 0 }

beforeEach(async () => {
  sheet = new Sheet()
  document.body.append(sheet)
  await sheet.updateComplete
  Object.assign(frames, { asked: 0, waiting: 0 })
  vi.spyOn(window, 'requestAnimationFrame').mockImplementation((callback) => {
    frames.asked++
    frames.waiting++
    return ask((now) => {
      frames.waiting--
      callback(now)
    })
  })
  layer = new CursorLayer(
    sheet.renderRoot.querySelector<HTMLElement>('#overlay')!,
    new Anchors(sheet),
  )
  layer.settings = cursorDefaults
})
afterEach(() => {
  layer.clear()
  sheet.remove()
  vi.restoreAllMocks()
})

/** Reads of the layout while something happens. */
function countReads(): () => number {
  const spies = [
    vi.spyOn(Element.prototype, 'getBoundingClientRect'),
    vi.spyOn(Element.prototype, 'getClientRects'),
    vi.spyOn(window, 'getComputedStyle'),
  ]
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

describe('cursors', () => {
  it('glide for a tenth of a second, frame by frame, and then no frame is asked for', async () => {
    layer.update([bo(0.1)])
    await atRest()
    expect(x()).toBe(40)
    let passed: number[] = []
    // A busy machine may have no frame in a tenth of a second.
    for (let tries = 0; tries < 5 && new Set(passed).size <= 2; tries++) {
      layer.update([bo(0.1)])
      await vi.waitFor(() => expect(x()).toBe(40))
      passed = []
      const began = performance.now()
      layer.update([bo(0.9)])
      while (x() !== 360) {
        await framesPass(1)
        passed.push(x())
        if (performance.now() - began > 10_000) throw new Error('it does not arrive')
      }
      expect(performance.now() - began).toBeGreaterThanOrEqual(GLIDE_MS - 20)
      expect(passed.every((value, index) => value >= (passed[index - 1] ?? 0))).toBe(true)
    }
    expect(new Set(passed).size).toBeGreaterThan(2)
    await atRest()
    const { asked } = frames
    await framesPass(10)
    expect(frames.asked).toBe(asked)
  })

  it('that move on a page which does not change cost no reading of the layout', async () => {
    layer.update([bo(0.1)])
    await atRest()
    const reads = countReads()
    layer.update([bo(0.8)])
    await atRest()
    expect(reads()).toBe(0)
  })

  it('that rest cost nothing, and are measured once when the page is scrolled', async () => {
    layer.update([bo(0.1)])
    await atRest()
    const reads = countReads()
    await framesPass(5)
    expect(reads()).toBe(0)
    for (let index = 0; index < 10; index++) window.dispatchEvent(new Event('scroll'))
    await atRest()
    expect(reads()).toBeGreaterThan(0)
    expect(reads()).toBeLessThan(10)
  })

  it('of those who come are where they are at once', async () => {
    layer.update([bo(0.5)])
    await vi.waitFor(() => expect(x()).toBe(200))
    expect(frames.asked).toBeLessThanOrEqual(8)
  })

  it('jump at most four times a second where nothing is to move', async () => {
    sheet.style.setProperty('--collab-motion', '0')
    layer.update([bo(0)])
    await atRest()
    const seen = new Set<number>()
    const began = performance.now()
    for (let index = 1; performance.now() - began < 1000; index++) {
      layer.update([bo(index / 100)])
      await framesPass(1)
      seen.add(x())
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
    expect(seen.size).toBeLessThanOrEqual(6)
    const last = { inline: 0.75, block: 0.5 }
    layer.update([bo(0, { position: last })])
    await vi.waitFor(() => expect(x()).toBe(300))
  })

  it('of more people than are drawn: those that move', async () => {
    const all = (moved: number) =>
      Array.from({ length: 40 }, (_, index) =>
        bo(index === moved ? 0.9 : 0.1, {
          connectionId: `c${index}`,
          username: `p${index}`,
          name: `${index}`,
        }),
      )
    layer.settings = { ...cursorDefaults, max: 30, idleMs: 5 }
    layer.update(all(-1))
    expect(cursors()).toHaveLength(30)
    const names = () => cursors().map(({ textContent }) => textContent)
    const last = Array.from({ length: 40 }, (_, index) => index).find(
      (index) => !names().includes(`${index}`),
    )!
    await framesPass(2)
    layer.update(all(last))
    expect(names()).toContain(`${last}`)
    expect(cursors()).toHaveLength(30)
  })

  it('have names that turn away from an edge', async () => {
    const name = 'Bo with a rather long name'
    layer.update([bo(0.5, { name })])
    await vi.waitFor(() => expect(x()).toBe(200))
    const label = () => cursors()[0]!.querySelector('.label')!.getBoundingClientRect()
    expect(label().left).toBeGreaterThan(200)
    layer.update([bo(0.99, { name, position: { inline: 0.99, block: 0.98 } })])
    await atRest()
    expect(label().right).toBeLessThan(400)
    expect(label().bottom).toBeLessThan(300)
  })
})

describe.each(['light', 'dark'])('[A11Y-16] in the %s scheme', (scheme) => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
  const luminance = (colour: string) => {
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((channel) => {
      const share = channel / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one: string, other: string) => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }

  it.each(['', '#ff0', '#123456', '#777', '#fff', '#000', '#e11d48'])(
    'names can be read on the colour of everybody, and on one of the page’s: %s',
    (background) => {
      sheet.style.colorScheme = scheme
      if (background) sheet.style.setProperty('--collab-cursor-label-bg', background)
      layer.update(
        Array.from({ length: 30 }, (_, index) =>
          bo(0.5, { connectionId: `c${index}`, username: `person-${index}` }),
        ),
      )
      const colours = new Set<string>()
      for (const cursor of cursors()) {
        const style = getComputedStyle(cursor.querySelector('.label')!)
        colours.add(style.backgroundColor)
        expect(contrast(style.color, style.backgroundColor)).toBeGreaterThanOrEqual(4.5)
      }
      expect(colours.size).toBe(background ? 1 : 12)
    },
  )
})
