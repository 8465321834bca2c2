import { html } from 'lit'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { page as browserPage } from 'vitest/browser'
import { FakeActivity, participantOf } from '../../../demo/fake-activity.ts'
import { type FakeClient, userOf } from '../../../demo/fake-client.ts'
import { drawn, nextFrame } from '../../../demo/mount.ts'
import type { LiveCursorsElement } from './live-cursors.ts'
import './index.ts'

interface Page {
  element: LiveCursorsElement
  client: FakeClient
  cursors: () => HTMLElement[]
}

const WORDS = 'Where the others point is where they mean it whatever the screen'.split(' ')
const text = WORDS.map((word) => `<b data-collab-anchor="${word}">${word}</b>`).join(' ')
const boxes: HTMLElement[] = []

/** A page of somebody: some content, and the element around it or in it. */
async function page(
  activity: FakeActivity,
  options: {
    username?: string
    style?: string
    dir?: string
    alone?: boolean
    content?: string
    properties?: Partial<LiveCursorsElement>
  } = {},
): Promise<Page> {
  const { username = 'ann', style = 'inline-size:500px', content = `<p>${text}</p>` } = options
  const box = document.createElement('div')
  box.style.cssText = `position:relative;font:18px/1.5 sans-serif;${style}`
  box.dir = options.dir ?? 'ltr'
  boxes.push(box)
  const users = { bo: userOf('bo', 'Bo Lindqvist'), ann: userOf('ann', 'Ann Kowalska') }
  const client = activity.client(username, { state: { users } })
  const element = Object.assign(document.createElement('live-cursors'), {
    client,
    activityType: 'form',
    activityId: 'release',
    ...options.properties,
  })
  if (options.alone) box.innerHTML = content
  else element.innerHTML = content
  box.append(element)
  document.body.append(box)
  await drawn(element)
  const cursors = () => [...element.renderRoot.querySelectorAll<HTMLElement>('.cursor')]
  return { element, client, cursors }
}

const wordIn = ({ element }: Page, word: string): HTMLElement => {
  const found = element.parentElement?.querySelector<HTMLElement>(`[data-collab-anchor="${word}"]`)
  if (!found) throw new Error(`there is no ${word}`)
  return found
}

/** Moves the pointer of a page to a part of a word. */
function point(here: Page, word: string, part = 0.5): void {
  const target = wordIn(here, word)
  target.scrollIntoView({ block: 'nearest' })
  const { x, y, width, height } = target.getBoundingClientRect()
  const at = { clientX: x + width * part, clientY: y + height / 2 }
  target.dispatchEvent(new PointerEvent('pointermove', { ...at, bubbles: true, composed: true }))
}

const cursorOf = ({ client }: Page) =>
  client.calls.filter(([name]) => name === 'setState').at(-1)?.[1]
const isOff = (cursor: HTMLElement | undefined) => !cursor || 'off' in cursor.dataset
const tip = (cursor: HTMLElement | undefined) => {
  const { x = NaN, y = NaN } = cursor?.getBoundingClientRect() ?? {}
  return { x, y }
}

// As wide as the widest page.
beforeAll(() => browserPage.viewport(1400, 900))
afterEach(() => {
  for (const box of boxes.splice(0)) box.remove()
  vi.restoreAllMocks()
})

