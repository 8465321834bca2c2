import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import type { FakeOptions } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, nextFrame, unmountAll } from '../../../demo/mount.ts'
import { crowd, four, presenceOf, type Shown } from '../../../demo/presence-people.ts'
import './index.ts'
import type { PresenceListElement } from './presence-list.ts'

type List = Mounted<PresenceListElement>

const show = async (
  people: readonly Shown[] = four,
  properties: Partial<PresenceListElement> = {},
  options: FakeOptions & Parameters<typeof presenceOf>[1] = {},
): Promise<List> => {
  const list = await mount(
    'presence-list',
    { ...options, state: { ...presenceOf(people, options), ...options.state } },
    { contacts: true, ...properties },
  )
  // What comes beside the people is there too.
  await import('./later.ts')
  await drawn(list.element)
  // Wherever the tests before have left the mouse.
  list.one('.scroller').dispatchEvent(new PointerEvent('pointerleave'))
  await drawn(list.element)
  return list
}
/** A text without the marks that keep names apart from it. */
const plain = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '')
const rows = (list: List) => list.all('.who').map(({ dataset }) => dataset['username'])
const groups = (list: List) =>
  list
    .all('.group:not([hidden])')
    .map((group) =>
      [
        plain(group.querySelector('[role=heading]')?.getAttribute('aria-label') ?? ''),
        ...[...group.querySelectorAll<HTMLElement>('.who')].map(
          ({ dataset }) => dataset['username'],
        ),
      ].join(' | '),
    )
const change = async (list: List, people: readonly Shown[]) => {
  list.client.set(presenceOf(people))
  await drawn(list.element)
}
const as = (people: readonly Shown[], username: string, more: Partial<Shown>): Shown[] =>
  people.map((each) => (each.username === username ? { ...each, ...more } : each))

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  unmountAll()
})

