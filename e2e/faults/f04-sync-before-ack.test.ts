import { expect, test } from 'vitest'
import { judge, readTrace } from './f04-sync-before-ack.ts'

const wal = '21</data/collab.db-wal>'
const socket = '25<socket:[4711]>'
const written = (id: string) =>
  `101 pwrite64(${wal}, "\\0\\"clientMessageId\\":\\"${id}\\"}"..., 8192, 0) = 8192`
const synced = `101 fsync(${wal}) = 0`
const answered = (id: string) =>
  `100 write(${socket}, "430[{\\"ok\\":true,\\"data\\":{\\"clientMessageId\\":\\"${id}\\"}}]", 60) = 60`

const verdict = (lines: string[], sequential: string[]) => () =>
  judge(readTrace(lines.join('\n')), { sequential, pipelined: [] })

test('a trace in which every message is written, synced and then answered is in order', () => {
  const lines = ['a', 'b'].flatMap((id) => [written(id), synced, answered(id)])
  expect(verdict(lines, ['a', 'b'])()).toMatchObject({
    'syncs for them': 2,
    'told before synced': 0,
  })
})

test('an answer before the sync is found', () => {
  expect(verdict([written('a'), answered('a'), synced], ['a'])).toThrow(
    /told before they were synced/,
  )
})

test('an answer before an interrupted sync has returned is found', () => {
  const lines = [
    written('a'),
    `101 fsync(${wal} <unfinished ...>`,
    answered('a'),
    '101 <... fsync resumed>) = 0',
  ]
  expect(verdict(lines, ['a'])).toThrow(/told before they were synced/)
})

test('a sync of another file is none', () => {
  expect(
    verdict([written('a'), '101 fsync(22</data/collab.db>) = 0', answered('a')], ['a']),
  ).toThrow(/told before they were synced/)
})

test('two commits that share a sync are found', () => {
  const lines = [written('a'), written('b'), synced, answered('a'), answered('b')]
  expect(verdict(lines, ['a', 'b'])).toThrow(/2 commits one after another took 1 syncs/)
})

test('a message that is not in the trace is found', () => {
  expect(verdict([synced], ['a'])).toThrow(/not found in the trace/)
})
