import { CollabError } from '@collab-kit/client/base'
import type { OwnPresence } from '@collab-kit/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { type FakeOptions, serviceInfo } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { presenceOf } from '../../../demo/presence-people.ts'
import './index.ts'
import type { PresenceStatusElement } from './presence-status.ts'

type Status = Mounted<PresenceStatusElement>

const own = (more: Partial<OwnPresence> = {}): OwnPresence => ({
  state: 'available',
  showLastSeen: true,
  ...more,
})

/** With a service that takes everything, unless told otherwise. */
async function show(
  said: OwnPresence = own(),
  options: Partial<FakeOptions> & { parent?: Element } = {},
): Promise<Status> {
  const status: Status = await mount('presence-status', {
    setPresence: async ({ state, ...changes }) => {
      const next = { ...said, ...(state && { state }) }
      if (changes.status) next.status = changes.status
      if (changes.status === null) delete next.status
      status.client.set(presenceOf([], { own: next }))
      return next
    },
    ...options,
    state: { ...presenceOf([], { own: said }), ...options.state },
  })
  return status
}
const button = (status: Status) => status.one('[part=button]')
/** The name of the button. */
const heard = (status: Status) => {
  const silent = button(status).querySelector('[aria-hidden] .state')
  expect(silent).not.toBeNull()
  return status.one('.own > .hidden').textContent.replaceAll(/[\u2068\u2069]/g, '')
}
const menu = (status: Status) => status.one('[part=menu]')
const isOpen = (status: Status) =>
  status.all('[part=menu]').some((each) => each.matches(':popover-open'))
const open = async (status: Status) => {
  await userEvent.click(button(status))
  await vi.waitFor(() => expect(isOpen(status)).toBe(true))
  await drawn(status.element)
}
/** It has come to rest. */
const still = (element: Element) =>
  Promise.all(element.getAnimations().map(({ finished }) => finished))
const changes = (status: Status) =>
  status.client.calls.filter(([name]) => name === 'setPresence').map(([, given]) => given)
const active = (status: Status) => status.element.shadowRoot?.activeElement as HTMLInputElement

afterEach(() => {
  vi.useRealTimers()
  unmountAll()
})

describe('one’s own status', () => {
  it('is shown in words, and follows what is said on another device', async () => {
    const status = await show(own({ state: 'dnd', status: 'In a meeting' }))
    expect(status.one('[part=state]').innerText).toBe('Do not disturb')
    expect(status.one('[part=status]').innerText).toBe('In a meeting')
    expect(heard(status)).toBe('Your status, Do not disturb, In a meeting')
    status.client.set(presenceOf([], { own: own({ state: 'away' }) }))
    await drawn(status.element)
    expect(heard(status)).toBe('Your status, Away')
  })

  it('is not known until the service has said it', async () => {
    const status = await mount('presence-status', {})
    expect(status.element.matches(':state(loading)')).toBe(true)
    expect(status.client.calls).toEqual([['watch', { usernames: ['ann'] }]])
    await userEvent.click(button(status), { force: true })
    expect(isOpen(status)).toBe(false)
    status.client.set(presenceOf([], { own: own() }))
    await drawn(status.element)
    expect(status.element.matches(':state(ready)')).toBe(true)
  })

  it('is chosen among four, shown at once, and sent when the choice rests', async () => {
    const status = await show()
    const told: string[] = []
    status.element.addEventListener('collab-presence-changed', ({ detail }) =>
      told.push(detail.state),
    )
    await open(status)
    expect(active(status).value).toBe('available')
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    await drawn(status.element)
    expect(button(status).innerText).toContain('Do not disturb')
    await vi.waitFor(() => expect(changes(status)).toEqual([{ state: 'dnd' }]))
    await vi.waitFor(() => expect(told).toEqual(['dnd']))
    expect(isOpen(status)).toBe(true)
  })

  it('is sent at once where the menu closes before', async () => {
    const status = await show()
    await open(status)
    await userEvent.keyboard('{ArrowDown}{Escape}')
    await vi.waitFor(() => expect(changes(status)).toEqual([{ state: 'away' }]))
  })

  it('is taken back where the service refuses it, with a word and an event', async () => {
    const status = await show(own(), {
      setPresence: async () => {
        throw new CollabError('rate_limited')
      },
    })
    const told: string[] = []
    status.element.addEventListener('collab-error', ({ detail }) => told.push(detail.code))
    await open(status)
    await userEvent.keyboard('{ArrowDown}')
    await vi.waitFor(() => expect(status.all('[role=alert] [part=error]')).toHaveLength(1))
    expect(told).toEqual(['rate_limited'])
    expect(button(status).innerText).toContain('Online')
    expect(status.one<HTMLInputElement>('input[value=available]').checked).toBe(true)
  })
})

