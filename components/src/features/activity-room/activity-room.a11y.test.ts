import type { ActivityState, CollabState } from '@collab-kit/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { FakeActivity } from '../../../demo/fake-activity.ts'
import { drawn } from '../../../demo/mount.ts'
import { roomScenes } from '../../../demo/room-scenes.ts'
import { listen } from '../../../demo/spoken.ts'
import type { ActivityRoomElement } from './activity-room.ts'
import './index.ts'
import '../collab-chat/index.ts'

const CONTENT = `<h2>Plan</h2><label>Title <input data-collab-bind="form.title"></label>
  <section data-collab-anchor="costs" aria-label="Costs"><button id="own">Own</button></section>`

/** A scene on the page. */
const show = async (name = 'full', properties: Partial<ActivityRoomElement> = {}) => {
  const element = document.createElement('activity-room')
  const client = roomScenes[name]?.(element)
  element.innerHTML = CONTENT
  Object.assign(element, { activityType: 'form', activityId: 'release', ...properties })
  document.body.append(element)
  ends.push(() => element.remove())
  await drawn(element)
  const root = element.shadowRoot as ShadowRoot
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)]
  const change = async (state: Partial<ActivityState>) => {
    const before = client?.store.getState().activities['form/release']
    client?.set({ activities: { 'form/release': { ...before, ...state } } } as Partial<CollabState>)
    await drawn(element)
  }
  return {
    element,
    client,
    root,
    all,
    change,
    one: (selector: string) => root.querySelector(selector) as HTMLElement,
    field: element.querySelector('input') as HTMLInputElement,
  }
}
const ends: (() => void)[] = []
const press = async (keys: string) => {
  await userEvent.keyboard(keys)
}

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) end()
})

describe.each(Object.keys(roomScenes))('the scene %s', (name) => {
  it('[A11Y-1] has nothing for axe to find', async () => {
    const { element } = await show(name)
    const animations = element.shadowRoot?.getAnimations() ?? []
    const ending = animations.filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
    await Promise.all(ending.map(({ finished }) => finished))
    expect(await findings(element)).toEqual([])
  })
})

describe('the host', () => {
  it('[A11Y-3] says nothing about itself that the page did not say', async () => {
    const { element, change } = await show()
    await change({ status: 'ended' })
    expect(element.getAttributeNames()).toEqual([])
  })

  it('[A11Y-10] has its live regions, empty, from the first rendering on', async () => {
    const { all } = await show('connecting')
    expect(all('.base > [aria-live]').map(({ textContent }) => textContent)).toEqual(['', ''])
  })

  it('[A11Y-32] is a region with the name of the activity, or the page’s own', async () => {
    const { element, one } = await show()
    expect(one('[role=region]').ariaLabel).toBe('Release notes')
    element.label = 'Our plan'
    await drawn(element)
    expect(one('[role=region]').ariaLabel).toBe('Our plan')
    expect(one('.title').ariaLevel).toBe('2')
  })

  it('[A11Y-29] is busy until one is in it', async () => {
    const { one, change } = await show('connecting')
    expect(one('.toolbar').ariaBusy).toBe('true')
    await change({ status: 'joined', activity: new FakeActivity().activity })
    expect(one('.toolbar').ariaBusy).toBe('false')
  })
})

describe('the content', () => {
  it('[A11Y-62] is left as the page made it', async () => {
    const { element, change, field } = await show()
    const parts = [...element.children]
    await change({ status: 'ended' })
    await change({ status: 'joined' })
    expect([...element.children]).toEqual(parts)
    element.remove()
    field.value = ''
    expect(element.innerHTML).toBe(CONTENT)
  })

  it('[A11Y-62] can be clicked through all that stands over it', async () => {
    const { element, one, all } = await show('following')
    expect(one('.overlay').ariaHidden).toBe('true')
    expect(all('.overlay :is(button, a, [tabindex])')).toEqual([])
    const own = element.querySelector('#own') as HTMLElement
    const { x, y, width, height } = own.getBoundingClientRect()
    expect(document.elementFromPoint(x + width / 2, y + height / 2)).toBe(own)
  })
})

