import { expect, test } from 'vitest'
import type { Connection, Edge } from '../../kernel/context.ts'
import { joinActivity } from './joining.ts'
import { createLive } from './live.ts'

const board = { type: 'board', id: 'one' }
const stream = 'activity:board/one'

/** A connection that is joining, and what became of its stream. */
function stand() {
  const live = createLive()
  const released: (number | undefined)[] = []
  const caller = { username: 'ada', role: 'user' } as const
  const connection = {
    id: 'c1',
    caller,
    hold: () => {},
    reads: () => true,
    release: (_stream: string, head: number | undefined) => void released.push(head),
  } as unknown as Connection
  const later: (() => void)[] = []
  const here = [connection]
  const done: [name: string, input: unknown][] = []
  const grace: { ms: number; task: () => void }[] = []
  const edge = {
    caller,
    connection,
    policy: { limits: { joinedStreams: 10, stateKeys: 10, stateValueBytes: 99, stateBytes: 999 } },
    local: () => live,
    connectionsOf: () => here,
    internal: (name: string, input: unknown) => {
      done.push([name, input])
      return Promise.resolve({})
    },
    after: (ms: number, task: () => void) => void grace.push({ ms, task }),
    afterAnswer: (task: () => void) => void later.push(task),
    fail(code: string, details: object) {
      throw Object.assign(new Error(code), { code, details })
    },
  } as unknown as Edge
  const putOut = (seq: number) => {
    const data = { ...board, username: 'ada', permission: false }
    const json = JSON.stringify({ name: 'activities.participantRemoved', stream, seq, data })
    live.heard(edge, { stream, seq, json })
  }
  /** What it is answered where its snapshot was taken at this position. */
  const answer = (head: number) => {
    const row = { ...board, connection_id: 'c1', username: 'ada', node_id: 'n', lurking: 0, rev: 1 }
    const view = { head, participants: [] }
    joinActivity.complete!(edge, board, {
      view,
      row: { ...row, joined_at: new Date(0).toISOString(), state: '{}' },
      maySet: true,
    })
    for (const task of later.splice(0)) task()
  }
  joinActivity.prepare!(edge, { ...board, lurk: false })
  const fail = (code: string) =>
    joinActivity.failed!(edge, board, Object.assign(new Error(code), { code }))
  return { live, released, putOut, answer, fail, here, done, grace }
}

test('one who is put out after the snapshot of their joining is not let in', () => {
  const { live, released, putOut, answer } = stand()
  putOut(5)
  expect(() => answer(4)).toThrow('forbidden')
  expect(released).toEqual([undefined])
  expect(live.find(board, 'c1')).toBeUndefined()
})

test('one who was put out before the snapshot is in again', () => {
  const { live, released, putOut, answer } = stand()
  putOut(5)
  answer(5)
  expect(released).toEqual([5])
  expect(live.find(board, 'c1')).toMatchObject({ connectionId: 'c1', rev: 1 })
})

test('a joining of unknown outcome is left again where the connection is gone', async () => {
  const { fail, here, done, grace } = stand()
  here.length = 0
  fail('outcome_unknown')
  expect(done).toEqual([])
  for (const { ms, task } of grace) {
    expect(ms).toBe(5000)
    task()
  }
  expect(done).toEqual([['activities.$leave', { ...board, connectionId: 'c1' }]])
})

test('a joining that was refused, or whose connection is there, is left with nothing to do', () => {
  const [refused, unknown] = [stand(), stand()]
  refused.here.length = 0
  refused.fail('forbidden')
  unknown.fail('outcome_unknown')
  expect([...refused.grace, ...unknown.grace]).toEqual([])
  expect(unknown.live.ended('c1')).toEqual([board])
  expect(refused.live.ended('c1')).toEqual([])
})
