import type { ActivityState, ConnectionStatus } from '@collab-kit/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeActivity, joinedActivity, participantOf } from '../../../demo/fake-activity.ts'
import { serviceInfo, userOf } from '../../../demo/fake-client.ts'
import { drawn } from '../../../demo/mount.ts'
import type { ActivityRoomElement } from './activity-room.ts'
import './index.ts'
import '../collab-sign-in/index.ts'

const ends: (() => void)[] = []
beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) end()
})

/** A room that Ann and Bo are in. */
const room = async (properties: Partial<ActivityRoomElement> = {}, more = '') => {
  const activity = new FakeActivity()
  const users = { ann: userOf('ann', 'Ann'), bo: userOf('bo', 'Bo') }
  const given = joinedActivity([participantOf('ann'), participantOf('bo')])
  const client = activity.client('ann', {
    state: { users, service: serviceInfo, activities: { 'form/release': given } },
  })
  const join = activity.join.bind(activity)
  activity.join = () => {}
  const box = document.createElement('div')
  const element = document.createElement('activity-room')
  element.innerHTML = `<input data-collab-bind="title">${more}`
  Object.assign(element, { client, activityType: 'form', activityId: 'release', ...properties })
  box.append(element)
  document.body.append(box)
  ends.push(() => box.remove())
  await drawn(element)
  const root = element.shadowRoot as ShadowRoot
  return {
    box,
    element,
    field: element.querySelector('input') as HTMLInputElement,
    one: (selector: string) => root.querySelector<HTMLElement>(selector),
    change: async (change: Partial<ActivityState>) => {
      activity.change(client, change)
      await drawn(element)
    },
    connection: async (status: ConnectionStatus) => {
      client.connection(status)
      await drawn(element)
    },
    /** Whoever joins from now on is in. */
    let: () => (activity.join = join),
    /** What has the focus in the room. */
    inside: () => root.activeElement,
  }
}
type Room = Awaited<ReturnType<typeof room>>

const press = async ({ one, element }: Room, selector: string) => {
  await vi.waitFor(() => expect(one(selector)).not.toBeNull())
  one(selector)?.focus()
  await userEvent.keyboard('{Enter}')
  await drawn(element)
}

describe('the focus', () => {
  it.each<[string, (room: Room) => Promise<void>, string]>([
    [
      '“Stop” of whom one follows',
      async (room) => {
        room.element.follow('bo')
        await press(room, '.follow-note button')
      },
      'app',
    ],
    [
      '“Join again”',
      async (room) => {
        room.element.leave()
        room.let()
        await press(room, '.status button')
      },
      'app',
    ],
    [
      '“Join again” of the dialog',
      async (room) => {
        await room.change({ status: 'removed' })
        room.let()
        await press(room, '.dialog [part=notice-button]')
      },
      'app',
    ],
    [
      '“Close” of the dialog',
      async (room) => {
        await room.change({ status: 'ended' })
        await press(room, '[part=close-button]')
      },
      'app',
    ],
    [
      '“Try again”, and it works',
      async (room) => {
        await room.change({ status: 'refused' })
        room.let()
        await press(room, '.notice [part=notice-button]')
      },
      'app',
    ],
    [
      '“Try again”, and it is refused once more',
      async (room) => {
        await room.change({ status: 'refused' })
        await press(room, '.notice [part=notice-button]')
        await room.change({ status: 'joining' })
        await room.change({ status: 'refused' })
      },
      'notice-title text',
    ],
    [
      'what signs in',
      async (room) => {
        await room.connection('signed_out')
        await vi.waitFor(() => expect(room.one('collab-sign-in')).not.toBeNull())
        room.one('collab-sign-in')?.focus()
        await vi.waitFor(() => expect(room.inside()?.localName).toBe('collab-sign-in'))
        await room.connection('live')
      },
      'app',
    ],
    [
      '“Close” of the people',
      async (room) => {
        room.element.togglePeople()
        await press(room, '.people .icon-button')
      },
      'people-button',
    ],
  ])('[A11Y-8] is in the room after %s', async (_name, act, where) => {
    const shown = await room()
    await act(shown)
    expect(document.activeElement).toBe(shown.element)
    expect(shown.inside()?.className).toBe(where)
  })

  it.each<[string, (room: Room) => Promise<void>, string]>([
    ['nobody is signed in', ({ connection }) => connection('signed_out'), 'cover chrome'],
    ['the page is unknown', ({ connection }) => connection('refused'), 'notice-title text'],
    ['there is no room', ({ change }) => change({ status: 'full' }), 'notice-title text'],
    ['one may not be there', ({ change }) => change({ status: 'refused' }), 'notice-title text'],
  ])('[A11Y-8] goes from the content to what covers it because %s', async (_why, act, where) => {
    const shown = await room()
    shown.field.focus()
    await act(shown)
    await vi.waitFor(() => expect(shown.inside()?.className).toBe(where))
    expect(document.activeElement).toBe(shown.element)
  })

  it('stays elsewhere on the page when the content is covered', async () => {
    const { box, change } = await room()
    const other = box.appendChild(document.createElement('input'))
    other.focus()
    await change({ status: 'full' })
    expect(document.activeElement).toBe(other)
  })

  it('stays in a sidebar that has no room beside the content any more', async () => {
    const shown = await room({}, '<label slot="sidebar">Notes <input id="notes"></label>')
    const { box, element } = shown
    const notes = element.querySelector<HTMLElement>('#notes')
    const narrow = () => element.matches(':state(narrow)')
    box.style.inlineSize = '900px'
    await vi.waitFor(() => expect([narrow(), notes?.checkVisibility()]).toEqual([false, true]))
    notes?.focus()
    box.style.inlineSize = '400px'
    await vi.waitFor(() => expect(narrow()).toBe(true))
    await drawn(element)
    expect([notes?.checkVisibility(), document.activeElement]).toEqual([true, notes])
    shown.field.focus()
    box.style.inlineSize = '390px'
    await vi.waitFor(() => expect(notes?.checkVisibility()).toBe(false))
  })
})
