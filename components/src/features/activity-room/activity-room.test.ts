import type { ActivityState } from '@collab-kit/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeActivity, joinedActivity, participantOf } from '../../../demo/fake-activity.ts'
import { type FakeClient, userOf } from '../../../demo/fake-client.ts'
import { drawn } from '../../../demo/mount.ts'
import type { ActivityRoomElement } from './activity-room.ts'
import './index.ts'

const users = { ann: userOf('ann', 'Ann'), bo: userOf('bo', 'Bo') }
const CONTENT = `<form><label>Title <input data-collab-bind="form.title"></label>
  <output data-collab-bind="form.title"></output></form>`
const ends: (() => void)[] = []

/** A room on the page for one of those who share an activity. */
const room = async (
  client: FakeClient,
  properties: Partial<ActivityRoomElement> = {},
  content = CONTENT,
) => {
  const element = document.createElement('activity-room')
  element.innerHTML = content
  Object.assign(element, { client, activityType: 'form', activityId: 'release', ...properties })
  document.body.append(element)
  ends.push(() => element.remove())
  await drawn(element)
  const all = (selector: string) => [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
  ]
  const heard = (name: string) => {
    const details: unknown[] = []
    element.addEventListener(name, (event) => details.push((event as CustomEvent).detail))
    return details
  }
  return {
    element,
    client,
    all,
    heard,
    one: (selector: string) => {
      const [found] = all(selector)
      if (!found) throw new Error(`the room has no ${selector}`)
      return found
    },
    field: element.querySelector('input') as HTMLInputElement,
  }
}

const together = async () => {
  const activity = new FakeActivity()
  const ann = await room(activity.client('ann', { state: { users } }))
  const bo = await room(activity.client('bo', { state: { users } }))
  return { activity, ann, bo }
}

/** A room whose activity is as is said. */
const alone = async (
  state: Partial<ActivityState>,
  properties: Partial<ActivityRoomElement> = {},
) => {
  const activity = new FakeActivity()
  activity.join = () => {}
  const given = joinedActivity([participantOf('ann'), participantOf('bo')], state)
  const client = activity.client('ann', { state: { users, activities: { 'form/release': given } } })
  return { activity, ...(await room(client, properties)) }
}

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) end()
})

