import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Anchors } from './anchors.ts'
import {
  Follow,
  type FollowedActivity,
  followersOf,
  type FollowScroll,
  type FollowStop,
} from './follow.ts'
import { viewportOf } from './viewport.ts'

let box: HTMLElement
let content: HTMLElement
let follow: Follow
let stops: FollowStop[]
let scroll: FollowScroll | undefined

const leading = (state: object, more: Partial<FollowedActivity> = {}): FollowedActivity => ({
  status: 'joined',
  following: 'bo-1',
  participants: { 'bo-1': { username: 'bo', state: { ...state } } },
  ...more,
})
const still = () =>
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => {
    const list = new EventTarget() as MediaQueryList
    return Object.assign(list, { matches: query.includes('reduce') })
  })

beforeEach(() => {
  box = document.createElement('div')
  box.innerHTML = `<button id="outside">Outside</button>
    <div id="page" style="block-size:300px;inline-size:300px;overflow:auto;scrollbar-width:none">
      <div id="content" style="block-size:1300px">
        <input id="field"><button id="stop">Stop</button><div id="code" data-collab-scroll="code" style="block-size:100px;overflow:auto">
          <div style="block-size:500px"></div></div>
        <p data-collab-anchor="far" style="position:absolute;margin:900px 0 0">Far</p>
      </div></div>`
  document.body.append(box)
  content = box.querySelector('#content')!
  stops = []
  scroll = undefined
  follow = new Follow(new Anchors(content), {
    stopped: (reason) => stops.push(reason),
    scroll: () => scroll ?? 'page',
    isAbout: ({ target }) => (target as Element).id === 'stop',
  })
})
afterEach(() => {
  follow.stop()
  box.remove()
  vi.restoreAllMocks()
})

const press = (key: string) =>
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
const bubbling = { bubbles: true }
const key = (name: string) => new KeyboardEvent('keydown', { key: name, bubbles: true })
const on = (selector: string, event: Event) => box.querySelector(selector)!.dispatchEvent(event)
const page = () => box.querySelector<HTMLElement>('#page')!
const code = () => box.querySelector<HTMLElement>('#code')!
const viewport = { inline: 0, block: 0.5, scrollers: { code: { inline: 0, block: 0.25 } } }

