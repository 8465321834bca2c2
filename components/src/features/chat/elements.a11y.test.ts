import { afterEach, describe, expect, it, vi } from 'vitest'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { scenes } from '../../../demo/scenes.ts'
import '../collab-chat/index.ts'
import '../collab-composer/index.ts'
import '../collab-messages/index.ts'
import '../collab-sign-in/index.ts'

// What holds for every element.

type Tag = 'collab-chat' | 'collab-composer' | 'collab-messages' | 'collab-sign-in'

const tags: Tag[] = ['collab-chat', 'collab-composer', 'collab-messages', 'collab-sign-in']

const show = async (tag: Tag, scene = tag === 'collab-sign-in' ? 'sign-in' : 'full') => {
  const properties = tag === 'collab-sign-in' ? {} : { chatId: 'lobby' }
  const shown = await mount(tag, { state: scenes[scene]?.() ?? {} }, properties)
  return shown as Mounted<HTMLElement>
}

/** Takes an element through states as different as they get. */
async function live({ client, element }: Mounted<HTMLElement>): Promise<void> {
  for (const name of ['offline', 'refused', 'sign-in', 'loading', 'failed']) {
    client.set(scenes[name]?.() ?? {})
    await drawn(element)
  }
}

afterEach(() => {
  unmountAll()
  vi.restoreAllMocks()
})

describe.each(tags)('<%s>', (tag) => {
  it('[A11Y-3] leaves to the page what the page says about it', async () => {
    const shown = await show(tag)
    const own = {
      id: 'help',
      class: 'wide',
      role: 'complementary',
      title: 'Help',
      tabindex: '-1',
      'aria-label': 'Help desk',
      'aria-describedby': 'hours',
      'aria-hidden': 'false',
    }
    for (const [name, value] of Object.entries(own)) shown.element.setAttribute(name, value)
    await live(shown)
    const { element } = shown
    expect(
      Object.fromEntries(
        element.getAttributeNames().map((name) => [name, element.getAttribute(name)]),
      ),
    ).toEqual(own)
  })

  it('[A11Y-3] says nothing about itself that the page did not say', async () => {
    const shown = await show(tag)
    await live(shown)
    expect(shown.element.getAttributeNames()).toEqual([])
  })

  it('[A11Y-10] has its live regions, empty, from the first rendering on', async () => {
    const shown = await mount(tag, { state: {} }, {})
    const regions = shown.all('[aria-live]')
    // Sign-in tells by where it puts the focus and what describes the field there.
    const expected = [
      ['polite', ''],
      ['assertive', ''],
    ]
    expect(regions.map(({ ariaLive, textContent }) => [ariaLive, textContent])).toEqual(
      tag === 'collab-sign-in' ? [] : expected,
    )
    shown.client.set(scenes['unread']?.() ?? {})
    await drawn(shown.element)
    expect(shown.all('[aria-live]')).toEqual(regions)
  })

  it('[A11Y-26] asks for no drag, swipe or long press', async () => {
    const types = new Set<string>()
    const add = EventTarget.prototype.addEventListener
    vi.spyOn(EventTarget.prototype, 'addEventListener').mockImplementation(function (
      this: EventTarget,
      ...given
    ) {
      if (this instanceof Element) types.add(given[0])
      add.apply(this, given)
    })
    const shown = await show(tag)
    await live(shown)
    expect(types.has(tag === 'collab-composer' ? 'keydown' : 'click')).toBe(true)
    // Of touch only that a hand is at work is noticed; it scrolls by the browser.
    const gestures =
      /^(drag|drop|touchstart|touchend|pointer(move|up)|mouse(move|down|up)|contextmenu|dblclick|gesture)/
    expect([...types].filter((type) => gestures.test(type))).toEqual([])
    expect(shown.all('[draggable]')).toEqual([])
  })
})

describe.each(['collab-chat', 'collab-messages'] as const)('<%s>', (tag) => {
  const busy = ({ all }: Mounted<HTMLElement>) => all('[aria-busy=true]').length

  it('[A11Y-29] is busy while it loads, and not any longer', async () => {
    const shown = await show(tag, 'loading')
    expect(busy(shown)).toBe(1)
    shown.client.set(scenes['full']?.() ?? {})
    await drawn(shown.element)
    expect(busy(shown)).toBe(0)
    shown.client.setChat('lobby', { hasOlder: true, loadingOlder: true })
    await drawn(shown.element)
    expect(busy(shown)).toBe(1)
    shown.client.setChat('lobby', { loadingOlder: false })
    await drawn(shown.element)
    expect(busy(shown)).toBe(0)
  })

  it('[A11Y-29] is busy until the sign-in has come', async () => {
    const shown = await show(tag, 'sign-in')
    await vi.waitFor(() => expect(shown.all('collab-sign-in')).toHaveLength(1))
    expect(busy(shown)).toBe(0)
    const signIn = shown.one('collab-sign-in').shadowRoot
    await vi.waitFor(() =>
      expect(signIn?.querySelector('.base')?.getAttribute('aria-busy')).toBe('false'),
    )
  })
})
