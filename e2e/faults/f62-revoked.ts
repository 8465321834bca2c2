import { setTimeout as delay } from 'node:timers/promises'
import { createGuest, type Person } from '../rig/person.ts'
import { openRawSocket, signIn, type RawSocket } from '../rig/raw-socket.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, type Fault } from './fault.ts'
import { withScene, type Scene } from './scene.ts'
import { readStored } from './stored.ts'

/** Somebody's sign-in ends while a connection of theirs does not read, so that it lingers, and goes on sending. */
export const revoked: Fault = {
  id: 'F62',
  name: 'revoked',
  promise:
    'When a sign-in has ended nothing more is taken from its connections, not even from one that cannot be told',
  cycles: { whole: 5, small: 1 },
  run: ({ cycles, say }) =>
    withScene({ senders: 3, watchers: 1 }, async (scene) => {
      await scene.start()
      await scene.connect()
      let late = 0
      let longest = 0
      for (let cycle = 0; cycle < cycles; cycle++) {
        const person = await createGuest(scene.service.url)
        const socket = await deafSocket(scene, person)
        await signOut(scene.service.url, person)
        const since = performance.now()
        late += await sendInVain(socket)
        longest = Math.max(longest, performance.now() - since)
        say(`cut off ${Math.round(longest)} ms after the end of its sign-in`)
      }
      for (const sender of scene.senders) await sender.stop()
      await scene.verify()
      const stored = readStored(scene.dataDir).rows.filter(({ id }) => id?.startsWith('late-'))
      assertNothing('messages that were taken after the end of the sign-in', stored)
      return {
        cycles,
        'sent after the end': late,
        'of these stored': 0,
        'cut off after, ms (longest)': Math.round(longest),
      }
    }),
}

/** A connection with more waiting for it than it will ever read. */
async function deafSocket(scene: Scene, { token }: Person): Promise<RawSocket> {
  const socket = await openRawSocket(scene.service.port)
  await signIn(socket, token)
  await socket.send('420["chat.joinChat",{"chatId":"lobby"}]')
  await socket.next((text) => text.startsWith('430'))
  socket.pause()
  const filler = 'x'.repeat(12_000)
  for (const sender of scene.senders) sender.start(50, filler)
  await until(
    async () =>
      /^collab_queued_bytes\{of="slowest"\} [1-9]\d{5,}/m.test(
        await (await fetch(`${scene.service.url}/metrics`)).text(),
      ),
    { what: 'bytes wait for the one who does not read', every: 50, within: 60_000 },
  )
  for (const sender of scene.senders) await sender.stop()
  return socket
}

async function signOut(url: string, { token }: Person): Promise<void> {
  const response = await fetch(`${url}/api/v1/auth/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  assert(response.ok, `signing out: ${response.status}`)
  // The socket is told after the answer; a moment later it is over for certain.
  await until(
    async () =>
      (await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } }))
        .status === 401,
    { what: 'the token is refused' },
  )
}

/** Send until the connection is cut; answers how much. */
async function sendInVain(socket: RawSocket): Promise<number> {
  let sent = 0
  const deadline = performance.now() + 20_000
  while (socket.open && performance.now() < deadline) {
    await Promise.race([
      socket.send(
        `42${sent}["chat.sendMessage",{"chatId":"lobby","clientMessageId":"late-${sent}","body":"late"}]`,
      ),
      delay(250),
    ])
    sent++
    await delay(50)
    // Whether it was cut shows when what waits is taken: late enough for it to have lingered.
    if (sent === 60) socket.resume()
  }
  assert(!socket.open, 'the connection was not cut')
  return sent
}
