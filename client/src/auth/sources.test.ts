import { describe, expect, it } from 'vitest'
import { createWorld } from '../testing/harness.ts'

describe("a page's function for tokens", () => {
  it.each([
    ['ECONNREFUSED', 'connecting', { code: 'unavailable', details: { reason: 'token_source' } }],
    ['not_found', 'connecting', { code: 'unavailable', details: { reason: 'token_source' } }],
    ['forbidden', 'refused', { code: 'forbidden', message: 'Suspended.' }],
  ])('that fails with the code %s leaves the client %s', async (code, status, error) => {
    using world = createWorld()
    const client = world.client({
      getToken: async () => {
        throw Object.assign(new Error('Suspended.'), { code })
      },
    })
    client.connect()
    await world.clock.advance(0)
    expect(client.store.getState().connection).toMatchObject({ status, error })
  })
})