describe('two people', () => {
  it('fill in a form together', async () => {
    const { ann, bo } = await together()
    await userEvent.click(ann.field)
    await userEvent.keyboard('Notes')
    await vi.waitFor(() => expect(bo.field.value).toBe('Notes'))
    expect(bo.element.querySelector('output')?.value).toBe('Notes')
    expect(bo.element.shared).toEqual({ 'form.title': 'Notes' })
  })

  it('see who is in which field', async () => {
    const { ann, bo } = await together()
    await userEvent.click(ann.field)
    await vi.waitFor(() => expect(bo.all('.outline')).toHaveLength(1))
    expect(bo.one('.outline').textContent?.trim()).toBe('Ann')
    expect(bo.field.getAttribute('aria-description')).toBe('Being edited by \u2068Ann\u2069')
    const outline = bo.one('.outline').getBoundingClientRect()
    const field = bo.field.getBoundingClientRect()
    expect([outline.x, outline.y, outline.width]).toEqual([field.x, field.y, field.width])
    ann.field.blur()
    await vi.waitFor(() => expect(bo.all('.outline')).toHaveLength(0))
    expect(bo.field.hasAttribute('aria-description')).toBe(false)
  })

  it('[A11Y-65] who write in one field at once: nothing is replaced under the caret', async () => {
    const { activity, ann, bo } = await together()
    await userEvent.click(ann.field)
    await userEvent.keyboard('mine')
    await vi.waitFor(() => expect(activity.shared.get('form.title')?.value).toBe('mine'))
    activity.accept('form.title', 'theirs', 'bo')
    await vi.waitFor(() => expect(ann.all('.hint')).toHaveLength(1))
    expect([ann.field.value, ann.field.selectionStart]).toEqual(['mine', 4])
    expect(ann.one('.hint').innerText).toContain('\u2068Bo\u2069 changed this to:')
    expect(bo.field.value).toBe('theirs')
    ann.field.blur()
    await vi.waitFor(() => expect(ann.field.value).toBe('theirs'))
    expect(ann.all('.hint')).toEqual([])
  })

  it('who change a value at once both hear of it, and end with the same', async () => {
    const { activity, ann, bo } = await together()
    const conflicts = ann.heard('collab-state-conflict')
    activity.paused = true
    await userEvent.click(ann.field)
    await userEvent.keyboard('from Ann')
    await vi.waitFor(() => expect(ann.element.shared).toEqual({ 'form.title': 'from Ann' }))
    activity.accept('form.title', 'from Bo', 'bo')
    activity.resume()
    await vi.waitFor(() =>
      expect(conflicts).toEqual([
        { key: 'form.title', mine: 'from Ann', theirs: 'from Bo', by: 'bo' },
      ]),
    )
    await vi.waitFor(() => expect(bo.element.shared).toEqual({ 'form.title': 'from Ann' }))
    await vi.waitFor(() => expect(ann.one('.hint').innerText).toContain('from Bo'))
    ann.one('.hint .primary').click()
    await vi.waitFor(() => expect(bo.field.value).toBe('from Bo'))
    expect(ann.field.value).toBe('from Bo')
    expect(ann.all('.hint')).toEqual([])
  })

  it('leave a conflict to the page where the page wants it', async () => {
    const { activity, ann } = await together()
    ann.element.addEventListener('collab-state-conflict', (event) => event.preventDefault())
    activity.paused = true
    ann.element.setShared('form.title', 'from Ann')
    activity.accept('form.title', 'from Bo', 'bo')
    activity.resume()
    await drawn(ann.element)
    expect(ann.client.calls.filter(([name]) => name === 'resolve')).toEqual([])
    ann.element.resolve('form.title', 'theirs')
    expect(ann.client.calls).toContainEqual(['resolve', 'form.title', 'theirs'])
  })

  it('see a value that one takes away go', async () => {
    const { ann } = await together()
    ann.element.setShared('colour', 'teal')
    ann.element.removeShared('colour')
    expect(ann.client.calls).toContainEqual(['removeShared', 'colour'])
  })

  it('hear of each other’s changes, and their own', async () => {
    const { ann, bo } = await together()
    const [own, others] = [ann.heard('collab-state-change'), bo.heard('collab-state-change')]
    ann.element.setShared('colour', 'teal')
    await vi.waitFor(() => expect(others).toHaveLength(1))
    expect(own).toEqual([{ key: 'colour', value: 'teal', by: 'ann', local: true }])
    expect(others).toEqual([{ key: 'colour', value: 'teal', by: 'ann', local: false }])
  })

  it('hear who comes and goes', async () => {
    const { activity, ann } = await together()
    const came = ann.heard('collab-participant-join')
    const went = ann.heard('collab-participant-leave')
    const chidi = await room(activity.client('chidi'))
    await vi.waitFor(() => expect(came).toMatchObject([{ participant: { username: 'chidi' } }]))
    chidi.element.remove()
    activity.leave('chidi-3')
    await vi.waitFor(() => expect(went).toMatchObject([{ participant: { username: 'chidi' } }]))
  })
})