describe('a cursor over a word', () => {
  it.each([
    ['on a narrower page', 'inline-size:320px', 'ltr'],
    ['on a wider page', 'inline-size:1280px', 'ltr'],
    ['on an enlarged page', 'inline-size:400px;zoom:1.75', 'ltr'],
    ['on a page made smaller', 'inline-size:900px;transform:scale(.6);transform-origin:0 0', 'ltr'],
    ['on a page from right to left', 'inline-size:700px', 'rtl'],
    ['on a page of vertical lines', 'block-size:300px;writing-mode:vertical-rl', 'ltr'],
    [
      'on a page with a border that scrolls',
      'inline-size:220px;block-size:120px;border:7px solid;overflow:auto',
      'ltr',
    ],
    [
      'on one that scrolls from right to left',
      'inline-size:220px;block-size:120px;overflow:auto',
      'rtl',
    ],
  ])('is drawn over the same word %s', async (_name, style, dir) => {
    for (const alone of [false, true]) {
      const activity = new FakeActivity()
      const bo = await page(activity, { username: 'bo', alone })
      const ann = await page(activity, { style, dir, alone })
      for (const word of ['Where', 'means', 'mean', 'screen']) {
        if (!WORDS.includes(word)) continue
        point(bo, word, 0.4)
        await vi.waitFor(() => expect(cursorOf(bo)).toHaveProperty('cursor.anchor', word))
        wordIn(ann, word).scrollIntoView({ block: 'nearest' })
        await vi.waitFor(() => {
          const { x, y, width, height } = wordIn(ann, word).getBoundingClientRect()
          const vertical = style.includes('vertical')
          const along = dir === 'rtl' ? 0.6 : 0.4
          const [cursor] = ann.cursors()
          expect(Math.abs(tip(cursor).x - (x + width * (vertical ? 0.5 : along)))).toBeLessThan(2)
          expect(Math.abs(tip(cursor).y - (y + height * (vertical ? along : 0.5)))).toBeLessThan(2)
        })
      }
      for (const box of boxes.splice(0)) box.remove()
    }
  })

  it('stays there when the page is laid out anew, and while it scrolls', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, {
      style: 'inline-size:600px',
      content: `<div id="inner" style="block-size:220px;overflow:auto"><p style="padding-block:40px 400px">${text}</p></div>`,
    })
    point(bo, 'mean')
    await vi.waitFor(() => expect(isOff(ann.cursors()[0])).toBe(false))
    const isOver = () => {
      const { x, y, width, height } = wordIn(ann, 'mean').getBoundingClientRect()
      const at = tip(ann.cursors()[0])
      expect(Math.abs(at.x - x - width / 2)).toBeLessThan(2)
      expect(Math.abs(at.y - y - height / 2)).toBeLessThan(2)
    }
    await vi.waitFor(isOver)
    ann.element.parentElement!.style.inlineSize = '250px'
    await vi.waitFor(isOver)
    wordIn(ann, 'Where').insertAdjacentHTML('beforebegin', '<i>Something new before it all </i>')
    await vi.waitFor(isOver)
    ann.element.querySelector('#inner')!.scrollTop = 30
    await vi.waitFor(isOver)
  })

  it('stays there while a shadow root scrolls', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity)
    const host = document.createElement('div')
    const root = host.attachShadow({ mode: 'open' })
    root.innerHTML = `<div style="block-size:150px;overflow:auto"><p style="padding-block:60px 500px">${text}</p></div>`
    ann.element.replaceChildren(host)
    await drawn(ann.element)
    point(bo, 'mean')
    const isOver = () => {
      const { x, y, width, height } = root
        .querySelector('[data-collab-anchor=mean]')!
        .getBoundingClientRect()
      const at = tip(ann.cursors()[0])
      expect(Math.abs(at.x - x - width / 2)).toBeLessThan(2)
      expect(Math.abs(at.y - y - height / 2)).toBeLessThan(2)
    }
    await vi.waitFor(isOver)
    root.firstElementChild!.scrollTop = 40
    await vi.waitFor(isOver)
  })

  it('that is scrolled out of view is told of at the edge of what it is in', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, {
      content: `<div id="inner" style="block-size:100px;overflow:auto"><p style="padding-block:400px">${text}</p></div>`,
    })
    const inner = ann.element.querySelector('#inner')!
    point(bo, 'mean')
    await vi.waitFor(() => expect(ann.cursors()[0]?.dataset['edge']).toBe('bottom'))
    const { bottom } = inner.getBoundingClientRect()
    expect(tip(ann.cursors()[0]).y).toBeCloseTo(bottom - 14, -1)
    inner.scrollTop = 9999
    await vi.waitFor(() => expect(ann.cursors()[0]?.dataset['edge']).toBe('top'))
    wordIn(ann, 'mean').scrollIntoView({ block: 'center' })
    await vi.waitFor(() => expect(ann.cursors()[0]?.dataset['edge']).toBe(undefined))
  })
})