describe('where everybody is', () => {
  it('[A11Y-63] is told on demand: who, and what they do', async () => {
    const { element, field, all, root } = await show('full', {})
    field.focus()
    await press('{Alt>}{Shift>}p{/Shift}{/Alt}')
    await drawn(element)
    expect(root.activeElement?.id).toBe('people-title')
    const rows = all('.people li').map((row) =>
      [...row.querySelectorAll('.name, .doing')].map((each) => each.textContent?.trim()),
    )
    expect(rows).toContainEqual(['Chidi Okafor', 'Following you'])
    expect(rows).toContainEqual(['مينا حسن', 'Editing \u2068Title\u2069'])
    expect(rows).toContainEqual(['\u2068Ann Kowalska\u2069 (you)', 'Here'])
  })

  it('[A11Y-63] names the part of the content that somebody points at', async () => {
    const { element, client, change, all } = await show('full', {})
    const participants = client?.store.getState().activities['form/release']?.participants ?? {}
    const max = participants['max-1']
    if (!max) throw new Error('Max is not in the scene')
    const cursor = { anchor: 'costs', inline: 0.1, block: 0.1 }
    await change({ participants: { ...participants, 'max-1': { ...max, state: { cursor } } } })
    element.togglePeople()
    await drawn(element)
    expect(all('.doing').at(-1)?.textContent).toBe('At \u2068Costs\u2069')
  })

  it('[A11Y-9] is closed by Escape, which leads back to the button', async () => {
    const { element, root, all } = await show()
    element.togglePeople()
    await drawn(element)
    await press('{Escape}')
    await drawn(element)
    expect(all('.people')).toEqual([])
    expect(root.activeElement?.id).toBe('people-button')
  })

  it('[A11Y-25] is not opened by keys where the page has them off', async () => {
    const { element, field, all, one } = await show('full', { shortcuts: 'off' })
    field.focus()
    await press('{Alt>}{Shift>}p{/Shift}{/Alt}')
    await drawn(element)
    expect(all('.people')).toEqual([])
    expect(one('#people-button').getAttribute('aria-keyshortcuts')).toBeNull()
  })
})

describe('following', () => {
  const follow = async () => {
    const shown = await show()
    const spoken = listen(shown.element)
    shown.field.focus()
    shown.element.follow('bo')
    await vi.waitFor(() => expect(shown.all('.follow-frame')).toHaveLength(1))
    return { ...shown, spoken }
  }

  it('[A11Y-64] is said as it begins and ends, and moves no focus', async () => {
    const { element, field, spoken, all } = await follow()
    await vi.waitFor(() =>
      expect(spoken.all).toContain('polite: Following \u2068Bo Lindqvist\u2069. Escape stops it.'),
    )
    expect(document.activeElement).toBe(field)
    await press('{Escape}')
    await vi.waitFor(() =>
      expect(spoken.all).toContain('polite: No longer following \u2068Bo Lindqvist\u2069.'),
    )
    await drawn(element)
    expect(document.activeElement).toBe(field)
    expect(all('.follow-frame')).toEqual([])
  })

  it.each(['wheel', 'touchstart', 'pointerdown'])('[A11Y-64] is ended by %s', async (type) => {
    const { element, all } = await follow()
    const reasons: string[] = []
    element.addEventListener('collab-follow-stop', ({ detail }) => reasons.push(detail.reason))
    const how = { bubbles: true, composed: true, clientX: 1, clientY: 1 }
    element.querySelector('h2')?.dispatchEvent(new PointerEvent(type, how))
    await vi.waitFor(() => expect(all('.follow-frame')).toEqual([]))
    expect(reasons).toEqual(['own_input'])
  })

  it('[A11Y-64] has a button that ends it, with the name', async () => {
    const { one } = await follow()
    expect(one('.follow-note button').ariaLabel).toBe('Stop following \u2068Bo Lindqvist\u2069')
  })
})

