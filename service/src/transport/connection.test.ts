import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { encodeWelcome, LiveConnection, type LiveConnectionOptions } from './connection.ts'
import { Hub } from './hub.ts'

/** A reader that takes everything at once. */
function stand() {
  const hub = new Hub(() => 'now')
  const outlet = { bytes: 0, pressed: false, fits: () => true, write: () => {} }
  const connection = new LiveConnection({
    id: 'one',
    transport: 'socket',
    outlet,
    caller: { username: 'ada', role: 'user' },
    hub,
    clock: createFakeClock(),
    joinedStreams: 10,
    onClosing: () => {},
  } as unknown as LiveConnectionOptions)
  hub.add(connection)
  const open = () => connection.open(encodeWelcome(connection, { expiresAt: 0, epoch: '', now: 0 }))
  return { hub, connection, open }
}

test('what a reader is put out of is remembered until it is welcomed, and never again', () => {
  const { hub, connection, open } = stand()
  hub.dismiss(connection, 'chat:early')
  expect([...connection.dismissed]).toEqual(['chat:early'])
  open()
  for (let n = 0; n < 100; n++) {
    hub.subscribe(connection, `chat:${n}`, 0)
    hub.dismiss(connection, `chat:${n}`)
  }
  expect(connection.dismissed.size).toBe(0)
})
