import type { ActivityState } from '@collab-kit/client'
import { CollabError } from '@collab-kit/protocol/runtime'
import { act, cleanup, fireEvent, render, renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RELEASE_DELAY_MS } from '../lease.ts'
import { stage, type Stage } from '../testing/stage.tsx'
import { useActivity } from './use-activity.ts'
import { useCursors } from './use-cursors.ts'
import { useFollow } from './use-follow.ts'
import { useParticipants } from './use-participants.ts'
import { useSharedState } from './use-shared-state.ts'

const until = vi.waitFor

const NAME = ['workshop', 'bicycles'] as const
const BEN = 'connection-of-ben'

const workshop = () =>
  stage({
    activities: [
      {
        type: 'workshop',
        id: 'bicycles',
        title: 'Bicycles',
        participants: [{ username: 'ben', state: { cursor: { inline: 0.5, block: 0.25 } } }],
        shared: { bike: 'red' },
      },
    ],
  })

const activityOf = (on: Stage): ActivityState | undefined =>
  on.client.store.getState().activities['workshop/bicycles']

const joined = (on: Stage) => until(() => expect(activityOf(on)?.status).toBe('joined'))

/** How often activities are opened from now on. */
function countOpens({ client }: Stage): () => number {
  let opens = 0
  const { activity } = client
  vi.spyOn(client, 'activity').mockImplementation((type, id) => {
    const handle = activity(type, id)
    const open: typeof handle.open = (options) => {
      opens++
      return handle.open(options)
    }
    return Object.assign(Object.create(handle) as typeof handle, { open })
  })
  return () => opens
}

/** How often a hook draws, and what it gives. */
function counting<T>(on: Stage, hook: () => T) {
  let draws = 0
  const { result, ...rest } = renderHook(
    () => {
      draws++
      return hook()
    },
    { wrapper: on.Provided },
  )
  return { result, ...rest, draws: () => draws }
}

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

