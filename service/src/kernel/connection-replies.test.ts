import { expect, test } from 'vitest'
import { ConnectionReplies } from './connection-replies.ts'
import type { Connection } from './context.ts'

const connectionOf = (id: string) => ({ id }) as Connection

/** Calls that are counted, answered with their number. */
function stand(reply: (call: number) => string = String) {
  const replies = new ConnectionReplies()
  let calls = 0
  const once = (commandId: string, { on = one, operation = 'a.b', input = {} as unknown } = {}) =>
    replies.once(on, { operation, commandId, input }, () => Promise.resolve(reply(++calls)))
  return { replies, once }
}
const [one, other] = [connectionOf('one'), connectionOf('other')]

test('a call that comes again is answered as it was', async () => {
  const { once } = stand()
  const both = await Promise.all([
    once('x', { input: { a: 1, b: 2 } }),
    once('x', { input: { b: 2, a: 1 } }),
  ])
  expect(both).toEqual(['1', '1'])
  expect(await once('y')).toBe('2')
  expect(await once('x', { on: other })).toBe('3')
  expect(await once('x', { operation: 'a.c' })).toBe('4')
})

test('another input under the same id is a conflict', async () => {
  const { once } = stand()
  await once('x', { input: { a: 1 } })
  expect(() => once('x', { input: { a: 2 } })).toThrow('idempotency_conflict')
})

test('what was refused is decided anew', async () => {
  const replies = new ConnectionReplies()
  const call = { operation: 'a.b', commandId: 'x', input: {} }
  const refused = replies.once(one, call, () => Promise.reject(new Error('refused')))
  await expect(refused).rejects.toThrow('refused')
  expect(await replies.once(one, call, () => Promise.resolve('taken'))).toBe('taken')
})

test('the oldest is forgotten beyond 64 replies, and beyond what they may take', async () => {
  const { once } = stand()
  for (let n = 0; n <= 64; n++) await once(`c${n}`)
  expect(await once('c64')).toBe('65')
  expect(await once('c0')).toBe('66')

  const large = stand((call) => String(call).padEnd(100 * 1024))
  for (const id of ['a', 'b', 'c']) await large.once(id)
  expect((await large.once('c')).trim()).toBe('3')
  expect((await large.once('a')).trim()).toBe('4')
})
