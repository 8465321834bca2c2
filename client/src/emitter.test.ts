import { expect, it, vi } from 'vitest'
import { createEmitter } from './emitter.ts'
import { settled } from './testing/fake-clock.ts'

it('calls handlers of a name until they are ended, the same one as often as it was given', () => {
  const emitter = createEmitter()
  const seen: unknown[] = []
  const handler = (value: unknown) => void seen.push(value)
  const first = emitter.on('a', handler)
  const second = emitter.on('a', handler)
  emitter.emit('a', 1)
  emitter.emit('b', 2)
  first()
  first()
  emitter.emit('a', 3)
  second()
  emitter.emit('a', 4)
  expect(seen).toEqual([1, 1, 3])
})

it('calls the others when one fails, and reports the failure as uncaught', async () => {
  const emitter = createEmitter()
  const seen: unknown[] = []
  const uncaught = vi
    .spyOn(globalThis, 'queueMicrotask')
    .mockImplementation((task) => void tasks.push(task))
  const tasks: (() => void)[] = []
  emitter.on('a', () => {
    throw new Error('of the page')
  })
  emitter.on('a', (value) => void seen.push(value))
  emitter.emit('a', 1)
  uncaught.mockRestore()
  await settled()
  expect(seen).toEqual([1])
  expect(() => tasks[0]?.()).toThrow('of the page')
})

it('lets a handler end itself and others while it is called', () => {
  const emitter = createEmitter()
  const seen: string[] = []
  const end = emitter.on('a', () => {
    seen.push('first')
    end()
    emitter.clear()
  })
  emitter.on('a', () => seen.push('second'))
  emitter.emit('a', 1)
  emitter.emit('a', 2)
  expect(seen).toEqual(['first', 'second'])
})
