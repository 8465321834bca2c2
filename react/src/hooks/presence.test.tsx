import type { PresenceTarget } from '@collab-kit/client'
import { CollabError } from '@collab-kit/protocol/runtime'
import { cleanup, renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RELEASE_DELAY_MS } from '../lease.ts'
import { stage, type Stage } from '../testing/stage.tsx'
import { useOwnPresence } from './use-own-presence.ts'
import { usePresence, type UsePresenceResult } from './use-presence.ts'

const until = vi.waitFor

const here = () =>
  stage({
    people: [
      { username: 'ben', status: 'Truing wheels' },
      { username: 'cat', state: 'dnd' },
    ],
  })

const placesOf = (on: Stage) => Object.keys(on.client.store.getState().presence.places)

const shown = ({ people }: UsePresenceResult) =>
  people.map(({ username, state }) => `${username}: ${state}`)

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

describe('usePresence', () => {
  it('shows who is here and follows how', async () => {
    using on = here()
    const { result } = renderHook(() => usePresence({ usernames: ['ben', 'dan', 'cat'] }), {
      wrapper: on.Provided,
    })
    expect(result.current).toEqual({ status: 'loading', people: [] })
    await until(() => expect(result.current.status).toBe('ready'))
    expect(shown(result.current)).toEqual(['ben: available', 'dan: offline', 'cat: dnd'])
    expect(result.current.people[0]?.status).toBe('Truing wheels')
    on.service.setPresence('ben', { state: 'away' })
    await until(() => expect(shown(result.current)).toContain('ben: away'))
  })

  it('gives the profiles of the people once they are loaded', async () => {
    using on = stage({
      people: [{ username: 'ben' }],
      users: [{ username: 'ben', displayName: 'Ben Ito' }],
    })
    const { result } = renderHook(() => usePresence({ contacts: true }), { wrapper: on.Provided })
    await until(() => expect(result.current.people[0]?.user?.displayName).toBe('Ben Ito'))
  })

  it('asks once for the same people, however they are written and wherever', async () => {
    using on = here()
    const { watch, set } = on.client.presence
    const watches = vi.fn<typeof watch>(watch)
    const client = { ...on.client, presence: { watch: watches, set } }
    const { result, rerender } = renderHook(
      ({ usernames }) =>
        [usePresence({ usernames }, client), usePresence({ usernames }, client)] as const,
      {
        reactStrictMode: true,
        initialProps: { usernames: ['ben', 'cat'] },
      },
    )
    await until(() => expect(result.current[1].status).toBe('ready'))
    const before = result.current
    rerender({ usernames: ['ben', 'cat'] })
    expect(result.current[0]).toBe(before[0])
    // Two hooks, which StrictMode mounts twice.
    expect(watches).toHaveBeenCalledTimes(4)
    expect(on.called('presence.subscribe')).toBe(1)
  })

  it('draws nothing again because somebody else comes', async () => {
    using on = here()
    let draws = 0
    const { result } = renderHook(
      () => {
        draws++
        return usePresence({ usernames: ['ben'] })
      },
      { wrapper: on.Provided },
    )
    const others = renderHook(() => usePresence({ contacts: true }), { wrapper: on.Provided })
    await until(() => expect(result.current.people[0]?.user).toBeDefined())
    await until(() => expect(others.result.current.people.at(-1)?.user).toBeDefined())
    const before = draws
    on.service.setPresence('cat', { state: 'away' })
    await until(() => expect(shown(others.result.current)).toContain('cat: away'))
    expect(draws).toBe(before)
  })

  it('gives the number alone where there are too many', async () => {
    using on = here()
    on.service.answer('presence.subscribe', ({ chatId }) => ({
      items: [],
      audience: { ...(chatId && { chatId }), online: 1200, total: 5000 },
    }))
    const { result } = renderHook(() => usePresence({ chatId: 'lobby' }), { wrapper: on.Provided })
    await until(() => expect(result.current.audience).toEqual({ online: 1200, total: 5000 }))
    expect(result.current.people).toEqual([])
  })

  it('says why it is refused', async () => {
    using on = here()
    on.service.answer('presence.subscribe', () => {
      throw new CollabError('not_found')
    })
    const { result } = renderHook(() => usePresence({ chatId: 'nowhere' }), {
      wrapper: on.Provided,
    })
    await until(() => expect(result.current.status).toBe('refused'))
    expect(result.current.error?.code).toBe('not_found')
  })

  it('follows other people when the target is another one, and lets go of those before', async () => {
    using on = here()
    const { result, rerender } = renderHook(
      ({ target }: { target: PresenceTarget }) => usePresence(target),
      { wrapper: on.Provided, initialProps: { target: { usernames: ['ben'] } } },
    )
    await until(() => expect(shown(result.current)).toEqual(['ben: available']))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    rerender({ target: { usernames: ['cat'] } })
    expect(result.current.people.map(({ username }) => username)).not.toContain('ben')
    await until(() => expect(shown(result.current)).toEqual(['cat: dnd']))
    expect(placesOf(on)).toEqual(['users:ben', 'users:cat'])
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    // Time that stands still goes on while this waits.
    await until(() => expect(placesOf(on)).toEqual(['users:cat']))
  })

  it('lets go of people a moment after the last component that shows them', async () => {
    using on = here()
    const first = renderHook(() => usePresence({ contacts: true }), { wrapper: on.Provided })
    const second = renderHook(() => usePresence({ contacts: true }), { wrapper: on.Provided })
    await until(() => expect(second.result.current.status).toBe('ready'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    first.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    second.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS - 1)
    expect(placesOf(on)).toEqual(['contacts'])
    expect(on.called('presence.unsubscribe')).toBe(0)
    // Time that stands still goes on while this waits.
    await until(() => expect(placesOf(on)).toEqual([]))
    await until(() => expect(on.called('presence.unsubscribe')).toBe(1))
  })
})

describe('useOwnPresence', () => {
  it('loads what one says of oneself, and shows a change at once', async () => {
    using on = here()
    const { result } = renderHook(() => useOwnPresence(), { wrapper: on.Provided })
    expect(result.current[0]).toBeUndefined()
    await until(() => expect(result.current[0]?.state).toBe('available'))
    const [, set] = result.current
    const told = set({ state: 'dnd', status: 'Gluing' })
    await until(() => expect(result.current[0]).toMatchObject({ state: 'dnd', status: 'Gluing' }))
    expect((await told).status).toBe('Gluing')
    expect(result.current[1]).toBe(set)
  })

  it('takes a change back that the service refuses, and tells who asked for it', async () => {
    using on = here()
    const { result } = renderHook(() => useOwnPresence(), { wrapper: on.Provided })
    await until(() => expect(result.current[0]?.state).toBe('available'))
    on.service.answer('presence.setPresence', () => {
      throw new CollabError('forbidden')
    })
    await expect(result.current[1]({ state: 'away' })).rejects.toMatchObject({ code: 'forbidden' })
    await until(() => expect(result.current[0]?.state).toBe('available'))
  })
})
