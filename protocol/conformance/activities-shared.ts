import type { OutputOf, StateValue } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { join, newActivity, streamOf } from './activity-acts.ts'
import { commandId, durable, named, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

type Shared = OutputOf<'activities.getShared'>['items']

/** The state that all in an activity share. */
export function sharedStateRules(target: Target): void {
  changing(target)
  comparing(target)
  unseen(target)
  bounds(target)
  racing(target)
}

function changing(target: Target): void {
  rules(target)(
    '[ACT-19] A change of the shared state is an event of the log, and its version the `seq`',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      await join(ada, board)
      await join(ben, board)
      const stream = streamOf(board)
      const set = (key: string, value: StateValue) =>
        ada.call('activities.setShared', { ...board, key, value })
      const by = ada.username
      expect(await set('a', { x: [1, null] })).toEqual({
        key: 'a',
        value: { x: [1, null] },
        version: 1,
        by,
      })
      expect(await set('b', 2)).toEqual({ key: 'b', value: 2, version: 2, by })
      expect(await set('a', 3)).toMatchObject({ version: 3 })
      await ada.call('activities.removeShared', { ...board, key: 'b' })
      await ada.call('activities.removeShared', { ...board, key: 'b' })
      const { items, head } = await ben.call('activities.getShared', board)
      expect({ items, head }).toEqual({ items: [{ key: 'a', value: 3, version: 3, by }], head: 4 })
      expect(await ben.call('activities.getShared', { ...board, key: 'b' })).toMatchObject({
        items: [],
      })
      await ben.call('activities.setShared', { ...board, key: 'a', value: 4 })
      const own = { key: 'a', value: 4, version: 5, by: ben.username }
      expect((await join(ada, board)).shared).toEqual([own])
      await set('c', 5)
      await ada.call('activities.clearShared', board)
      await ada.call('activities.clearShared', board)
      await ben.until(named('activities.sharedChanged', { version: 8 }))
      expect(durable(ben, stream).map(({ data }) => data)).toEqual([
        { ...board, key: 'a', value: { x: [1, null] }, version: 1 },
        { ...board, key: 'b', value: 2, version: 2 },
        { ...board, key: 'a', value: 3, version: 3, old: { x: [1, null] } },
        { ...board, key: 'b', version: 4, old: 2 },
        { ...board, key: 'a', value: 4, version: 5, old: 3 },
        { ...board, key: 'c', value: 5, version: 6 },
        { ...board, key: 'a', version: 7, old: 4 },
        { ...board, key: 'c', version: 8, old: 5 },
      ])
      const { events } = await ben.call('streams.readSince', { stream, seq: 0 })
      expect(events).toEqual(durable(ben, stream))
      expect((await ben.call('activities.getShared', board)).items).toEqual([])
    },
  )
}

function comparing(target: Target): void {
  rules(target)(
    '[ACT-20] With `ifVersion` a change is made only on what it was decided on',
    async ({ peer }) => {
      const ada = await peer()
      const board = newActivity()
      await join(ada, board)
      const set = (value: number, ifVersion: number) =>
        ada.call('activities.setShared', { ...board, key: 'k', value, ifVersion })
      expect(await refusal(set(1, 7))).toMatchObject({ code: 'conflict', details: { version: 0 } })
      const { version } = await set(1, 0)
      for (const stale of [0, version + 1])
        expect(await refusal(set(2, stale))).toMatchObject({
          code: 'conflict',
          details: { value: 1, version },
        })
      const after = await set(2, version)
      const remove = (ifVersion: number) =>
        ada.call('activities.removeShared', { ...board, key: 'k', ifVersion })
      expect(await refusal(remove(version))).toMatchObject({
        code: 'conflict',
        details: { value: 2, version: after.version },
      })
      await remove(after.version)
      expect(await refusal(remove(after.version))).toMatchObject({ details: { version: 0 } })
      const input = { ...board, key: 'once', value: 1, ifVersion: 0, commandId: commandId() }
      const first = await ada.call('activities.setShared', input)
      expect(await ada.call('activities.setShared', input)).toEqual(first)
    },
  )
}

