import type { EventItem, Participant } from '@collab-kit/protocol'
import { describe, expect, it } from 'vitest'
import { initialState } from '../../state.ts'
import { initialActivity, type ActivityParticipant, type ActivityState } from './model.ts'
import {
  activitiesEvents,
  changed,
  followedIn,
  gapsOf,
  merged,
  relisted,
  type StateChange,
} from './state.ts'

const participant = (
  connectionId: string,
  given: Partial<ActivityParticipant> = {},
): ActivityParticipant => ({
  connectionId,
  username: connectionId.slice(0, 3),
  joinedAt: '2026-01-01T00:00:00.000Z',
  lurking: false,
  state: {},
  rev: 1,
  local: false,
  ...given,
})

const activityOf = (...participants: ActivityParticipant[]): ActivityState => ({
  ...initialActivity('board', '1'),
  participants: Object.fromEntries(participants.map((each) => [each.connectionId, each])),
})

const change = (given: Partial<StateChange>): StateChange => ({
  cleared: false,
  removed: [],
  set: {},
  ...given,
})

const told = (connectionId: string, rev: number, given: Partial<StateChange> = {}): EventItem => ({
  name: 'activities.stateChanged',
  at: '',
  data: {
    type: 'board',
    id: '1',
    username: connectionId.slice(0, 3),
    connectionId,
    rev,
    old: {},
    ...change(given),
  },
})

describe('changes of a state', () => {
  it('clear, then remove, then set', () => {
    const state = { a: 1, b: 2 }
    expect(changed(state, change({ removed: ['a'], set: { c: 3 } }))).toEqual({ b: 2, c: 3 })
    expect(changed(state, change({ cleared: true, set: { c: 3 } }))).toEqual({ c: 3 })
  })

  it.each<[string, Partial<StateChange>, Partial<StateChange>]>([
    ['set over set', { set: { a: 1, b: 1 } }, { set: { a: 2 } }],
    ['removed after set', { set: { a: 1, b: 1 } }, { removed: ['a'] }],
    ['set after removed', { removed: ['a', 'b'] }, { set: { a: 3 } }],
    ['cleared last', { set: { a: 1 }, removed: ['b'] }, { cleared: true }],
    ['set after cleared', { cleared: true }, { set: { z: 1 }, removed: ['x'] }],
  ])('are one with the same outcome: %s', (_what, first, then) => {
    const state = { a: 0, b: 0, x: 0 }
    expect(changed(state, merged(change(first), change(then)))).toEqual(
      changed(changed(state, change(first)), change(then)),
    )
  })
})

describe('a participant is doubtful', () => {
  it.each<[string, EventItem[], Partial<ReturnType<typeof gapsOf>>]>([
    ['not after the next change', [told('ben1', 2), told('ben1', 3)], {}],
    ['not after a known one', [told('ben1', 1)], {}],
    ['after a gap', [told('ben1', 4)], { doubtful: ['ben1'] }],
    ['when nobody knows it', [told('cat1', 4)], { doubtful: ['cat1'] }],
    ['not when everything was cleared', [told('ben1', 4, { cleared: true })], { whole: ['ben1'] }],
    ['never when it is oneself', [told('ann1', 9)], {}],
  ])('%s', (_what, items, found) => {
    const activity = activityOf(participant('ann1', { local: true }), participant('ben1'))
    expect(gapsOf(activity, items)).toEqual({ doubtful: [], whole: [], ...found })
  })
})

describe('the list of participants', () => {
  const listed = (connectionId: string, given: Partial<Participant> = {}) =>
    participant(connectionId, given)
  const known = activityOf(
    participant('ann1', { local: true, state: { own: 1 } }),
    participant('ben1', { rev: 5, state: { at: 5 } }),
    participant('cat1', { rev: 2 }),
  )

  it('counts where it is as new as what is known, and where something was missed', () => {
    const after = relisted(
      known,
      [
        listed('ann1'),
        listed('ben1', { rev: 4, state: { at: 4 } }),
        listed('cat1', { rev: 2, state: { missed: 1 } }),
      ],
      { heard: new Set(), doubtful: new Set(['ben1', 'cat1']) },
    )
    expect(after.participants['ann1']).toBe(known.participants['ann1'])
    expect(after.participants['ben1']).toBe(known.participants['ben1'])
    expect(after.participants['cat1']?.state).toEqual({ missed: 1 })
  })

  it('leaves out who left, and keeps who came while it was read', () => {
    const after = relisted(known, [listed('ann1'), listed('dan1'), listed('eve1')], {
      heard: new Set(['cat1', 'eve1']),
      doubtful: new Set(),
    })
    expect(Object.keys(after.participants)).toEqual(['ann1', 'dan1', 'cat1'])
  })
})

describe('a change of one participant', () => {
  it('leaves all others as they are', () => {
    const activity = activityOf(participant('ben1'), participant('cat1'))
    const state = {
      ...initialState(0),
      activities: { 'board/1': activity, 'board/2': initialActivity('board', '2') },
    }
    const item = told('ben1', 2, { set: { a: 1 } })
    const after = activitiesEvents['activities.stateChanged'](state, item as never)
    expect(after.activities['board/1']?.participants['ben1']?.state).toEqual({ a: 1 })
    expect(after.activities['board/1']?.participants['cat1']).toBe(activity.participants['cat1'])
    expect(after.activities['board/2']).toBe(state.activities['board/2'])
    expect(after.chats).toBe(state.chats)
    expect(activitiesEvents['activities.stateChanged'](after, item as never)).toBe(after)
  })
})

describe('whoever is followed', () => {
  const before = { ...activityOf(participant('ben1'), participant('ben2')), following: 'ben1' }

  it('is followed as long as they are here', () => {
    expect(followedIn(before, before)).toBe('ben1')
  })

  it('is followed on their other connection, and nowhere without one', () => {
    const left = { ...activityOf(participant('cat1'), participant('ben2')), following: 'ben1' }
    expect(followedIn(before, left)).toBe('ben2')
    const gone = { ...activityOf(participant('cat1')), following: 'ben1' }
    expect(followedIn(before, gone)).toBeUndefined()
  })
})