describe('useActivity', () => {
  it('joins, and tells what is known of the activity', async () => {
    using on = workshop()
    const { result } = renderHook(() => useActivity(...NAME), { wrapper: on.Provided })
    expect(result.current).toMatchObject({ type: 'workshop', id: 'bicycles' })
    await until(() => expect(result.current.status).toBe('joined'))
    expect(result.current.activity?.title).toBe('Bicycles')
    on.service.activity(...NAME).update({ title: 'Two wheels' })
    await until(() => expect(result.current.activity?.title).toBe('Two wheels'))
  })

  it('joins once with options that are written inline, in StrictMode too', async () => {
    using on = workshop()
    const opens = countOpens(on)
    const { result, rerender } = renderHook(
      () =>
        [useActivity(...NAME, { state: { tool: 'spoke key' } }), useParticipants(...NAME)] as const,
      {
        wrapper: on.Provided,
        reactStrictMode: true,
      },
    )
    await until(() => expect(result.current[0].status).toBe('joined'))
    // Two hooks, which StrictMode mounts twice.
    expect(opens()).toBe(4)
    rerender()
    rerender()
    expect(opens()).toBe(4)
    const own = () => result.current[1].participants.find(({ local }) => local)
    await until(() => expect(own()?.state).toEqual({ tool: 'spoke key' }))
    expect(on.called('activities.joinActivity')).toBe(1)
    expect(on.called('activities.leaveActivity')).toBe(0)
  })

  it('gives the same functions at every drawing, and draws only when something changed', async () => {
    using on = workshop()
    const { result, rerender, draws } = counting(on, () => useActivity(...NAME))
    const { setState, broadcast, rejoin } = result.current
    await until(() => expect(result.current.status).toBe('joined'))
    expect(result.current).toMatchObject({ setState, broadcast, rejoin })
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
    const drawn = draws()
    on.service.activity(...NAME).setState(BEN, { set: { cursor: { inline: 0, block: 0 } } })
    on.service.activity(...NAME).setShared('bike', 'blue', 'ben')
    await until(() => expect(activityOf(on)?.shared['bike']?.value).toBe('blue'))
    expect(draws()).toBe(drawn)
  })

  it('tells and hears what is broadcast', async () => {
    using on = workshop()
    const { result } = renderHook(() => useActivity(...NAME), { wrapper: on.Provided })
    await until(() => expect(result.current.status).toBe('joined'))
    const heard: unknown[] = []
    const end = result.current.onBroadcast(({ data }) => heard.push([data.username, data.event]))
    on.service.activity(...NAME).broadcast(BEN, 'bell')
    await until(() => expect(heard).toContainEqual(['ben', 'bell']))
    result.current.broadcast('ring', { times: 2 })
    await until(() => expect(on.called('activities.broadcast')).toBe(1))
    end()
  })

  it('says why one is put out, and comes back', async () => {
    using on = workshop()
    const { result } = renderHook(() => useActivity(...NAME), { wrapper: on.Provided })
    await until(() => expect(result.current.status).toBe('joined'))
    on.service.activity(...NAME).remove({ username: 'ann' }, { reason: 'Closing time' })
    await until(() => expect(result.current.status).toBe('removed'))
    expect(result.current).toMatchObject({ reason: 'Closing time' })
    result.current.rejoin()
    await until(() => expect(result.current.status).toBe('joined'))
    expect(result.current.reason).toBeUndefined()
  })

  it('says why it is refused', async () => {
    using on = workshop()
    on.service.answer('activities.joinActivity', () => {
      throw new CollabError('not_found')
    })
    const { result } = renderHook(() => useActivity('workshop', 'none', { create: false }), {
      wrapper: on.Provided,
    })
    await until(() => expect(result.current.status).toBe('refused'))
    expect(result.current.error?.code).toBe('not_found')
  })

  it('reads along unseen for as long as that is wanted', async () => {
    using on = workshop()
    const opens = countOpens(on)
    const { rerender } = renderHook(({ lurk }) => useActivity(...NAME, { lurk }), {
      wrapper: on.Provided,
      initialProps: { lurk: true },
    })
    const own = () => Object.values(activityOf(on)?.participants ?? {}).find(({ local }) => local)
    await until(() => expect(own()?.lurking).toBe(true))
    rerender({ lurk: true })
    expect(opens()).toBe(1)
    rerender({ lurk: false })
    await until(() => expect(own()?.lurking).toBe(false))
  })

  it('leaves a moment after the last component that uses it', async () => {
    using on = workshop()
    const first = renderHook(() => useActivity(...NAME), { wrapper: on.Provided })
    const second = renderHook(() => useCursors(...NAME), { wrapper: on.Provided })
    await joined(on)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    first.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(activityOf(on)?.status).toBe('joined')
    second.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS - 1)
    expect(activityOf(on)?.status).toBe('joined')
    // Time that stands still goes on while this waits.
    await until(() => expect(on.called('activities.leaveActivity')).toBe(1))
  })

  it('shows the other activity at once when its id changes, and nothing of the one before', async () => {
    using on = workshop()
    const { result, rerender } = renderHook(
      ({ id }) => [useActivity('workshop', id), useSharedState('workshop', id, 'bike')] as const,
      { wrapper: on.Provided, initialProps: { id: 'bicycles' } },
    )
    await until(() => expect(result.current[1][0]).toBe('red'))
    rerender({ id: 'boats' })
    expect(result.current[0]).toMatchObject({ id: 'boats', activity: undefined })
    expect(result.current[1][0]).toBeUndefined()
    await until(() => expect(result.current[0].status).toBe('joined'))
  })
})

