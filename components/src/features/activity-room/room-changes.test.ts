import type { ActivityState } from '@collab-kit/client'
import { describe, expect, it } from 'vitest'
import { RoomWatch } from './room-changes.ts'

const room = (state: Partial<ActivityState>): ActivityState => ({
  type: 'form',
  id: 'release',
  status: 'joined',
  participants: {},
  shared: {},
  conflicts: {},
  refused: {},
  ...state,
})

describe('what has changed in a room', () => {
  it('is nothing of what was there before', () => {
    const watch = new RoomWatch()
    const shared = { title: { value: 'Plan', version: 1, by: 'bo' } }
    expect(watch.follow(room({ status: 'joining', shared })).shared).toEqual([])
    expect(watch.follow(room({ shared })).shared).toEqual([])
  })

  it('includes what is set here while the connection is away, once', () => {
    const watch = new RoomWatch()
    watch.follow(room({}))
    const pending = { title: { value: 'Mine', version: 0, pending: true as const } }
    expect(watch.follow(room({ status: 'joining', shared: pending })).shared).toEqual([
      { key: 'title', value: 'Mine', by: undefined, local: true },
    ])
    const taken = { title: { value: 'Mine', version: 7, by: 'ann' } }
    expect(watch.follow(room({ shared: taken })).shared).toEqual([])
  })
})