describe('a list of people', () => {
  it('watches whom its attributes name, and nobody once it is gone for good', async () => {
    const list = await show()
    expect(list.client.calls).toEqual([['watch', { contacts: true }]])
    list.element.chatId = 'lobby'
    await drawn(list.element)
    expect(list.client.calls.slice(1)).toEqual([
      ['watch', { chatId: 'lobby' }],
      ['unwatch', { contacts: true }],
    ])
    list.element.usernames = 'ben chidi'
    await drawn(list.element)
    expect(list.client.calls).toHaveLength(3)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    list.element.remove()
    vi.advanceTimersByTime(3000)
    expect(list.client.calls.at(-1)).toEqual(['unwatch', { chatId: 'lobby' }])
  })

  it('puts them together by how they are here, with their number', async () => {
    const list = await show()
    expect(groups(list)).toEqual([
      'Online, 2 people | ben | chidi',
      'Away, 1 person | mina',
      'Offline, 1 person | yuki',
    ])
    expect(list.element.matches(':state(ready)')).toBe(true)
  })

  it('shows by attributes whom the page wants, in the order the page wants', async () => {
    const list = await show(four, { show: 'online', withSelf: true })
    expect(rows(list)).toEqual(['ben', 'chidi', 'mina'])
    Object.assign(list.element, { show: 'all', groupBy: 'none' })
    await drawn(list.element)
    expect(rows(list).at(-1)).toBe('yuki')
    list.element.sort = (a, b) => (a.username < b.username ? 1 : -1)
    await drawn(list.element)
    expect(rows(list)).toEqual(['yuki', 'mina', 'chidi', 'ben', 'ann'])
    list.element.groupBy = 'role'
    await drawn(list.element)
    expect(groups(list).map((each) => each.split(' | ')[0])).toEqual([
      'Members, 4 people',
      'Guests, 1 person',
    ])
  })

  it('shows as many as there is room for, and the others when asked', async () => {
    const list = await show(four, { max: 2 })
    expect(rows(list)).toEqual(['ben', 'chidi'])
    await userEvent.click(list.one('[part=more-button]'))
    await drawn(list.element)
    expect(rows(list)).toHaveLength(4)
    expect(list.element.shadowRoot?.activeElement).toBe(list.all('.who')[2])
  })

  it('tells when somebody was last seen, newer times in words, older ones as a date', async () => {
    const list = await show([
      { username: 'a', state: 'offline', seenMinutes: 0 },
      { username: 'b', state: 'offline', seenMinutes: 25 },
      { username: 'c', state: 'offline', seenMinutes: 3 * 60 },
      { username: 'd', state: 'offline', seenMinutes: 26 * 60 },
      { username: 'e', state: 'offline', seenMinutes: 400 * 24 * 60 },
    ])
    const told = list.all('[part=activity]').map(({ textContent }) => textContent)
    expect(told.slice(0, 4)).toEqual(
      ['this minute', '25 minutes ago', '3 hours ago', 'yesterday'].map(
        (each) => `Last seen \u2068${each}\u2069`,
      ),
    )
    expect(told[4]).toMatch(/20\d\d/)
  })

  it('says that nobody is here, and why', async () => {
    const list = await show([])
    await vi.waitFor(() => expect(list.text()).toContain('No contacts yet'))
    expect(list.element.matches(':state(empty)')).toBe(true)
    await change(list, [{ username: 'ben', state: 'offline' }])
    list.element.show = 'online'
    await drawn(list.element)
    expect(list.text()).toContain('Nobody is online')
    list.client.set({
      presence: { people: {}, places: { 'chat:lobby': { status: 'ready', usernames: ['ann'] } } },
    })
    list.element.chatId = 'lobby'
    await drawn(list.element)
    expect(list.text()).toContain('Only you are here')
  })

  it('says that nobody is chosen', async () => {
    const list = await show(four, { contacts: false })
    await vi.waitFor(() => expect(list.text()).toContain('Nobody is chosen'))
  })

  it('says that it may not show them, tells the page, and tries again', async () => {
    const error = { code: 'forbidden', message: 'no', retryable: false, requestId: 'r' } as const
    const told: string[] = []
    const parent = document.body.appendChild(document.createElement('div'))
    parent.addEventListener('collab-error', ({ detail }) => told.push(detail.code))
    const list = await mount(
      'presence-list',
      { parent, state: presenceOf([], { place: { status: 'refused', error } }) },
      { contacts: true },
    )
    await vi.waitFor(() => expect(list.text()).toContain('You can’t see who is here'))
    expect(told).toEqual(['forbidden'])
    await userEvent.click(list.one('[part=notice-button]'))
    expect(list.client.calls.slice(-3)).toEqual([
      ['connect'],
      ['unwatch', { contacts: true }],
      ['watch', { contacts: true }],
    ])
    parent.remove()
  })

  it('keeps what was known last while the connection is away, and says that it is not live', async () => {
    const list = await show()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    list.client.connection('reconnecting')
    await list.element.updateComplete
    vi.advanceTimersByTime(1400)
    await list.element.updateComplete
    expect(list.all('[part=stale]')).toHaveLength(0)
    vi.advanceTimersByTime(200)
    vi.useRealTimers()
    await drawn(list.element)
    expect(list.one('[part=stale]').innerText).toContain('Not live')
    expect(rows(list)).toHaveLength(4)
    list.client.connection('live')
    await drawn(list.element)
    expect(list.all('[part=stale]')).toHaveLength(0)
  })

  it('counts an audience, and shows its people page by page when asked', async () => {
    const pages = [
      { items: presences(['p1', 'p2']), online: 1234, nextCursor: 'next' },
      { items: presences(['p2', 'p3']), online: 1234 },
    ]
    const list = await show(
      [],
      { contacts: false, chatId: 'lobby' },
      {
        state: {
          presence: {
            people: {},
            places: {
              'chat:lobby': {
                status: 'ready',
                usernames: [],
                audience: { online: 1234, total: 5000 },
              },
            },
          },
          users:
            presenceOf([{ username: 'p1' }, { username: 'p2' }, { username: 'p3' }]).users ?? {},
        },
        listAudience: async ({ cursor }) => pages[cursor ? 1 : 0]!,
      },
    )
    const said = () => plain(list.text())
    await vi.waitFor(() => expect(said()).toContain('1,234 of 5,000 here'))
    expect(list.client.calls.some(([name]) => name === 'listAudience')).toBe(false)
    await userEvent.click(list.one('[part=audience-button]'))
    await vi.waitFor(() => expect(rows(list)).toEqual(['p1', 'p2']))
    await userEvent.click(list.one('[part=audience-button]'))
    await vi.waitFor(() => expect(rows(list)).toEqual(['p1', 'p2', 'p3']))
    expect(list.all('[part=audience-button]')).toHaveLength(0)
    expect(list.client.calls.at(-1)).toEqual(['listAudience', { chatId: 'lobby', cursor: 'next' }])
  })
})

