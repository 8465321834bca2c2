import { connectTarget, unique } from '@collab-kit/protocol/conformance'
import { expect, test } from 'vitest'
import { createTestService } from '../../testing/service.ts'

// What the black-box rules cannot see: who is left over from a process that is gone.
test('those whose process ended are out of their activities when the next one has looked', async () => {
  const running = await createTestService({ engine: 'file' })
  const target = connectTarget({
    name: 'file',
    transport: 'socket',
    get url() {
      return running.url
    },
    limits: running.limits,
  })
  try {
    const ann = await target.person()
    const [passing, lasting] = ['passing', 'lasting'].map((id) => ({ type: unique('board'), id }))
    const before = await ann.connect()
    await before.call('activities.joinActivity', { ...passing!, create: { ephemeral: true } })
    await before.call('activities.joinActivity', { ...lasting!, state: { colour: 'red' } })
    await running.restart()
    const after = await ann.connect()
    const again = await after.call('activities.joinActivity', lasting!)
    expect(again.participants.map(({ connectionId }) => connectionId)).toContain(after.connectionId)
    await running.service.dispatcher.internal('activities.$sweep', {})
    const { items } = await after.call('activities.listParticipants', lasting!)
    expect(items.map(({ connectionId }) => connectionId)).toEqual([after.connectionId])
    const gone = after.call('activities.getActivity', passing!)
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
    await ann.close()
  } finally {
    await running.close()
  }
})