describe('a status text', () => {
  it.each([
    ['after30min', 30],
    ['after4h', 240],
    ['afterNever', undefined],
  ] as const)('is said with the time after which it goes: %s', async (expiry, minutes) => {
    const status = await show()
    await open(status)
    await userEvent.fill(status.one('#status'), '  Out for lunch ')
    await userEvent.selectOptions(status.one('#expiry'), expiry)
    await userEvent.click(status.one('[part=save-button]'))
    await vi.waitFor(() => expect(isOpen(status)).toBe(false))
    const [given] = changes(status) as [{ status: string; statusExpiresAt: string | null }]
    expect(given.status).toBe('Out for lunch')
    const left = given.statusExpiresAt && new Date(given.statusExpiresAt).getTime() - Date.now()
    expect(left === null ? undefined : Math.ceil(Number(left) / 60_000)).toBe(minutes)
    expect(active(status)).toBe(button(status))
  })

  it('[A11Y-8] that is taken away by keys leaves the focus in the menu until that closes', async () => {
    let take = () => {}
    const status: Status = await show(own({ status: 'In a meeting' }), {
      setPresence: async () => {
        await new Promise<void>((resolve) => (take = resolve))
        return own()
      },
    })
    await open(status)
    status.one('[part=clear-button]').focus()
    await userEvent.keyboard('{Enter}')
    // What was said on another device comes before the answer.
    status.client.set(presenceOf([], { own: own() }))
    await drawn(status.element)
    expect(status.all('[part=clear-button]')).toHaveLength(0)
    expect(active(status).id).toBe('status')
    take()
    await vi.waitFor(() => expect(isOpen(status)).toBe(false))
    expect(active(status)).toBe(button(status))
  })

  it('tells until when it stands, and is taken away with one button', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const status = await show(own({ status: 'In a meeting', statusExpiresAt: at }))
    await open(status)
    expect(menu(status).innerText).toContain('Until')
    await userEvent.click(status.one('[part=clear-button]'))
    await vi.waitFor(() => expect(isOpen(status)).toBe(false))
    expect(changes(status)).toEqual([{ status: null, statusExpiresAt: null }])
    await drawn(status.element)
    expect(status.all('[part=status]')).toHaveLength(0)
  })

  it('[A11Y-30] that is too long is told at its field, which has the focus', async () => {
    const status = await show()
    await open(status)
    await userEvent.fill(status.one('#status'), 'x'.repeat(161))
    await userEvent.keyboard('{Enter}')
    await drawn(status.element)
    expect(active(status).id).toBe('status')
    expect(active(status).ariaInvalid).toBe('true')
    const described = active(status).getAttribute('aria-describedby') ?? ''
    expect(status.element.shadowRoot?.getElementById(described)?.innerText).toContain('160')
    expect(changes(status)).toEqual([])
  })

  it('stays to be sent again where the service refused it', async () => {
    const status = await show(own(), {
      setPresence: async () => {
        throw new CollabError('unavailable')
      },
    })
    await open(status)
    await userEvent.fill(status.one('#status'), 'Lunch')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(status.all('[part=error]')).toHaveLength(1))
    expect(isOpen(status)).toBe(true)
    expect(status.one<HTMLInputElement>('#status').value).toBe('Lunch')
  })
})

