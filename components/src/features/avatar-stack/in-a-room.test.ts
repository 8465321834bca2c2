import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { drawn, mount, unmountAll } from '../../../demo/mount.ts'
import { presenceOf } from '../../../demo/presence-people.ts'
import { roomScenes } from '../../../demo/room-scenes.ts'
import '../activity-room/index.ts'
import './index.ts'

const rooms: Element[] = []

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  vi.restoreAllMocks()
  unmountAll()
  for (const room of rooms.splice(0)) room.remove()
})

it('[A11Y-9] one press of Escape closes the tooltip alone, the next one ends the following', async () => {
  const room = document.createElement('activity-room')
  rooms.push(room)
  roomScenes['full']?.(room)
  Object.assign(room, { activityType: 'form', activityId: 'release' })
  document.body.append(room)
  const stack = await mount(
    'avatar-stack',
    { parent: room, state: presenceOf([{ username: 'bo', name: 'Bo' }]) },
    { contacts: true, self: 'hidden' },
  )
  await drawn(room)
  expect(room.follow('bo')).toBe(true)
  const frames = () => room.shadowRoot?.querySelectorAll('.follow-frame').length
  await vi.waitFor(() => expect(frames()).toBe(1))
  const tip = stack.one('[part~=tooltip]')
  await userEvent.hover(stack.one('.person'))
  await vi.waitFor(() => expect(tip.matches(':popover-open')).toBe(true))
  await userEvent.keyboard('{Escape}')
  await drawn(room)
  expect(tip.matches(':popover-open')).toBe(false)
  expect(frames()).toBe(1)
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(frames()).toBe(0))
})
