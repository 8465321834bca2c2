import { expect, test } from 'vitest'
import { findings, keyOf, readPage, writePage } from './page.ts'
import { withoutNames, type Cell } from './probe.ts'

const cell = (some: Partial<Cell> = {}): Cell => ({
  domain: 'chat',
  operation: 'chat.getChat',
  row: 'own',
  caller: 'guest',
  door: 'rest',
  main: true,
  index: 0,
  got: 'yes',
  ...some,
})

const expected = (...cells: Cell[]) => new Map(cells.map((each) => [keyOf(each), each.got]))

test('a page that was written is read as it was', () => {
  const cells = [
    cell(),
    cell({ caller: 'user', got: 'not_found' }),
    cell({ row: "another's", caller: 'user', got: 'left out', index: 2 }),
    cell({ domain: 'credentials', operation: 'users.getUsers', row: 'a key', caller: 'anonymous' }),
  ]
  expect(readPage(writePage(cells))).toEqual(expected(...cells))
})

test('a cell that differs is named by operation, row, caller and door', () => {
  expect(findings([cell({ got: 'forbidden' })], expected(cell()))).toEqual([
    'chat | chat.getChat | own | guest | rest: expected yes, got forbidden',
  ])
})

test('a cell that is not on the page, and one that nobody played, are found', () => {
  const said = findings([cell({ caller: 'user' })], expected(cell()))
  expect(said).toEqual([
    'chat | chat.getChat | own | user | rest: expected ·, got yes',
    'chat | chat.getChat | own | guest: expected yes, and there is no such cell',
  ])
})

test('a door of its own mind is found, unless it is declared', () => {
  const socket = cell({ door: 'socket', main: false, got: 'unauthenticated' })
  expect(findings([cell(), socket], expected(cell()))).toHaveLength(1)
  const declared = { ...socket, declared: { code: 'unauthenticated', reason: 'shut' } }
  expect(findings([cell(), declared], expected(cell()))).toEqual([])
  expect(findings([cell(), { ...declared, got: 'yes' }], expected(cell()))).toHaveLength(1)
})

test('a refusal that tells what is there from what is not is found', () => {
  const there = cell({ row: "another's", hidden: true, got: 'not_found', said: '{"a":"*"}' })
  const absent = { ...there, row: 'absent', said: '{"a":"*"}' }
  expect(findings([there, absent], expected(there, absent))).toEqual([])
  const other = { ...absent, said: '{}' }
  expect(findings([there, other], expected(there, other))).toHaveLength(1)
  // Who manages everything knows what there is.
  const admin = [there, other].map((each): Cell => ({ ...each, caller: 'admin' }))
  expect(findings(admin, expected(...admin))).toEqual([])
})

test('what was asked for is no difference between refusals', () => {
  const said = (chatId: string) => withoutNames(JSON.stringify({ details: { chatId } }), { chatId })
  expect(said('one')).toBe(said('an"other'))
})
