import { limitDefaults } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { Edge } from './context.ts'
import { Dispatcher, type DispatcherOptions } from './dispatch.ts'

test('nothing is done later once it is closed, whenever that was asked for', async () => {
  const clock = createFakeClock()
  const edges: Edge[] = []
  const done: string[] = []
  const dispatcher = new Dispatcher({
    clock,
    policy: { limits: limitDefaults },
    registry: { modules: [{ heard: (edge: Edge) => edges.push(edge) }] },
  } as unknown as DispatcherOptions)
  dispatcher.heard({ stream: 'chat:lobby', seq: 1, json: '' })
  const [edge] = edges
  edge!.after(10, () => done.push('done'))
  await clock.advance(10)
  edge!.after(10, () => done.push('before'))
  dispatcher.close()
  const cancel = edge!.after(10, () => done.push('after'))
  await clock.advance(20)
  cancel()
  expect(done).toEqual(['done'])
})
