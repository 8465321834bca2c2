import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../storage/memory.ts'
import { chatOf, createWorld } from '../../testing/harness.ts'

describe('a draft', () => {
  it('is kept for who wrote it, and for nobody else, also when another signs in at once', async () => {
    using world = createWorld({ chats: [{ chatId: 'lobby' }] })
    const client = world.client({ account: 'own', storage: memoryStorage() })
    const signIn = (username: string) => client.auth.signIn({ username, password: 'secret' })
    await signIn('ann')
    client.chat('lobby').open()
    await world.clock.until(() => chatOf(client).status === 'ready')
    client.chat('lobby').setDraft('of ann')
    await signIn('ben')
    await world.clock.advance(1_000)
    expect(chatOf(client).draft).toBe('')
    await signIn('ann')
    await world.clock.advance(1_000)
    expect(chatOf(client).draft).toBe('of ann')
  })
})
