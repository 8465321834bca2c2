import type { ActivityParticipant } from '@collab-kit/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeActivity, participantOf } from '../../../demo/fake-activity.ts'
import { drawn } from '../../../demo/mount.ts'
import { listen } from '../../../demo/spoken.ts'
import './index.ts'

const connection = (username: string, connectionId: string): ActivityParticipant =>
  participantOf(username, {}, { connectionId, local: connectionId === 'ann-1' })

describe('who comes and goes', () => {
  const ends: (() => void)[] = []
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => {
    vi.useRealTimers()
    for (const end of ends.splice(0)) end()
  })

  /** What is said when these are there, one after the other. */
  const told = async (...scenes: ActivityParticipant[][]) => {
    const activity = new FakeActivity()
    activity.join = () => {}
    const element = document.createElement('activity-room')
    const client = activity.client('ann')
    Object.assign(element, { client, activityType: 'form', activityId: 'release' })
    document.body.append(element)
    ends.push(() => element.remove())
    await drawn(element)
    const spoken = listen(element)
    for (const participants of scenes) {
      activity.change(client, {
        status: 'joined',
        activity: activity.activity,
        participants: Object.fromEntries(participants.map((each) => [each.connectionId, each])),
      })
      await drawn(element)
    }
    vi.advanceTimersByTime(6_000)
    return spoken.all.map((text) => text.replaceAll(/[\u2068\u2069]/g, ''))
  }
  const ann = connection('ann', 'ann-1')
  const bo = connection('bo', 'bo-1')

  it('is told by name', async () => {
    expect(await told([ann], [ann, bo])).toEqual(['polite: Joined: bo'])
    expect(await told([ann, bo], [ann])).toEqual(['polite: Left: bo'])
  })

  it.each<[string, ActivityParticipant[][]]>([
    ['one’s own other page that comes', [[ann], [ann, connection('ann', 'ann-2')]]],
    ['one’s own other page that goes', [[ann, connection('ann', 'ann-2')], [ann]]],
    [
      'another page of somebody who is there',
      [
        [ann, bo],
        [ann, bo, connection('bo', 'bo-2')],
      ],
    ],
    [
      'the first page of somebody who stays on another one',
      [
        [ann, bo, connection('bo', 'bo-2')],
        [ann, connection('bo', 'bo-2')],
      ],
    ],
    [
      'somebody who loads the page again',
      [
        [ann, bo],
        [ann, connection('bo', 'bo-2')],
      ],
    ],
  ])('is not told of %s', async (_name, scenes) => {
    expect(await told(...scenes)).toEqual([])
  })
})
