import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { crowd, four, presenceOf, type Shown } from '../../../demo/presence-people.ts'
import { listen } from '../../../demo/spoken.ts'
import './index.ts'
import type { PresenceListElement } from './presence-list.ts'

type List = Mounted<PresenceListElement>

const show = async (
  people: readonly Shown[] = four,
  properties: Partial<PresenceListElement> = {},
): Promise<List> => {
  const options = { state: presenceOf(people) }
  const list = await mount('presence-list', options, { contacts: true, ...properties })
  // What comes beside the people is there too.
  await import('./later.ts')
  await drawn(list.element)
  // Wherever the tests before have left the mouse.
  list.one('.scroller').dispatchEvent(new PointerEvent('pointerleave'))
  await drawn(list.element)
  return list
}
const plain = (text: string | null | undefined) =>
  text
    ?.replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' ,', ',')
    .trim()
const active = (list: List) => list.element.shadowRoot?.activeElement as HTMLElement | null
const press = async (list: List, keys: string) => {
  await userEvent.keyboard(keys)
  await drawn(list.element)
}
const as = (people: readonly Shown[], username: string, more: Partial<Shown>): Shown[] =>
  people.map((each) => (each.username === username ? { ...each, ...more } : each))

afterEach(() => {
  vi.useRealTimers()
  unmountAll()
})

describe('[A11Y-58] a list of people', () => {
  it('is named with their number, and so is each group', async () => {
    const list = await show()
    expect(plain(list.one('section').ariaLabel)).toBe('People, 4 people')
    expect(list.all('ul').map(({ ariaLabel }) => plain(ariaLabel))).toEqual([
      'Online, 2 people',
      'Away, 1 person',
      'Offline, 1 person',
    ])
    expect(list.all('[role=heading]').map(({ ariaLevel }) => ariaLevel)).toEqual([
      '2',
      '3',
      '3',
      '3',
    ])
  })

  it('tells of each the name, the status and the state in words', async () => {
    const list = await show()
    const names = list.all('.who > .hidden').map(({ textContent }) => plain(textContent))
    expect(names).toEqual([
      'Ben Lindqvist, Reviewing, Online',
      'Chidi Okafor, Do not disturb',
      'مينا حسن, Guest, Away',
      '高橋 ゆき, Last seen 25 minutes ago',
    ])
  })

  it('[A11Y-23] tells states apart by shape too', async () => {
    const list = await show()
    const shapes = list.all('[part=status-dot]').map((dot) => dot.innerHTML)
    expect(new Set(shapes).size).toBe(4)
  })

  it('[A11Y-29] says that it is loading, and when it is done', async () => {
    const list = await mount(
      'presence-list',
      { state: presenceOf(four, { place: { status: 'loading' } }) },
      { contacts: true },
    )
    expect(list.one('.base').ariaBusy).toBe('true')
    list.client.set(presenceOf(four))
    await drawn(list.element)
    expect(list.one('.base').ariaBusy).toBe('false')
  })
})