const presences = (usernames: string[]) =>
  Object.values(presenceOf(usernames.map((username) => ({ username }))).presence?.people ?? {})

describe('searching', () => {
  it('is there beyond 12 people, or where the page wants it', async () => {
    const list = await show(crowd(12))
    expect(list.all('input')).toHaveLength(0)
    list.element.withSearch = true
    await vi.waitFor(() => expect(list.all('input')).toHaveLength(1))
    list.element.withSearch = false
    await change(list, crowd(13))
    expect(list.all('input')).toHaveLength(1)
  })

  it('finds by name, says how many, and Escape ends it', async () => {
    const list = await show(crowd(30))
    await vi.waitFor(() => expect(list.all('input')).toHaveLength(1))
    const input = list.one<HTMLInputElement>('input')
    await userEvent.fill(input, 'person 29')
    await drawn(list.element)
    expect(rows(list)).toEqual(['p29'])
    expect(list.one('[role=status]').innerText).toBe('1 person')
    await userEvent.fill(input, 'nobody')
    await drawn(list.element)
    expect(list.text()).toContain('Nobody by the name')
    await userEvent.keyboard('{Escape}')
    await drawn(list.element)
    expect(rows(list)).toHaveLength(30)
    expect(input.value).toBe('')
  })
})

describe('choosing somebody', () => {
  const actions = [
    { action: 'message', label: 'Send message' },
    { action: 'remove', label: 'Remove', danger: true },
  ]

  it('opens their card with what can be done, and tells the page what was', async () => {
    const list = await show(four, { participantActions: actions })
    const done: unknown[] = []
    list.element.addEventListener('collab-participant-action', ({ detail }) =>
      done.push([detail.action, detail.username, detail.state]),
    )
    list.element.innerHTML = '<button slot="participant-actions" data-action="poke">Poke</button>'
    await userEvent.click(list.one('.who'))
    await vi.waitFor(() => expect(list.one('[part=card]').matches(':popover-open')).toBe(true))
    expect(list.one('[part=card]').innerText).toContain('Reviewing')
    await userEvent.click(list.all('.card-action')[1]!)
    expect(done).toEqual([['remove', 'ben', 'available']])
    expect(list.one('[part=card]').matches(':popover-open')).toBe(false)
    await userEvent.click(list.one('.who'))
    await vi.waitFor(() => expect(list.one('[part=card]').matches(':popover-open')).toBe(true))
    await userEvent.click(list.element.querySelector('button')!)
    expect(done.at(-1)).toEqual(['poke', 'ben', 'available'])
  })

  it('opens nothing where the page has something else in mind', async () => {
    const list = await show()
    list.element.addEventListener('collab-participant-select', (event) => event.preventDefault())
    await userEvent.click(list.one('.who'))
    await drawn(list.element)
    expect(list.all('[part=card]')).toHaveLength(0)
  })

  it('closes the card by a second click on the same person, and follows who they are', async () => {
    const list = await show()
    await userEvent.click(list.one('.who'))
    await vi.waitFor(() => expect(list.one('[part=card]').matches(':popover-open')).toBe(true))
    await change(list, as(four, 'ben', { status: 'Gone fishing' }))
    expect(list.one('[part=card]').innerText).toContain('Gone fishing')
    await userEvent.click(list.one('.who'))
    expect(list.one('[part=card]').matches(':popover-open')).toBe(false)
  })
})