describe('following', () => {
  it('starts by name, and ends by the button', async () => {
    const { ann } = await together()
    const started = ann.heard('collab-follow-start')
    const stopped = ann.heard('collab-follow-stop')
    expect(ann.element.follow('nobody')).toBe(false)
    expect(ann.element.follow('ann')).toBe(false)
    expect(ann.element.follow('bo')).toBe(true)
    await vi.waitFor(() => expect(ann.all('.follow-frame')).toHaveLength(1))
    expect(started).toEqual([{ connectionId: 'bo-2', username: 'bo' }])
    ann.one('.follow-note button').click()
    await vi.waitFor(() => expect(stopped).toMatchObject([{ username: 'bo', reason: 'stopped' }]))
    expect(ann.all('.follow-frame')).toHaveLength(0)
  })

  it('ends by a press on the button as what it is', async () => {
    const { ann } = await together()
    const stopped = ann.heard('collab-follow-stop')
    ann.element.follow('bo')
    await vi.waitFor(() => expect(ann.all('.follow-note button')).toHaveLength(1))
    await userEvent.click(ann.one('.follow-note button'))
    await vi.waitFor(() => expect(ann.all('.follow-frame')).toEqual([]))
    expect(stopped).toMatchObject([{ username: 'bo', reason: 'stopped' }])
  })

  it('ends with what is written in the content', async () => {
    const { ann } = await together()
    const stopped = ann.heard('collab-follow-stop')
    ann.field.focus()
    ann.element.follow('bo')
    await vi.waitFor(() => expect(ann.all('.follow-frame')).toHaveLength(1))
    await userEvent.keyboard('x')
    await vi.waitFor(() => expect(stopped).toMatchObject([{ reason: 'own_input' }]))
  })

  it.each([
    [undefined, 0],
    ['page', 1],
  ] as const)('in one of two rooms with follow-scroll %s', async (followScroll, moves) => {
    const filler = '<div style="block-size: 3000px"></div>'
    const activity = new FakeActivity()
    const client = activity.client('ann', { state: { users } })
    const above = await room(activity.client('bo'), {}, filler)
    const below = await room(client, followScroll ? { followScroll } : {}, filler)
    const page = document.scrollingElement as HTMLElement
    vi.spyOn(window, 'matchMedia').mockImplementation((query) =>
      Object.assign(new EventTarget() as MediaQueryList, { matches: query.includes('reduce') }),
    )
    page.scrollTop = 0
    below.element.follow('bo')
    activity.show('bo-1', { viewport: { inline: 0, block: 1 } })
    await drawn(below.element)
    expect(Math.sign(page.scrollTop)).toBe(moves)
    expect(above.element.isConnected).toBe(true)
    page.scrollTop = 0
  })

  it('starts with the attribute, as soon as the person is there', async () => {
    const activity = new FakeActivity()
    const ann = await room(activity.client('ann', { state: { users } }), { following: 'bo' })
    expect(ann.all('.follow-frame')).toHaveLength(0)
    await room(activity.client('bo'))
    await vi.waitFor(() => expect(ann.all('.follow-frame')).toHaveLength(1))
  })

  it('ends when whoever is followed leaves', async () => {
    const { activity, ann } = await together()
    const stopped = ann.heard('collab-follow-stop')
    ann.element.follow('bo')
    await vi.waitFor(() => expect(ann.all('.follow-frame')).toHaveLength(1))
    activity.leave('bo-2')
    await vi.waitFor(() => expect(stopped).toMatchObject([{ reason: 'left' }]))
  })
})