function unseen(target: Target): void {
  rules(target)(
    '[ACT-20] What is there is told of a conflict to those alone who may see it',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      const permissions = { [`user:${ben.username}`]: ['set_state' as const] }
      await join(ada, board, { create: { permissions } })
      const { version } = await ada.call('activities.setShared', { ...board, key: 'k', value: 1 })
      const blind = [
        () => ben.call('activities.setShared', { ...board, key: 'k', value: 2, ifVersion: 0 }),
        () => ben.call('activities.removeShared', { ...board, key: 'k', ifVersion: 7 }),
      ]
      for (const attempt of blind) {
        const { code, details } = await refusal(attempt())
        expect({ code, details }).toEqual({ code: 'conflict', details: { version } })
      }
    },
  )
}

function bounds(target: Target): void {
  rules(target)('[ACT-18] The shared state is bounded, each bound by its name', async (stage) => {
    const ada = await stage.peer()
    const board = newActivity()
    await join(ada, board)
    const { stateValueBytes } = target.limits
    const set = (key: string, value: StateValue) =>
      ada.call('activities.setShared', { ...board, key, value })
    await set('k', 'x'.repeat(stateValueBytes - 2))
    expect(await refusal(set('k', 'x'.repeat(stateValueBytes - 1)))).toMatchObject({
      code: 'too_large',
      details: { limit: 'stateValueBytes', max: stateValueBytes, path: 'value' },
    })
    for (const key of ['', ' ', 'x'.repeat(257)])
      expect(await refusal(set(key, 1))).toMatchObject({
        code: 'invalid_payload',
        details: { path: 'key' },
      })
  })
}

/** One who raises a counter as often as it takes, on what was answered last. */
async function raise(peer: Peer, board: { type: string; id: string }, times: number) {
  const acked: number[] = []
  let known = { value: 0, version: 0 }
  while (acked.length < times) {
    const value = known.value + 1
    const change = { ...board, key: 'n', value, ifVersion: known.version }
    const outcome = await peer.call('activities.setShared', change).catch((error: unknown) => error)
    if (outcome instanceof Error) {
      const { code, details } = outcome as Error & { code: string; details: typeof known }
      expect(code).toBe('conflict')
      known = { value: details.value ?? 0, version: details.version }
      continue
    }
    const { version } = outcome as { version: number }
    acked.push(version)
    known = { value, version }
  }
  return acked
}

/** The shared state as one who was there from the beginning knows it. */
function replayed(peer: Peer, stream: string): Shared {
  const state = new Map<string, Shared[number]>()
  for (const { data, actor } of durable(peer, stream)) {
    const { key, value, version } = data as Shared[number]
    if (value === undefined) state.delete(key)
    else state.set(key, { key, value, version, ...(actor && { by: actor.username }) })
  }
  return [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function racing(target: Target): void {
  rules(target)(
    '[ACT-21] However changes race, each that was acknowledged counts and all end with the same',
    async ({ peer }) => {
      const TIMES = 5
      const peers = await Promise.all([peer(), peer(), peer(), peer()])
      const board = newActivity()
      const stream = streamOf(board)
      for (const each of peers) await join(each, board)
      const acked = await Promise.all(
        peers.map(async (each, index) => {
          const own = { ...board, key: `own${index}`, value: index }
          const [versions, { version }] = await Promise.all([
            raise(each, board, TIMES),
            each.call('activities.setShared', own),
          ])
          return [...versions, version]
        }),
      )
      for (const versions of acked) {
        const raised = versions.slice(0, TIMES)
        expect(raised).toEqual([...raised].sort((a, b) => a - b))
      }
      const total = peers.length * (TIMES + 1)
      expect(new Set(acked.flat()).size).toBe(total)
      const { items, head } = await peers[0]!.call('activities.getShared', board)
      expect(head).toBe(total)
      expect(items.find(({ key }) => key === 'n')?.value).toBe(peers.length * TIMES)
      for (const each of peers) {
        await each.until((item) => item.stream === stream && item.seq === head)
        expect(
          durable(each, stream)
            .map(({ seq }) => seq)
            .at(-1),
        ).toBe(head)
        expect(replayed(each, stream)).toEqual(items)
      }
    },
  )
}
