import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { serviceInfo } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { crowd, presenceOf, type Shown } from '../../../demo/presence-people.ts'
import type { AvatarStackElement } from './avatar-stack.ts'
import './index.ts'

type Stack = Mounted<AvatarStackElement>

const nine: Shown[] = Array.from({ length: 9 }, (_, index) => ({
  username: `p${index}`,
  name: `Person ${index}`,
  sinceMinutes: 100 - index,
}))
const show = (
  people: readonly Shown[] = nine,
  properties: Partial<AvatarStackElement> = {},
  parent: Element = document.body,
): Promise<Stack> =>
  mount(
    'avatar-stack',
    { state: presenceOf(people), parent },
    { contacts: true, self: 'hidden', ...properties },
  )
const faces = (stack: Stack) =>
  stack.all('.stack li:not(.leaving) .person').map(({ dataset }) => dataset['username'])
const active = (stack: Stack) => stack.element.shadowRoot?.activeElement as HTMLElement | null
/** A text without the marks that keep names apart from it. */
const plain = (text: string | null) => text?.replaceAll(/[\u2068\u2069]/g, '')
const press = async (stack: Stack, keys: string) => {
  await userEvent.keyboard(keys)
  await drawn(stack.element)
}

afterEach(() => {
  vi.useRealTimers()
  unmountAll()
})

