import { afterEach, expect, it, vi } from 'vitest'
import { FakeActivity, joinedActivity, participantOf } from '../../../demo/fake-activity.ts'
import { drawn } from '../../../demo/mount.ts'
import './index.ts'

const boxes: HTMLElement[] = []
afterEach(() => {
  for (const box of boxes.splice(0)) box.remove()
})

it.each([
  ['around its content', '', '<p>Content</p>'],
  ['beside its content', '<p>Content</p>', ''],
])(
  'an element %s that is out of sight starts once it can be seen',
  async (_how, around, inside) => {
    const activity = new FakeActivity()
    activity.join = () => {}
    const bo = participantOf('bo', { cursor: { inline: 0.5, block: 0.5 } })
    const given = joinedActivity([participantOf('ann'), bo])
    const client = activity.client('ann', { state: { activities: { 'form/release': given } } })
    const element = document.createElement('live-cursors')
    Object.assign(element, { client, activityType: 'form', activityId: 'release' })
    element.innerHTML = inside
    const box = document.createElement('div')
    box.style.cssText = 'display: none; position: relative; inline-size: 400px'
    box.innerHTML = around
    box.append(element)
    document.body.append(box)
    boxes.push(box)
    await drawn(element)
    const cursors = () => element.renderRoot.querySelectorAll('.cursor').length
    expect(cursors()).toBe(0)
    box.style.display = 'block'
    await vi.waitFor(() => expect(cursors()).toBe(1))
  },
)
