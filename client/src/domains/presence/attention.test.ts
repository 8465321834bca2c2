import { describe, expect, it } from 'vitest'
import type { TransportFactory } from '../../connection/transport.ts'
import { createWorld, type World } from '../../testing/harness.ts'

/** The service's transport, which says that it is an event stream. */
const asStream = ({ service }: World): TransportFactory => {
  const { transport } = service.options
  return (request) => Object.assign(transport!(request), { isStream: true })
}

const told = ({ service }: World) =>
  service.calls.filter(({ operation }) => operation === 'presence.setIdle').length

describe('an event stream', () => {
  it('is heard of every 8 s once something was watched, for as long as it lasts', async () => {
    using world = createWorld({ people: [{ username: 'ben' }] })
    const client = world.client({ transport: asStream(world) })
    const end = client.presence.watch({ usernames: ['ben'] })
    await world.clock.until(() => told(world) === 1)
    await world.clock.advance(24_000)
    expect(told(world)).toBe(4)
    world.service.drop()
    await world.clock.until(() => told(world) === 5)
    end()
    await world.clock.advance(24_000)
    expect(told(world)).toBe(8)
    world.service.drop()
    await world.clock.until(() => client.status === 'live')
    await world.clock.advance(60_000)
    expect(told(world)).toBe(8)
  })
})

describe('a socket', () => {
  it('that is in use says nothing', async () => {
    using world = createWorld({ people: [{ username: 'ben' }] })
    const client = world.client()
    client.presence.watch({ usernames: ['ben'] })
    await world.clock.until(() => client.status === 'live')
    await world.clock.advance(60_000)
    expect(told(world)).toBe(0)
  })
})
