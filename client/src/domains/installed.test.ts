import { expect, it } from 'vitest'
import { createCollab } from '../base.ts'
import { memoryStorage } from '../storage/memory.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { scriptedService } from '../testing/scripted-service.ts'

// One story: what is imported stays imported.
it('a client without chats says what to import, and has them from then on', async () => {
  const clock = fakeClock()
  const service = scriptedService({
    now: clock.now,
    chats: [{ chatId: 'lobby', messages: ['hello'] }],
  })
  const storage = memoryStorage()
  const options = { ...service.options, clock, storage, token: 'token:ann' }
  const early = createCollab(options)
  early.connect()
  await clock.until(() => early.status === 'live')
  expect(() => early.chat('lobby')).toThrow("'@collab-kit/client/chat'")

  const whole = await import('../index.ts')
  const late = whole.createCollab(options)
  expect(late.store).toBe(early.store)
  early.chat('lobby').open()
  await clock.until(() => early.store.getState().chats['lobby']?.status === 'ready')
  // The part that both share: who writes by one is read by the other.
  late.chat('lobby').send('as ever')
  await clock.until(() => whole.selectMessages(early.store.getState(), 'lobby').length === 2)
  expect(whole.selectPending(early.store.getState(), 'lobby')).toEqual([])
  expect(service.connections).toHaveLength(1)
  early.close()
  late.close()
})