describe('with the keyboard alone', () => {
  it('[A11Y-33] the people are one stop of Tab, and arrows go from one to the next', async () => {
    const list = await show()
    expect(list.all('.who').map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1])
    list.element.focus()
    await press(list, '{ArrowDown}{ArrowDown}')
    expect(active(list)?.dataset['username']).toBe('mina')
    expect(list.all('.who').map(({ tabIndex }) => tabIndex)).toEqual([-1, -1, 0, -1])
    await press(list, '{End}{ArrowDown}')
    expect(active(list)?.dataset['username']).toBe('yuki')
    await press(list, '{Home}{ArrowUp}')
    expect(active(list)?.dataset['username']).toBe('ben')
    expect(list.element.focusParticipant('chidi')).toBe(true)
    expect(active(list)?.dataset['username']).toBe('chidi')
    expect(list.element.focusParticipant('nobody')).toBe(false)
  })

  it('[A11Y-9] Enter opens a card, which takes the focus; Escape closes it and the focus returns', async () => {
    const participantActions = [
      { action: 'message', label: 'Send message' },
      { action: 'follow', label: 'Follow' },
    ]
    const list = await show(four, { participantActions })
    list.element.focus()
    await press(list, '{Enter}')
    await vi.waitFor(() => expect(list.one('[part=card]').matches(':popover-open')).toBe(true))
    await drawn(list.element)
    expect(list.one('.who').ariaExpanded).toBe('true')
    expect(active(list)?.dataset['action']).toBe('message')
    await press(list, '{ArrowDown}')
    expect(active(list)?.dataset['action']).toBe('follow')
    await press(list, '{Escape}')
    expect(list.one('[part=card]').matches(':popover-open')).toBe(false)
    expect(active(list)?.dataset['username']).toBe('ben')
  })

  it('[A11Y-8] whoever has the focus keeps it, whatever becomes of them', async () => {
    const list = await show()
    list.element.focusParticipant('chidi')
    list.client.set(presenceOf(as(four, 'chidi', { state: 'offline' })))
    await drawn(list.element)
    expect(active(list)?.dataset['username']).toBe('chidi')
    list.client.set(presenceOf(four.filter(({ username }) => username !== 'chidi')))
    await drawn(list.element)
    expect(active(list)?.dataset['username']).toBe('chidi')
    await press(list, '{Tab}')
    await vi.waitFor(() =>
      expect(list.all('.who').map(({ dataset }) => dataset['username'])).toEqual([
        'ben',
        'mina',
        'yuki',
      ]),
    )
  })

  it('the search leads into the list', async () => {
    const list = await show(four, { withSearch: true })
    await vi.waitFor(() => list.one('input').focus())
    await press(list, '{ArrowDown}')
    expect(active(list)?.dataset['username']).toBe('ben')
  })
})

describe('what is said', () => {
  const gone = as(four, 'ben', { state: 'offline' })

  it('[A11Y-59] joins and leaves are told together, at most once in five seconds', async () => {
    const list = await show(gone)
    const spoken = listen(list.element)
    const heard = () => spoken.all.map((text) => plain(text))
    list.client.set(presenceOf(four))
    await drawn(list.element)
    list.client.set(presenceOf(as(four, 'chidi', { state: 'offline' })))
    await drawn(list.element)
    expect(heard()).toEqual([])
    await vi.waitFor(
      () => expect(heard()).toEqual(['polite: Ben Lindqvist came. Chidi Okafor left.']),
      {
        timeout: 7000,
      },
    )
  }, 10_000)

  it('[A11Y-59] nobody is told among more than 20 people, or where the page wants silence', async () => {
    for (const [people, properties] of [
      [crowd(21), {}],
      [four, { announce: 'off' }],
    ] as const) {
      const list = await show(people, properties)
      const tell = vi.spyOn(
        (await import('../presence/presence-teller.ts')).PresenceTeller.prototype,
        'tell',
      )
      list.client.set(presenceOf(people.map((each) => ({ ...each, state: 'offline' }))))
      await drawn(list.element)
      await drawn(list.element)
      expect(tell).not.toHaveBeenCalled()
      tell.mockRestore()
    }
  })

  it('[A11Y-60] who is away or busy is not spoken of', async () => {
    const list = await show()
    const { PresenceTeller } = await import('../presence/presence-teller.ts')
    const tell = vi.spyOn(PresenceTeller.prototype, 'tell')
    list.client.set(presenceOf(as(as(four, 'ben', { state: 'away' }), 'mina', { state: 'dnd' })))
    await drawn(list.element)
    await drawn(list.element)
    expect(tell).not.toHaveBeenCalled()
    list.client.set(presenceOf(gone))
    await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(1))
    tell.mockRestore()
  })

  it('[A11Y-10] comes from regions that are there, empty, before', async () => {
    const list = await mount('presence-list', { state: {} })
    const regions = list.all('[aria-live]')
    expect(regions.map(({ textContent }) => textContent)).toEqual(['', ''])
    list.client.set(presenceOf(four))
    await drawn(list.element)
    expect(list.all('[aria-live]')).toEqual(regions)
  })
})