describe('the activity', () => {
  it('is opened with what the element says of it, and conflicts are asked about', async () => {
    const activity = new FakeActivity()
    const create = { ephemeral: true, title: 'Plan' }
    await room(activity.client('ann'), { create, lurk: true })
    expect(activity.opened).toEqual([{ lurk: true, create, conflicts: 'ask' }])
  })

  it('can be left and joined again', async () => {
    const { activity, ann } = await together()
    ann.element.leave()
    await drawn(ann.element)
    expect(activity.members[0]?.open).toBe(0)
    expect(ann.one('.status').innerText).toContain('You are not in this activity')
    ann.one('.status button').click()
    expect(activity.members[0]?.open).toBe(1)
  })

  it.each([
    ['full', {}, 'There is no room right now'],
    ['refused', { error: { code: 'forbidden' } }, 'You can’t open this activity'],
    ['refused', { error: { code: 'not_found' } }, 'There is no such activity'],
    ['removed', { reason: 'Off topic' }, 'Reason: \u2068Off topic\u2069'],
    ['removed', { permission: true }, 'You are not allowed to be here any more.'],
    ['ended', {}, 'This has ended'],
  ] as const)('that is %s says so: %o', async (status, more, text) => {
    const shown = await alone({ status, ...more } as Partial<ActivityState>)
    expect(shown.one('.cover').innerText).toContain(text)
    expect(shown.one('.app').inert).toBe(true)
  })

  it('that cannot be changed by this person says so at the field', async () => {
    const shown = await alone({
      activity: { ...new FakeActivity().activity, permissions: ['join'] },
    })
    await userEvent.click(shown.field)
    await userEvent.keyboard('x')
    await vi.waitFor(() => expect(shown.one('.hint').innerText).toContain('not change it'))
    expect(shown.field.value).toBe('')
    expect(shown.element.matches(':state(readonly)')).toBe(true)
  })

  it('is told of when one is put out, with the reason', async () => {
    const { activity, ann } = await together()
    const removed = ann.heard('collab-removed')
    activity.change(ann.client, { status: 'removed', reason: 'Off topic' })
    await drawn(ann.element)
    expect(removed).toEqual([{ reason: 'Off topic', permission: false }])
  })
})

describe('without a sign-in', () => {
  it('the form stands before the content', async () => {
    const { activity, client, all, one } = await alone({ status: 'joining' })
    void activity
    client.connection('signed_out')
    await vi.waitFor(() => expect(all('collab-sign-in')).toHaveLength(1))
    expect(one('.app').inert).toBe(true)
  })
})

describe('beside the content', () => {
  const button = ({ one }: Awaited<ReturnType<typeof alone>>) => one('[part=sidebar-button]')
  const isShown = ({ one }: Awaited<ReturnType<typeof alone>>) => one('.sidebar').checkVisibility()

  it('stands the chat that is named after the activity', async () => {
    const shown = await alone({}, { withChat: true, sidebar: 'open' })
    expect(shown.one('collab-chat')).toMatchObject({ chatId: 'form.release' })
    expect(button(shown).ariaLabel).toBe('Chat')
  })

  it('the chat has the name that the page gives it, and so has its button', async () => {
    const shown = await alone({}, { withChat: true, sidebar: 'open', chatLabel: 'Questions' })
    expect(shown.one('collab-chat')).toMatchObject({ label: 'Questions' })
    expect(button(shown).ariaLabel).toBe('Questions')
  })

  it('is what the page or the person wants, and the button says what there is', async () => {
    const shown = await alone({}, { withChat: true, sidebar: 'closed' })
    const { element } = shown
    const state = () => [
      isShown(shown),
      element.matches(':state(sidebar)'),
      button(shown).ariaExpanded,
      element.getAttribute('sidebar'),
    ]
    expect(state()).toEqual([false, false, 'false', 'closed'])
    button(shown).click()
    await drawn(element)
    expect(state()).toEqual([true, true, 'true', 'open'])
    element.setAttribute('sidebar', 'closed')
    await drawn(element)
    expect(state()).toEqual([false, false, 'false', 'closed'])
  })

  it('is nothing while nobody is signed in', async () => {
    const shown = await alone({ status: 'joining' }, { withChat: true, sidebar: 'open' })
    shown.client.connection('signed_out')
    await vi.waitFor(() => expect(shown.all('[part=sidebar-button]')).toEqual([]))
    expect(isShown(shown)).toBe(false)
  })

  it('without a chat is the page’s own, by a button that says so', async () => {
    const shown = await alone({}, { sidebar: 'open' })
    expect(shown.all('[part=sidebar-button]')).toEqual([])
    shown.element.insertAdjacentHTML('beforeend', '<p slot="sidebar">Own</p>')
    await vi.waitFor(() => expect(button(shown).ariaLabel).toBe('Sidebar'))
    expect(isShown(shown)).toBe(true)
  })
})