describe('while somebody looks', () => {
  it('nobody moves from under the mouse', async () => {
    const list = await show()
    // The mouse comes from elsewhere.
    await userEvent.hover(document.body)
    await userEvent.hover(list.one('.who'))
    await change(list, as(four, 'ben', { state: 'away' }))
    expect(rows(list)).toEqual(['ben', 'chidi', 'mina', 'yuki'])
    expect(list.one('.row').className).toContain('away')
    await userEvent.unhover(list.one('.who'))
    await userEvent.hover(document.body)
    await vi.waitFor(() => expect(rows(list)).toEqual(['chidi', 'ben', 'mina', 'yuki']))
  })

  it('a change of one person draws one row', async () => {
    const people = crowd(200)
    const list = await show(people, { groupBy: 'none', sort: () => 0 })
    await vi.waitFor(() => expect(rows(list)).toHaveLength(200))
    await nextFrame()
    const touched = new Set<Element>()
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const at = target instanceof Element ? target : target.parentElement
        touched.add(at?.closest('li') ?? list.one('.base'))
      }
    })
    observer.observe(list.one('.scroller'), {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    })
    const state = list.client.store.getState().presence
    const p7 = state.people['p7']!
    list.client.set({
      presence: { ...state, people: { ...state.people, p7: { ...p7, rev: 2, status: 'Back' } } },
    })
    await drawn(list.element)
    observer.disconnect()
    expect(touched.size).toBe(1)
    expect([...touched][0]?.textContent).toContain('Back')
  })

  it('a thousand people come forty at a time, so that no frame is lost', async () => {
    const counts: number[] = []
    const observer = new MutationObserver((records) => {
      const added = records.flatMap(({ addedNodes }) => [...addedNodes])
      counts.push(added.filter((node) => node instanceof Element && node.matches('.row')).length)
    })
    const list = await show(crowd(30))
    observer.observe(list.one('.scroller'), { subtree: true, childList: true })
    list.client.set(presenceOf(crowd(1000)))
    await vi.waitFor(() => expect(rows(list)).toHaveLength(1000), { timeout: 10_000 })
    observer.disconnect()
    expect(Math.max(...counts)).toBeLessThanOrEqual(40)
    expect(list.one('.base').className).toContain('many')
  })
})

describe.each(['ltr', 'rtl'] as const)('in 320 pixels, %s', (dir) => {
  it('nothing runs out at the side, and axe finds nothing', async () => {
    const parent = document.body.appendChild(document.createElement('div'))
    parent.dir = dir
    parent.style.inlineSize = '320px'
    const long = {
      username: 'max',
      name: 'Maximiliane Friederike von Hohenstein-Wittelsbach',
      status: 'A status that is longer than anybody would have planned for in a narrow column',
    }
    for (const layout of ['list', 'inline'] as const) {
      const list = await mount(
        'presence-list',
        { parent, state: presenceOf([...four, long, ...crowd(12)]) },
        { contacts: true, withSelf: true, layout },
      )
      await list.element.whenReady()
      const scroller = list.one('.scroller')
      expect(scroller.scrollWidth).toBeLessThanOrEqual(scroller.clientWidth)
      expect(list.element.scrollWidth).toBeLessThanOrEqual(320)
      expect(await findings(list.element)).toEqual([])
    }
    parent.remove()
  })
})