describe('a stack of faces', () => {
  it('shows five, those first who were there first, and counts the others', async () => {
    const stack = await show()
    expect(faces(stack)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
    expect(stack.one('[part=overflow]').innerText).toContain('+4')
    expect(stack.one('.stack').ariaLabel).toBe('9 people here')
  })

  it('shows as many as the page wants, says how many, and leaves oneself where it is told', async () => {
    const stack = await show(nine.slice(0, 3), { max: 2, withCount: true, self: 'last' })
    expect(faces(stack)).toEqual(['p0', 'p1'])
    expect(stack.one('[part=count]').innerText).toMatch(/people here$/)
    stack.element.self = 'first'
    await drawn(stack.element)
    stack.client.set(presenceOf([{ username: 'ann' }, ...nine.slice(0, 3)]))
    await drawn(stack.element)
    expect(faces(stack)[0]).toBe('ann')
  })

  it('moves nobody when others come, go, or are here in another way', async () => {
    const stack = await show(nine.slice(0, 3))
    stack.client.set(
      presenceOf([...nine.slice(0, 2), { ...nine[2]!, state: 'away', sinceMinutes: 0 }]),
    )
    await drawn(stack.element)
    expect(faces(stack)).toEqual(['p0', 'p1', 'p2'])
    stack.client.set(presenceOf([{ username: 'new', sinceMinutes: 999 }, ...nine.slice(0, 3)]))
    await drawn(stack.element)
    expect(faces(stack)).toEqual(['p0', 'p1', 'p2', 'new'])
    expect(stack.all('.joining')).toHaveLength(1)
  })

  it('lets who leaves go within 120 ms', async () => {
    const stack = await show(nine.slice(0, 3))
    expect(stack.all('.joining')).toHaveLength(0)
    stack.client.set(presenceOf([nine[0]!, nine[2]!]))
    await stack.element.updateComplete
    expect(stack.all('.leaving')).toHaveLength(1)
    expect(faces(stack)).toEqual(['p0', 'p2'])
    await vi.waitFor(() => expect(stack.all('.leaving')).toHaveLength(0))
  })

  it('counts an audience', async () => {
    const stack = await show([])
    stack.client.set({
      presence: {
        people: {},
        places: {
          contacts: { status: 'ready', usernames: [], audience: { online: 1234, total: 5000 } },
        },
      },
    })
    await drawn(stack.element)
    expect(stack.one('[part=count]').innerText).toBe('1,234 people here')
  })

  it('tells who somebody is to the mouse and to the focus, until Escape', async () => {
    const stack = await show()
    const tip = stack.one('[part~=tooltip]')
    await userEvent.hover(stack.all('.person')[1]!)
    await vi.waitFor(() => expect(tip.matches(':popover-open')).toBe(true))
    expect(tip.textContent?.replaceAll(/[\u2068\u2069]/g, '')).toBe('Person 1, Online')
    await press(stack, '{Escape}')
    expect(tip.matches(':popover-open')).toBe(false)
    await userEvent.hover(document.body)
    await press(stack, '{Tab}')
    await vi.waitFor(() => expect(tip.matches(':popover-open')).toBe(true))
    expect(tip.textContent).toContain('Person 0')
  })

  it('tells the page who was chosen, and shows who they are', async () => {
    const stack = await show()
    const chosen: string[] = []
    stack.element.addEventListener('collab-participant-select', ({ detail }) =>
      chosen.push(detail.username),
    )
    await userEvent.click(stack.all('.person')[2]!)
    await vi.waitFor(() => expect(stack.one('[part=card]').matches(':popover-open')).toBe(true))
    expect(chosen).toEqual(['p2'])
  })
})

describe('[A11Y-61] the others', () => {
  it('open as a list, which Escape closes; the focus returns', async () => {
    const stack = await show()
    const opened: number[] = []
    stack.element.addEventListener('collab-overflow-open', ({ detail }) =>
      opened.push(detail.count),
    )
    const button = stack.one('[part=overflow]')
    button.focus()
    expect(button.ariaExpanded).toBe('false')
    await press(stack, '{Enter}')
    await vi.waitFor(() => expect(stack.one('[part=popover]').matches(':popover-open')).toBe(true))
    await drawn(stack.element)
    expect(button.ariaExpanded).toBe('true')
    expect(opened).toEqual([4])
    expect(stack.one('[part=popover] ul').ariaLabel).toBe('4 more people')
    expect(active(stack)?.dataset['username']).toBe('p5')
    await press(stack, '{ArrowDown}')
    expect(active(stack)?.dataset['username']).toBe('p6')
    await press(stack, '{Escape}')
    expect(stack.one('[part=popover]').matches(':popover-open')).toBe(false)
    expect(active(stack)).toBe(button)
    expect(button.ariaExpanded).toBe('false')
  })

  it('lead from the list to the card of one, and Escape back to the button', async () => {
    const stack = await show()
    stack.one('[part=overflow]').focus()
    await press(stack, '{Enter}')
    await vi.waitFor(() => expect(stack.one('[part=popover]').matches(':popover-open')).toBe(true))
    await press(stack, '{Enter}')
    await vi.waitFor(() => expect(stack.one('[part=card]').matches(':popover-open')).toBe(true))
    expect(stack.one('[part=card]').ariaLabel).toBe('Person 5')
    await press(stack, '{Escape}')
    expect(active(stack)).toBe(stack.one('[part=overflow]'))
  })
})

describe('where nobody can be shown', () => {
  const connection = { status: 'signed_out', since: 0, attempt: 0 } as const
  const named = (stack: Stack) => stack.one('.base').ariaLabel

  it('[A11Y-9] a button leads to the sign-in; who signed in there has the focus among the faces', async () => {
    const stack = await mount(
      'avatar-stack',
      { state: { ...presenceOf([]), connection, service: serviceInfo } },
      { contacts: true, self: 'hidden' },
    )
    await vi.waitFor(() => expect(named(stack)).toBe('Sign in to see who is here'))
    const way = await vi.waitFor(() => stack.one('[part=sign-in-button]'))
    await userEvent.click(way)
    await vi.waitFor(() => expect(active(stack)?.localName).toBe('collab-sign-in'))
    const panel = stack.one('[part=sign-in]')
    expect(panel.matches(':popover-open')).toBe(true)
    await Promise.all(panel.getAnimations().map(({ finished }) => finished))
    expect(await findings(stack.element)).toEqual([])
    await press(stack, '{Escape}')
    expect(active(stack)).toBe(way)
    await press(stack, '{Enter}')
    await vi.waitFor(() => expect(active(stack)?.localName).toBe('collab-sign-in'))
    await userEvent.keyboard('Ann{Enter}')
    await vi.waitFor(() =>
      expect(stack.client.calls).toContainEqual(['continueAsGuest', { displayName: 'Ann' }]),
    )
    stack.client.set(presenceOf(nine))
    stack.client.connection('live')
    await drawn(stack.element)
    expect(stack.all('collab-sign-in, [part=sign-in-button]')).toEqual([])
    expect(active(stack)?.dataset['username']).toBe('p0')
    expect(named(stack)).toBe('9 people here')
  })

  it.each([
    ['Your session has ended', { connection }, {}],
    ['Who is here can’t be shown', { connection: { ...connection, status: 'refused' } }, {}],
    ['Nobody is chosen', {}, { contacts: false }],
    ['Team, Nobody is chosen', {}, { contacts: false, label: 'Team' }],
  ] as const)('its name says why: %s', async (name, state, properties) => {
    const stack = await mount(
      'avatar-stack',
      { state, auth: { own: false } },
      { contacts: true, ...properties },
    )
    await vi.waitFor(() => expect(plain(named(stack))).toBe(name))
    expect(stack.all('button, .ghost')).toHaveLength(0)
  })
})

describe.each([
  ['ltr', '{ArrowRight}', '{ArrowLeft}'],
  ['rtl', '{ArrowLeft}', '{ArrowRight}'],
] as const)('%s', (dir, forward, back) => {
  it('is one stop of Tab; arrows go along the faces as they are seen', async () => {
    const parent = document.body.appendChild(document.createElement('div'))
    parent.dir = dir
    const stack = await show(nine, {}, parent)
    expect(stack.all('.stack button').map(({ tabIndex }) => tabIndex)).toEqual([
      0, -1, -1, -1, -1, -1,
    ])
    stack.element.focus()
    await press(stack, forward)
    expect(active(stack)?.dataset['username']).toBe('p1')
    await press(stack, back)
    expect(active(stack)?.dataset['username']).toBe('p0')
    await press(stack, '{End}')
    expect(active(stack)).toBe(stack.one('[part=overflow]'))
    await press(stack, forward)
    expect(active(stack)).toBe(stack.one('[part=overflow]'))
    expect(stack.one('[part=overflow]').tabIndex).toBe(0)
    parent.remove()
  })

  it('fits into 320 pixels, and axe finds nothing', async () => {
    const parent = document.body.appendChild(document.createElement('div'))
    parent.dir = dir
    parent.style.inlineSize = '320px'
    for (const size of ['small', 'medium', 'large'] as const) {
      const stack = await show(crowd(60), { size, withCount: true }, parent)
      expect(stack.element.getBoundingClientRect().width).toBeLessThanOrEqual(320)
      expect(await findings(stack.element)).toEqual([])
    }
    parent.remove()
  })
})

it('[A11Y-8] the neighbour of who leaves has the focus', async () => {
  const stack = await show(nine.slice(0, 3))
  stack.all('.person')[1]!.focus()
  stack.client.set(presenceOf([nine[0]!, nine[2]!]))
  await drawn(stack.element)
  await vi.waitFor(() => expect(stack.all('.leaving')).toHaveLength(0))
  expect(active(stack)?.dataset['username']).toBe('p2')
})
