import { connectTarget } from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTestService, type TestService } from '../testing/service.ts'

let running: TestService

beforeEach(async () => {
  running = await createTestService({
    engine: 'memory',
    limits: { opsBurst: 100_000, opsPerSecond: 10_000 },
  })
})
afterEach(() => running.close())

const target = connectTarget({
  name: 'memory',
  transport: 'socket',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})

/** What the service holds for all its readers, bytes. */
async function queued(): Promise<number> {
  const metrics = await (await fetch(`${running.url}/metrics`)).text()
  return Number(/^collab_queued_bytes\{of="all"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
}

test('a state that is as large as it may be reaches one who has fallen behind, with what is told after it', async () => {
  const [ada, ben] = [await (await target.person()).connect(), await target.person()]
  const board = { type: 'board', id: 'full' }
  const { stateBytes, stateValueBytes, frameBytes, readerQueueBytes } = running.limits
  await ada.call('activities.joinActivity', board)
  const value = 'x'.repeat(stateValueBytes - 32)
  for (let n = 0; n < Math.floor(stateBytes / stateValueBytes); n++)
    await ada.call('activities.setShared', { ...board, key: `${n}`, value })
  const slow = await ben.connect()
  await slow.fence()
  slow.pause()
  const message = 'x'.repeat(frameBytes * 0.8)
  const echoes: Promise<unknown>[] = []
  await vi.waitFor(
    async () => {
      echoes.push(slow.call('system.echo', { message }))
      expect(await queued()).toBeGreaterThan(readerQueueBytes / 4)
    },
    { timeout: 20_000, interval: 5 },
  )
  const joining = slow.call('activities.joinActivity', board)
  await vi.waitFor(async () => {
    const { items } = await ada.call('activities.listParticipants', board)
    expect(items).toHaveLength(2)
  })
  await ada.call('activities.setShared', { ...board, key: '0', value: 'later' })
  slow.resume()
  expect((await joining).shared).toHaveLength(Math.floor(stateBytes / stateValueBytes))
  await slow.until(({ name }) => name === 'activities.sharedChanged')
  await Promise.all(echoes)
  expect(slow.items.filter(({ name }) => name === 'system.closing')).toEqual([])
  await Promise.all([ada.close(), slow.close()])
}, 60_000)