describe('following', () => {
  it('shows what the other sees, smoothly, and leaves the focus where it is', async () => {
    box.querySelector<HTMLElement>('#field')!.focus()
    follow.update(leading({ viewport }))
    expect(follow.active).toBe(true)
    await vi.waitFor(() => expect(viewportOf(content)).toEqual(viewport))
    expect(document.activeElement?.id).toBe('field')
    follow.update(leading({ viewport: { inline: 0, block: 1 } }))
    await vi.waitFor(() => expect(page().scrollTop).toBe(1000))
    // Its own scrolling is no input.
    expect(stops).toEqual([])
  })

  it('[A11Y-20] jumps where nothing is to move', () => {
    still()
    follow.update(leading({ viewport }))
    expect(page().scrollTop).toBe(500)
    expect(code().scrollTop).toBe(100)
  })

  it('goes on to the cursor where that is elsewhere here', async () => {
    still()
    page().style.position = 'relative'
    const { y } = page().getBoundingClientRect()
    const far = box.querySelector('p')!
    follow.update(leading({ viewport, cursor: { anchor: 'far', inline: 0.5, block: 0.5 } }))
    const seen = far.getBoundingClientRect()
    expect(seen.top).toBeGreaterThan(y)
    expect(seen.bottom).toBeLessThan(y + 300)
    const before = page().scrollTop
    // A cursor in view moves nothing.
    follow.update(leading({ viewport, cursor: { anchor: 'far', inline: 0.6, block: 0.5 } }))
    expect(page().scrollTop).toBe(before)
  })

  it('moves nothing around the content where that is wished', () => {
    still()
    scroll = 'content'
    page().style.position = 'relative'
    follow.update(leading({ viewport, cursor: { anchor: 'far', inline: 0.5, block: 0.5 } }))
    expect([page().scrollTop, code().scrollTop]).toEqual([0, 100])
    content.style.cssText = 'block-size:200px;overflow:auto;scrollbar-width:none'
    follow.update(leading({ viewport: { inline: 0, block: 1 } }))
    expect(page().scrollTop).toBe(0)
    expect(content.scrollTop).toBe(content.scrollHeight - content.clientHeight)
  })

  it.each([
    ['a wheel', () => content.dispatchEvent(new WheelEvent('wheel', { bubbles: true }))],
    ['a touch', () => content.dispatchEvent(new Event('touchstart', { bubbles: true }))],
    ['a press', () => content.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))],
    [
      'a press on the bar that scrolls it',
      () => page().dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })),
    ],
    ['the key “ArrowDown”', () => press('ArrowDown')],
    ['the key “PageUp”', () => press('PageUp')],
    ['the key “End”', () => press('End')],
    ['the space key', () => press(' ')],
    ['a letter that is written', () => on('#field', new InputEvent('beforeinput', bubbling))],
    ['a space in a field', () => on('#field', key(' '))],
    ['Tab in the content', () => on('#field', key('Tab'))],
  ])('ends with %s of one’s own', (_name, input) => {
    follow.update(leading({ viewport }))
    input()
    expect(stops).toEqual(['own_input'])
    expect(follow.active).toBe(false)
  })

  it.each([
    [
      'a press outside of the content',
      () =>
        box
          .querySelector('#outside')!
          .dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })),
    ],
    ['what is written outside of the content', () => on('#outside', key(' '))],
    ['a letter that goes nowhere', () => press('a')],
    ['Tab outside of the content', () => on('#outside', key('Tab'))],
    ['a press on what ends it', () => on('#stop', new PointerEvent('pointerdown', bubbling))],
    ['a key on what ends it', () => on('#stop', key(' '))],
    [
      'a moved pointer',
      () => content.dispatchEvent(new PointerEvent('pointermove', { bubbles: true })),
    ],
    [
      'an Esc that something else has used',
      () => {
        const used = (event: Event) => event.preventDefault()
        box.addEventListener('keydown', used, { once: true })
        const escape = { key: 'Escape', bubbles: true, cancelable: true }
        box.querySelector('#outside')!.dispatchEvent(new KeyboardEvent('keydown', escape))
      },
    ],
  ])('goes on after %s', (_name, input) => {
    follow.update(leading({ viewport }))
    input()
    expect(stops).toEqual([])
  })

  it('ends when the page is scrolled by hand in a way that no event tells', async () => {
    still()
    follow.update(leading({ viewport }))
    box.querySelector('#outside')!.dispatchEvent(new WheelEvent('wheel', { bubbles: true }))
    expect(stops).toEqual([])
    page().scrollTop = 20
    await vi.waitFor(() => expect(stops).toEqual(['own_input']))
  })

  it('goes on where only the layout moves the page', async () => {
    still()
    follow.update(leading({ viewport }))
    let scrolled = false
    page().addEventListener('scroll', () => (scrolled = true))
    page().scrollTop = 480
    await vi.waitFor(() => expect(scrolled).toBe(true))
    expect(stops).toEqual([])
  })

  const ends: [FollowStop, string, FollowedActivity][] = [
    ['left', 'the other leaves', leading({}, { participants: {} })],
    ['ended', 'the activity ends', leading({}, { status: 'ended' })],
    ['ended', 'one is put out', leading({}, { status: 'removed' })],
    ['stopped', 'nobody is followed any more', { status: 'joined', participants: {} }],
  ]
  it.each(ends)('ends as “%s” when %s', (reason, _when, activity) => {
    follow.update(leading({ viewport }))
    follow.update(activity)
    expect(stops).toEqual([reason])
    follow.update(activity)
    expect(stops).toHaveLength(1)
  })

  it('ends with Esc, wherever the focus is', () => {
    follow.update(leading({ viewport }))
    const escape = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    box.querySelector('#field')!.dispatchEvent(escape)
    expect(stops).toEqual(['stopped'])
  })

  it('is known to whoever is followed', () => {
    const ann = { state: { following: 'bo-1' } }
    const cleo = { state: { following: 'ann-1' } }
    expect(followersOf({ a: ann, c: cleo, d: { state: {} } }, 'bo-1')).toEqual([ann])
    expect(followersOf({ a: ann }, undefined)).toEqual([])
  })

  it('takes nothing for a place that is none', () => {
    for (const odd of [null, 1, 'x', { inline: 'a' }, { inline: 0, block: NaN }])
      follow.update(leading({ viewport: odd, cursor: odd }))
    follow.update(
      leading({ viewport: { inline: 0, block: 0, scrollers: { code: 'x', 'a"]': null } } }),
    )
    expect(page().scrollTop).toBe(0)
  })
})
