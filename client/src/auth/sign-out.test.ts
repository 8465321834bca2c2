import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory.ts'
import { createWorld } from '../testing/harness.ts'

describe('signing out', () => {
  it('lasts, also where the service was not reached since the page was loaded', async () => {
    using world = createWorld()
    const storage = memoryStorage()
    const first = world.client({ account: 'own', storage })
    await first.auth.signIn({ username: 'ann', password: 'secret' })
    first.close()
    world.service.refuse()
    const second = world.client({ account: 'own', storage })
    second.connect()
    await world.clock.until(() => second.store.getState().username === 'ann')
    await second.auth.signOut()
    expect(second.status).toBe('signed_out')
    second.close()
    world.service.accept()
    const third = world.client({ account: 'own', storage })
    third.connect()
    await world.clock.advance(0)
    expect(third.status).toBe('signed_out')
  })
})
