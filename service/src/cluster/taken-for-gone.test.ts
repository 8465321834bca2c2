import { connectPeer, connectTarget, type Person } from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTestService, type TestService } from '../testing/service.ts'

let running: TestService
beforeEach(async () => {
  running = await createTestService({ engine: 'cluster' })
})
afterEach(() => running.close())

const target = connectTarget({
  name: 'cluster',
  transport: 'socket',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})

const connect = ({ accessToken }: Person, node: 0 | 1) =>
  connectPeer({ url: running.nodes()[node]!, transport: 'socket' }, accessToken)

test('[NODE-10] those who were taken for gone and are not hear of it, and come in again', async () => {
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  const board = { type: 'board', id: 'shared' }
  for (const each of [reader, other]) await each.call('activities.joinActivity', board)
  const [here, away] = running.services().map(({ dispatcher }) => dispatcher)
  const people = async () =>
    new Set(
      (await reader.call('activities.listParticipants', board)).items.map(
        ({ username }) => username,
      ),
    )
  // The node lives on and takes its lease again: it is looked when it has none.
  await vi.waitFor(
    async () => {
      await away!.internal('system.$endNode', {})
      await here!.internal('activities.$sweep', { ms: 1 })
      expect(await people()).toEqual(new Set([ada.username]))
    },
    { timeout: 10_000, interval: 200 },
  )
  await away!.internal('system.$keepNode', {})
  const removed = await other.until(({ name }) => name === 'streams.removed')
  expect(removed.data).toEqual({ stream: 'activity:board/shared', reason: 'left' })
  await other.call('activities.joinActivity', board)
  expect(await people()).toEqual(new Set([ada.username, ben.username]))
  await other.call('activities.setState', { ...board, values: { back: true } })
  await reader.until(({ name }) => name === 'activities.stateChanged')
  await Promise.all([reader.close(), other.close()])
})