describe('<live-cursors>', () => {
  it('[A11Y-62] leaves the content as it is, and takes no focus and no pointer from it', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, {
      content: `<p>${text}</p><button data-collab-anchor="go">Go</button>`,
      properties: { renderCursor: () => html`<button tabindex="0">Bo</button>` },
    })
    const before = ann.element.innerHTML
    const button = ann.element.querySelector('button')!
    const size = getComputedStyle(button.previousElementSibling!)
    expect([size.fontSize, size.lineHeight, size.textAlign]).toEqual(['18px', '27px', 'start'])
    bo.element.innerHTML = '<p data-collab-anchor="go">Go</p>'
    const target = bo.element.firstElementChild!
    const box = target.getBoundingClientRect()
    const at = { clientX: box.x + 4, clientY: box.y + 4, bubbles: true }
    target.dispatchEvent(new PointerEvent('pointermove', at))
    await vi.waitFor(() => expect(isOff(ann.cursors()[0])).toBe(false))
    const overlay = ann.element.renderRoot.querySelector<HTMLElement>('.cursors')!
    expect([overlay.ariaHidden, overlay.inert, overlay.tabIndex]).toEqual(['true', true, -1])
    // The cursor is over the button, and its own one is in it; the pointer finds what is below.
    const over = tip(ann.cursors()[0])
    expect(document.elementFromPoint(over.x + 1, over.y + 1)).toBe(button)
    expect(document.elementFromPoint(over.x + 6, over.y + 6)).toBe(button)
    overlay.querySelector('button')?.focus()
    expect(ann.element.shadowRoot?.activeElement).toBe(null)
    expect(ann.element.innerHTML).toBe(before)
    expect(ann.element.getAttributeNames()).toEqual([])
  })

  it('[A11Y-62] leaves the content its font, where the page has chosen none', async () => {
    const style = 'inline-size:500px;font-family:initial'
    const ann = await page(new FakeActivity(), { style })
    expect(ann.element.matches(':state(system-font)')).toBe(true)
    const [inside, around] = [ann.element.querySelector('p')!, ann.element.parentElement!]
    expect(getComputedStyle(inside).fontFamily).toBe(getComputedStyle(around).fontFamily)
  })

  it('says who it is by the name, the same colour everywhere, and for a while only', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, { properties: { idleTimeout: 1500 } })
    point(bo, 'Where')
    await vi.waitFor(() => expect(ann.cursors()[0]?.textContent).toBe('Bo Lindqvist'))
    expect(ann.cursors()[0]?.className).toMatch(/person-\d+/)
    expect(ann.cursors()[0]?.dataset['idle']).toBe(undefined)
    await vi.waitFor(() => expect(ann.cursors()[0]?.dataset['idle']).toBe(''))
    point(bo, 'mean')
    await vi.waitFor(() => expect(ann.cursors()[0]?.dataset['idle']).toBe(undefined))
  })

  it.each([
    ['always', '1', 'block'],
    ['move', '0', 'block'],
    ['never', '0', 'none'],
  ] as const)('shows names of resting cursors as told: %s', async (labels, opacity, display) => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, { properties: { idleTimeout: 1, labels } })
    point(bo, 'Where')
    await vi.waitFor(() => {
      const style = getComputedStyle(ann.cursors()[0]!.querySelector('.label')!)
      expect(style.opacity).toBe(opacity)
      expect(style.display).toBe(display)
    })
  })

  it('never draws the pointer of its own page, and those of one’s other pages unless told', async () => {
    const activity = new FakeActivity()
    const tablet = await page(activity)
    const ann = await page(activity)
    point(tablet, 'Where')
    point(ann, 'mean')
    await vi.waitFor(() => expect(ann.cursors()).toHaveLength(1))
    expect(tablet.cursors()).toHaveLength(1)
    ann.element.hideOwn = true
    await drawn(ann.element)
    expect(ann.cursors()).toHaveLength(0)
  })

  it('draws of several connections of a person the one that moved last', async () => {
    const activity = new FakeActivity()
    const one = await page(activity, { username: 'bo' })
    const other = await page(activity, { username: 'bo' })
    const ann = await page(activity)
    const isOver = (word: string) => () => {
      const { left, right } = wordIn(ann, word).getBoundingClientRect()
      expect(ann.cursors()).toHaveLength(1)
      expect(tip(ann.cursors()[0]).x).toBeGreaterThan(left)
      expect(tip(ann.cursors()[0]).x).toBeLessThan(right)
    }
    point(one, 'Where')
    await vi.waitFor(isOver('Where'))
    point(other, 'mean')
    await vi.waitFor(isOver('mean'))
    point(one, 'others')
    await vi.waitFor(isOver('others'))
    activity.leave('bo-1')
    await vi.waitFor(isOver('mean'))
  })

  it('draws no more cursors than told', async () => {
    const activity = new FakeActivity()
    const ann = await page(activity, { properties: { max: 3 } })
    const many = Array.from({ length: 8 }, (_, index) =>
      participantOf(`p${index}`, { cursor: { inline: index / 10, block: 0.5 } }),
    )
    const participants = Object.fromEntries(many.map((each) => [each.connectionId, each]))
    activity.change(ann.client, { participants })
    await drawn(ann.element)
    expect(ann.cursors()).toHaveLength(3)
  })

  it('takes cursors away when somebody leaves, looks elsewhere, or the connection is lost', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity)
    const there = (count: number) => vi.waitFor(() => expect(ann.cursors()).toHaveLength(count))
    point(bo, 'Where')
    await there(1)
    window.dispatchEvent(new Event('blur'))
    await there(0)
    point(bo, 'mean')
    await there(1)
    ann.client.connection('offline')
    await there(0)
    expect(ann.element.matches(':state(offline)')).toBe(true)
    ann.client.connection('live')
    await there(1)
    activity.leave('bo-1')
    await there(0)
  })

  it('rests while paused, for others too', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity)
    point(bo, 'Where')
    point(ann, 'mean')
    await vi.waitFor(() =>
      expect([ann.cursors(), bo.cursors()].map((all) => all.length)).toEqual([1, 1]),
    )
    ann.element.pause()
    await vi.waitFor(() =>
      expect([ann.cursors(), bo.cursors()].map((all) => all.length)).toEqual([0, 0]),
    )
    expect(cursorOf(ann)).toEqual({ cursor: null })
    point(ann, 'screen')
    await drawn(ann.element)
    expect(cursorOf(ann)).toEqual({ cursor: null })
    ann.element.resume()
    await vi.waitFor(() => expect(ann.cursors()).toHaveLength(1))
  })

  it('tells nothing of whoever only reads along', async () => {
    const activity = new FakeActivity()
    activity.activity = { ...activity.activity, permissions: ['join', 'view_state'] }
    const ann = await page(activity)
    point(ann, 'mean')
    await drawn(ann.element)
    expect(cursorOf(ann)).toBe(undefined)
  })

  it('draws cursors as the page says: by a function or a template', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, {
      content: `<p>${text}</p><template slot="cursor"><em data-name></em></template>`,
    })
    point(bo, 'Where')
    await vi.waitFor(() =>
      expect(ann.cursors()[0]?.querySelector('em')?.textContent).toBe('Bo Lindqvist'),
    )
    ann.element.renderCursor = ({ username }) => html`<u>${username}</u>`
    await drawn(ann.element)
    expect(ann.cursors()[0]?.querySelector('u')?.textContent).toBe('bo')
    ann.element.renderCursor = undefined
    ann.element.querySelector('template')?.remove()
    await drawn(ann.element)
    expect(ann.cursors()[0]?.querySelector('[part=label]')?.textContent).toBe('Bo Lindqvist')
  })

  it('goes with the app that finds places itself', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, {
      username: 'bo',
      properties: { fromPoint: () => ({ anchor: 'world', inline: 7000, block: -20 }) },
    })
    const ann = await page(activity, {
      properties: {
        toPoint: ({ anchor }) => {
          const { x, y } = ann.element.getBoundingClientRect()
          return anchor === 'world' ? { x: x + 33, y: y + 12 } : null
        },
      },
    })
    point(bo, 'Where')
    await vi.waitFor(() => {
      const { x, y } = ann.element.getBoundingClientRect()
      expect(tip(ann.cursors()[0])).toEqual({ x: x + 33, y: y + 12 })
    })
  })

  it('draws nothing for what another page cannot mean', async () => {
    const activity = new FakeActivity()
    const ann = await page(activity)
    const odd = [
      1,
      'x',
      { inline: NaN, block: 0 },
      { inline: '1', block: 2 },
      { anchor: 3, inline: 0, block: 0 },
    ]
    const all = odd.map((cursor, index) => participantOf(`p${index}`, { cursor } as never))
    activity.change(ann.client, {
      participants: Object.fromEntries(all.map((each) => [each.connectionId, each])),
    })
    await drawn(ann.element)
    expect(ann.cursors()).toHaveLength(0)
  })

  it('[A11Y-20] lets cursors jump where nothing is to move', async () => {
    const activity = new FakeActivity()
    const bo = await page(activity, { username: 'bo' })
    const ann = await page(activity, { style: 'inline-size:500px;--collab-motion:0' })
    point(bo, 'Where')
    await vi.waitFor(() => expect(isOff(ann.cursors()[0])).toBe(false))
    const seen = new Set<string>()
    point(bo, 'means'.slice(0, 4))
    const look = async () => {
      seen.add(ann.cursors()[0]?.style.translate ?? '')
      await nextFrame()
    }
    for (const end = performance.now() + 10_000; seen.size < 2 && performance.now() < end;)
      await look()
    for (let frame = 0; frame < 15; frame++) await look()
    expect(seen.size).toBe(2)
    expect(getComputedStyle(ann.cursors()[0]!).animationName).toBe('none')
  })
})