describe('useSharedState', () => {
  it('gives a value that all share, who set it and in which version', async () => {
    using on = workshop()
    const { result } = renderHook(() => useSharedState<string>(...NAME, 'bike'), {
      wrapper: on.Provided,
    })
    expect(result.current).toMatchObject([undefined, {}, { version: 0, pending: false }])
    await until(() => expect(result.current[0]).toBe('red'))
    on.service.activity(...NAME).setShared('bike', 'blue', 'ben')
    await until(() => expect(result.current[0]).toBe('blue'))
    expect(result.current[2]).toMatchObject({ by: 'ben', pending: false, status: 'joined' })
    expect(result.current[2].version).toBeGreaterThan(0)
  })

  it('is there at once in a field, and pending until the service has it', async () => {
    using on = workshop()
    let answer = () => {}
    const held = new Promise<void>((resolve) => (answer = resolve))
    on.service.answer('activities.setShared', async (_input, _caller, usual) => {
      await held
      return usual()
    })
    function Field() {
      const [bike, setBike, { pending }] = useSharedState(...NAME, 'bike', '')
      return (
        <label>
          Bike
          <input value={bike} onChange={({ target }) => setBike(target.value)} />
          {pending && 'saving'}
        </label>
      )
    }
    const { getByLabelText, container } = render(<Field />, { wrapper: on.Provided })
    const field = () => getByLabelText(/Bike/)
    await until(() => expect(field()).toHaveProperty('value', 'red'))
    fireEvent.change(field(), { target: { value: 'green' } })
    expect(field()).toHaveProperty('value', 'green')
    expect(container.textContent).toContain('saving')
    answer()
    await until(() => expect(container.textContent).not.toContain('saving'))
    expect(on.service.activity(...NAME).shared.get('bike')?.value).toBe('green')
  })

  it('has its initial value until somebody sets one, and after it is taken away', async () => {
    using on = workshop()
    const { result, rerender } = renderHook(() => useSharedState(...NAME, 'parts', { chain: 1 }), {
      wrapper: on.Provided,
    })
    const before = result.current[0]
    expect(before).toEqual({ chain: 1 })
    rerender()
    expect(result.current[0]).toBe(before)
    await joined(on)
    act(() => result.current[1](({ chain }) => ({ chain: chain + 1 })))
    expect(result.current[0]).toEqual({ chain: 2 })
    act(() => result.current[1](({ chain }) => ({ chain: chain + 1 })))
    await until(() =>
      expect(on.service.activity(...NAME).shared.get('parts')?.value).toEqual({ chain: 3 }),
    )
    act(() => result.current[2].remove())
    expect(result.current[0]).toBe(before)
    await until(() => expect(on.service.activity(...NAME).shared.has('parts')).toBe(false))
  })

  it('keeps null apart from nothing, and its own keys from those of every object', async () => {
    using on = workshop()
    on.service.activity(...NAME).setShared('buyer', null, 'ben')
    const { result } = renderHook(
      () =>
        [
          useSharedState<string | null>(...NAME, 'buyer', 'nobody'),
          useSharedState<string>(...NAME, 'toString'),
        ] as const,
      { wrapper: on.Provided },
    )
    await until(() => expect(result.current[0][0]).toBeNull())
    expect(result.current[1]).toMatchObject([undefined, {}, { version: 0, conflict: undefined }])
  })

  it('draws only for its own key', async () => {
    using on = workshop()
    const { result, draws } = counting(on, () => useSharedState(...NAME, 'bike'))
    await until(() => expect(result.current[2].status).toBe('joined'))
    const [before, drawn] = [result.current, draws()]
    on.service.activity(...NAME).setShared('chain', 'rusty', 'ben')
    on.service.activity(...NAME).setState(BEN, { set: { cursor: { inline: 0, block: 0 } } })
    await until(() => expect(activityOf(on)?.shared['chain']?.value).toBe('rusty'))
    expect(draws()).toBe(drawn)
    expect(result.current).toBe(before)
  })

  it('shows both values of a conflict until one is chosen', async () => {
    using on = workshop()
    const { result } = renderHook(
      () => {
        useActivity(...NAME, { conflicts: 'ask' })
        return useSharedState<string>(...NAME, 'bike')
      },
      { wrapper: on.Provided },
    )
    await until(() => expect(result.current[0]).toBe('red'))
    const end = on.service.answer('activities.setShared', () => {
      end()
      const theirs = on.service.activity(...NAME).setShared('bike', 'blue', 'ben')
      throw new CollabError('conflict', {
        details: { value: theirs?.value, version: theirs?.version },
      })
    })
    act(() => result.current[1]('green'))
    await until(() =>
      expect(result.current[2].conflict).toMatchObject({ mine: 'green', theirs: 'blue' }),
    )
    expect(result.current[0]).toBe('green')
    act(() => result.current[2].resolve('theirs'))
    await until(() => expect(result.current[0]).toBe('blue'))
    expect(result.current[2].conflict).toBeUndefined()
  })
})

