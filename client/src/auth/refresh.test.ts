import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { createWorld } from '../testing/harness.ts'

/** A page whose every token is another one, after what it was asked for. */
function page() {
  const asked: string[] = []
  let refused: CollabError | undefined
  return {
    asked,
    refuse: () => (refused = new CollabError('unauthenticated')),
    getToken: async (reason: string) => {
      if (refused) throw refused
      asked.push(reason)
      return 'token:ann'
    },
  }
}

describe('a token that is refreshed by hand', () => {
  it('is asked for and given to the connection, which lives on', async () => {
    using world = createWorld()
    const { asked, getToken } = page()
    const client = world.client({ getToken })
    client.connect()
    await world.clock.advance(50)
    await Promise.all([client.auth.refresh(), world.clock.advance(50)])
    expect(asked).toEqual(['initial', 'refresh'])
    expect(world.called('auth.renew')).toHaveLength(1)
    expect(client.status).toBe('live')
    expect(world.service.connections).toHaveLength(1)
  })

  it('makes the connection where there is none', async () => {
    using world = createWorld()
    const { asked, getToken } = page()
    const client = world.client({ getToken })
    await Promise.all([client.auth.refresh(), world.clock.advance(50)])
    expect(asked).toEqual(['initial'])
    expect(client.status).toBe('live')
    expect(world.called('auth.renew')).toEqual([])
  })

  it('leaves the connection as it is when there is none to be had, and says so', async () => {
    using world = createWorld()
    const { refuse, getToken } = page()
    const client = world.client({ getToken })
    client.connect()
    await world.clock.advance(50)
    refuse()
    await expect(client.auth.refresh()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(client.status).toBe('live')
  })
})