describe('a field that somebody else changes', () => {
  const held = async () => {
    const shown = await show('full')
    const spoken = listen(shown.element)
    shown.field.focus()
    const shared = shown.client?.store.getState().activities['form/release']?.shared
    await shown.change({
      shared: { ...shared, 'form.title': { value: 'Theirs', version: 9, by: 'bo' } },
    })
    return { ...shown, spoken }
  }

  it('[A11Y-65] is not replaced, and it is said once they pause', async () => {
    const { field, spoken } = await held()
    expect(field.value).toBe('Release notes 3.2')
    const text =
      'polite: \u2068Bo Lindqvist\u2069 changed this field to \u2068Theirs\u2069. Alt+Shift+U leads to the choice.'
    await vi.waitFor(() => expect(spoken.all).toContain(text), 3000)
  })

  it('[A11Y-65] has a choice that the keyboard reaches and leaves', async () => {
    const { element, field, root, all } = await held()
    await press('{Alt>}{Shift>}u{/Shift}{/Alt}')
    expect(root.activeElement?.textContent?.trim()).toBe('Use theirs')
    await press('{Escape}')
    expect(document.activeElement).toBe(field)
    await press('{Alt>}{Shift>}u{/Shift}{/Alt}')
    await press('{Enter}')
    await drawn(element)
    expect(field.value).toBe('Theirs')
    expect(document.activeElement).toBe(field)
    expect(all('.hint')).toEqual([])
  })

  it('[A11Y-31] keeps the choice for as long as it takes', async () => {
    const { all, element } = await held()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date'] })
    vi.advanceTimersByTime(3_600_000)
    vi.useRealTimers()
    await drawn(element)
    expect(all('.hint')).toHaveLength(1)
  })
})

describe('the parts of a room', () => {
  it('[A11Y-66] follow each other by Control+F6, around the end and back', async () => {
    const { element, root, field, one } = await show('chat', { regionKeys: true })
    if (element.matches(':state(narrow)')) one('[part=sidebar-button]').click()
    await drawn(element)
    const where = () =>
      document.activeElement === element
        ? (root.activeElement?.localName ?? 'none')
        : document.activeElement === field
          ? 'field'
          : 'outside'
    field.focus()
    const seen: string[] = []
    for (let step = 0; step < 3; step++) {
      await press('{Control>}{F6}{/Control}')
      seen.push(where())
    }
    expect(seen).toEqual(['collab-chat', 'button', 'field'])
    await press('{Control>}{Shift>}{F6}{/Shift}{/Control}')
    expect(where()).toBe('button')
  })

  it('[A11Y-66] leave the key alone where the page has not asked for it', async () => {
    const { field } = await show()
    field.focus()
    await press('{Control>}{F6}{/Control}')
    expect(document.activeElement).toBe(field)
  })
})

describe('being out', () => {
  it.each([
    ['removed', 'You were removed'],
    ['ended', 'This has ended'],
  ] as const)(
    '[A11Y-67] because one is %s comes as an alert with the focus',
    async (status, title) => {
      const { change, field, root, one } = await show()
      field.focus()
      await change({ status })
      expect(root.activeElement?.textContent?.trim()).toBe(title)
      expect(one('.dialog').role).toBe('alertdialog')
      expect(one('.dialog').getAttribute('aria-describedby')).toBe('notice-text')
    },
  )

  it('[A11Y-67] does not take the focus from elsewhere on the page', async () => {
    const { change, element } = await show()
    const other = document.body.appendChild(document.createElement('input'))
    ends.push(() => other.remove())
    const spoken = listen(element)
    other.focus()
    await change({ status: 'ended' })
    expect(document.activeElement).toBe(other)
    await vi.waitFor(() => expect(spoken.all).toContain('assertive: This has ended'))
  })

  it('[A11Y-8] leads the focus into the content when it is closed', async () => {
    const { change, element, field, root, one } = await show()
    field.focus()
    await change({ status: 'ended' })
    one('.dialog .link').click()
    await drawn(element)
    expect(root.activeElement?.className).toBe('app')
  })
})