describe('useParticipants', () => {
  it('gives each person once, with all their connections', async () => {
    using on = workshop()
    const { result } = renderHook(() => useParticipants(...NAME), { wrapper: on.Provided })
    await until(() => expect(result.current.people).toHaveLength(2))
    on.service.activity(...NAME).join({ username: 'ben', connectionId: 'phone-of-ben' })
    await until(() => expect(result.current.participants).toHaveLength(3))
    expect(
      result.current.people.map(({ username, local, connections }) => [
        username,
        local,
        connections.length,
      ]),
    ).toEqual([
      ['ben', false, 2],
      ['ann', true, 1],
    ])
    on.service.activity(...NAME).leave(BEN)
    await until(() => expect(result.current.people[1]?.connections.length).toBe(1))
    expect(result.current.people).toHaveLength(2)
  })

  it('keeps its object as long as nobody changes', async () => {
    using on = workshop()
    const { result, rerender } = renderHook(() => useParticipants(...NAME), {
      wrapper: on.Provided,
    })
    await until(() => expect(result.current.people).toHaveLength(2))
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
  })
})

describe('useCursors', () => {
  const move = (on: Stage, set: Record<string, unknown>) =>
    on.service.activity(...NAME).setState(BEN, { set: set as never })

  it('shows where the others point, and not where one points oneself', async () => {
    using on = workshop()
    const { result } = renderHook(
      () => {
        const { setState } = useActivity(...NAME)
        return { setState, cursors: useCursors(...NAME) }
      },
      { wrapper: on.Provided },
    )
    const ben = { connectionId: BEN, username: 'ben' }
    await until(() =>
      expect(result.current.cursors).toEqual([{ ...ben, inline: 0.5, block: 0.25 }]),
    )
    result.current.setState({ cursor: { inline: 0, block: 0 } })
    await until(() => expect(on.called('activities.setState')).toBe(1))
    move(on, { cursor: { anchor: 'form', inline: 1, block: 1 } })
    await until(() =>
      expect(result.current.cursors).toEqual([{ ...ben, anchor: 'form', inline: 1, block: 1 }]),
    )
    move(on, { cursor: null })
    await until(() => expect(result.current.cursors).toEqual([]))
  })

  it('draws when a pointer moves, and for nothing else', async () => {
    using on = workshop()
    on.service.activity(...NAME).join({
      username: 'cat',
      state: { cursor: { inline: 1, block: 1 } },
    })
    const { result, draws } = counting(on, () => useCursors(...NAME))
    await until(() => expect(result.current).toHaveLength(2))
    const [drawn, [ben, cat]] = [draws(), result.current]
    move(on, { viewport: { inline: 0, block: 0.5 } })
    on.service.activity(...NAME).setShared('bike', 'blue', 'ben')
    on.service.activity(...NAME).join({ username: 'dan' })
    await until(() => expect(activityOf(on)?.participants['connection-of-dan']).toBeDefined())
    expect(activityOf(on)?.participants[BEN]?.state).toHaveProperty('viewport')
    expect(draws()).toBe(drawn)
    move(on, { cursor: { inline: 0, block: 0 } })
    await until(() => expect(draws()).toBe(drawn + 1))
    expect(result.current[0]).not.toBe(ben)
    expect(result.current[1]).toBe(cat)
  })

  it('takes nothing that is no place', async () => {
    using on = workshop()
    const { result } = renderHook(() => useCursors(...NAME), { wrapper: on.Provided })
    await until(() => expect(result.current).toHaveLength(1))
    move(on, { cursor: 'everywhere' })
    await until(() => expect(result.current).toEqual([]))
  })
})

describe('useFollow', () => {
  it('follows somebody, and knows who follows', async () => {
    using on = workshop()
    const { result, draws } = counting(on, () => useFollow(...NAME))
    await joined(on)
    expect(result.current).toMatchObject({ following: undefined, followers: [] })
    result.current.follow(BEN)
    await until(() => expect(result.current.following).toBe(BEN))
    const own = Object.values(activityOf(on)?.participants ?? {}).find(({ local }) => local)
    on.service.activity(...NAME).setState(BEN, { set: { following: own?.connectionId ?? '' } })
    await until(() => expect(result.current.followers).toEqual([BEN]))
    const drawn = draws()
    on.service.activity(...NAME).setState(BEN, { set: { cursor: { inline: 0, block: 0 } } })
    await until(() =>
      expect(activityOf(on)?.participants[BEN]?.state['cursor']).toEqual({ inline: 0, block: 0 }),
    )
    expect(draws()).toBe(drawn)
    result.current.unfollow()
    await until(() => expect(result.current.following).toBeUndefined())
  })
})