describe('where nothing can be said', () => {
  const connection = { status: 'signed_out', since: 0, attempt: 0 } as const
  const opens = (status: Status) =>
    vi.waitFor(() => expect(status.one('[part=sign-in]').matches(':popover-open')).toBe(true))

  it('[A11Y-9] a button leads to the sign-in, which takes the focus; Escape closes it and it returns', async () => {
    const status = await mount('presence-status', { state: { connection, service: serviceInfo } })
    expect(status.element.matches(':state(signed-out)')).toBe(true)
    const way = await vi.waitFor(() => status.one('[part=sign-in-button]'))
    expect(way.innerText).toBe('Sign in')
    status.element.focus()
    await userEvent.keyboard('{Enter}')
    await opens(status)
    expect(status.one('[part=sign-in]').ariaLabel).toBe('Sign in')
    await vi.waitFor(() => expect(active(status).localName).toBe('collab-sign-in'))
    await drawn(status.element)
    expect(way.ariaExpanded).toBe('true')
    await still(status.one('[part=sign-in]'))
    expect(await findings(status.element)).toEqual([])
    await userEvent.keyboard('{Escape}')
    expect(active(status)).toBe(way)
  })

  it('who signed in there has the focus on their status', async () => {
    const status = await mount('presence-status', { state: { connection, service: serviceInfo } })
    await userEvent.click(await vi.waitFor(() => status.one('[part=sign-in-button]')))
    await opens(status)
    await vi.waitFor(() => expect(active(status).localName).toBe('collab-sign-in'))
    await userEvent.keyboard('Ann{Enter}')
    await vi.waitFor(() =>
      expect(status.client.calls).toContainEqual(['continueAsGuest', { displayName: 'Ann' }]),
    )
    status.client.set(presenceOf([], { own: own() }))
    status.client.connection('live')
    await drawn(status.element)
    expect(status.all('collab-sign-in')).toHaveLength(0)
    expect(active(status)).toBe(button(status))
    expect(heard(status)).toBe('Your status, Online')
  })

  it.each([
    ['signed-out', { state: { connection }, auth: { own: false } }, 'Your session has ended'],
    [
      'error',
      { state: { connection: { ...connection, status: 'refused' } } },
      'The service did not answer as it should.',
    ],
  ] as const)('the button says why: :state(%s)', async (state, options, reason) => {
    const status = await mount('presence-status', options)
    expect(status.element.matches(`:state(${state})`)).toBe(true)
    expect(button(status).ariaDisabled).toBe('true')
    await vi.waitFor(() => expect(heard(status)).toBe(`Your status, Not connected, ${reason}`))
    expect(button(status).innerText).toContain(reason)
    expect(status.all('[part=sign-in-button]')).toHaveLength(0)
  })
})

describe('with the keyboard alone', () => {
  it('[A11Y-9] the menu takes the focus, Escape closes it, the focus returns', async () => {
    const status = await show(own({ state: 'away' }))
    status.element.focus()
    expect(button(status).ariaExpanded).toBe('false')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(isOpen(status)).toBe(true))
    await drawn(status.element)
    expect(button(status).ariaExpanded).toBe('true')
    expect(active(status).value).toBe('away')
    await userEvent.keyboard('{Tab}')
    expect(active(status).id).toBe('status')
    await userEvent.keyboard('{Escape}')
    await drawn(status.element)
    expect(active(status)).toBe(button(status))
    expect(button(status).ariaExpanded).toBe('false')
  })
})

describe.each(['ltr', 'rtl'] as const)('in 320 pixels, %s', (dir) => {
  it('nothing runs out at the side, and axe finds nothing', async () => {
    const parent = document.body.appendChild(document.createElement('div'))
    parent.dir = dir
    parent.style.inlineSize = '240px'
    const status = await show(
      own({ state: 'dnd', status: 'A status that is longer than anybody would have planned for' }),
      { parent },
    )
    expect(button(status).getBoundingClientRect().width).toBeLessThanOrEqual(240)
    await open(status)
    await still(menu(status))
    const box = menu(status).getBoundingClientRect()
    expect(box.left).toBeGreaterThanOrEqual(0)
    expect(menu(status).scrollWidth).toBeLessThanOrEqual(menu(status).clientWidth)
    expect(await findings(status.element)).toEqual([])
    parent.remove()
  })
})
