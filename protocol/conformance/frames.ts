import { expect } from 'vitest'
import { privateChannel } from './acts.ts'
import { commandId, count, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Bytes on the socket that no client library sends: they may end that socket, and nothing else. */
export function frameRules(target: Target): void {
  // What is below the operations is the same for both transports.
  if (target.transport !== 'socket') return
  hostileFrames(target)
  beforeSignIn(target)
  arguments_(target)
  goodbyes(target)
}

interface RawSocket {
  send(frame: string | Uint8Array<ArrayBuffer>): void
  /** The first text that begins so. */
  next(start: string): Promise<string>
  readonly closed: Promise<void>
  close(): void
}

/** A WebSocket to the Engine.IO path, without Socket.IO on top. */
async function rawSocket(url: string): Promise<RawSocket> {
  const address = new URL('/socket.io/?EIO=4&transport=websocket', url)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address)
  const texts: string[] = []
  const waiting = new Set<() => void>()
  socket.addEventListener('message', ({ data }) => {
    texts.push(String(data))
    // Alive as any client: a socket that is closed is closed for another reason.
    if (data === '2') socket.send('3')
    for (const check of [...waiting]) check()
  })
  const closed = new Promise<void>((resolve) =>
    socket.addEventListener('close', () => resolve(), { once: true }),
  )
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', reject, { once: true })
  })
  const next = (start: string): Promise<string> =>
    new Promise((resolve) => {
      const check = () => {
        const text = texts.find((each) => each.startsWith(start))
        if (text === undefined) return
        waiting.delete(check)
        resolve(text)
      }
      waiting.add(check)
      check()
    })
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    next,
    closed,
    close: () => socket.close(),
  }
}

const deep = (levels: number): string =>
  `420["system.echo",{"message":${'['.repeat(levels)}${']'.repeat(levels)}}]`

/** Leaves the namespace: what follows is not answered, and the transport stays for another namespace. */
const GOODBYE = '41'

const HOSTILE: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  '',
  'b',
  '4',
  '42',
  '42[',
  '42[]',
  '42[1]',
  '42[1,{}]',
  '42[null,{}]',
  '42[{}]',
  '42{"a":1}',
  '42"x"',
  '42["system.echo"',
  '42["connect"]',
  '42["connect_error",{}]',
  '42["disconnect",{}]',
  '420["disconnecting",{}]',
  '420["newListener",{}]',
  '420["removeListener",{}]',
  '420["__proto__",{}]',
  '420["constructor"]',
  '42999999999999999999["system.echo",{"message":"x"}]',
  '43',
  '431[]',
  '430[{"ok":true}]',
  '44{"message":"x"}',
  GOODBYE,
  '41/other,',
  '40',
  '40{"token":"again"}',
  '40/other,{"token":"x"}',
  '40/../..,',
  '45',
  '451-["system.echo",{"_placeholder":true,"num":0}]',
  '4511-["x"]',
  '45999999-["x",{}]',
  '46',
  '461-1[]',
  '49',
  '4x',
  '2',
  '2probe',
  '3',
  '33333',
  '5',
  '6',
  '7',
  '9',
  '\u0000',
  '\uD800',
  deep(17),
  deep(50_000),
  `420["system.echo",{"message":"${'x'.repeat(100_000)}"}]`,
  `420["system.echo",{${count(20_000)
    .map((n) => `"k${n}":1`)
    .join(',')}}]`,
  new Uint8Array([0, 1, 2, 255]),
  new Uint8Array(0),
]

function hostileFrames(target: Target): void {
  const rule = rules(target)

  rule('[ERR-9] No frame harms the process or another connection', async ({ peer, person }) => {
    const bystander = await peer()
    const eve = await person()
    const batches = count(Math.ceil(HOSTILE.length / 10)).map((n) =>
      HOSTILE.slice((n - 1) * 10, n * 10),
    )
    for (const batch of batches) {
      const sockets = await Promise.all(batch.map(() => rawSocket(target.url)))
      await Promise.all(
        sockets.map(async (socket, index) => {
          socket.send(`40${JSON.stringify({ token: eve.accessToken })}`)
          await Promise.race([socket.next('40'), socket.closed])
          socket.send(batch[index]!)
          socket.send('421["system.echo",{"message":"after"}]')
          // Answered, or closed for what came before: both are fine.
          if (batch[index] !== GOODBYE) await Promise.race([socket.next('431'), socket.closed])
          socket.close()
          await socket.closed
        }),
      )
      await bystander.fence()
    }
    expect(await bystander.call('users.getMe', {})).toMatchObject({ username: bystander.username })
  })

  rule(
    '[ERR-9] A socket that floods names, namespaces and acknowledgements harms nobody else',
    async ({ peer, person }) => {
      const bystander = await peer()
      const eve = await person({ guest: true })
      const socket = await rawSocket(target.url)
      socket.send(`40${JSON.stringify({ token: eve.accessToken })}`)
      await socket.next('40')
      for (const n of count(2000)) {
        socket.send(`40/space-${n},{}`)
        socket.send(`42${n}["name.${n}",{}]`)
        socket.send(`43${n}[{}]`)
        socket.send('3')
      }
      await bystander.fence()
      socket.close()
      await socket.closed
      await bystander.fence()
    },
  )
}

function beforeSignIn(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-5] Nothing that is sent before the token takes effect', async ({ peer, person }) => {
    const ada = await peer()
    const ben = await person()
    const { chatId } = await privateChannel(ada, [ben])
    const socket = await rawSocket(target.url)
    socket.send(
      `420["chat.sendMessage",${JSON.stringify({ chatId, clientMessageId: commandId(), body: 'early' })}]`,
    )
    socket.send(`40${JSON.stringify({ token: ben.accessToken })}`)
    await Promise.race([socket.next('40'), socket.closed])
    socket.close()
    await socket.closed
    await ada.fence()
    expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(0)
  })

  rule(
    '[LIM-11] Before sign-in not even a frame above `unauthenticatedFrameBytes` is read',
    async ({ person }) => {
      const { accessToken } = await person()
      const socket = await rawSocket(target.url)
      const filler = 'x'.repeat(target.limits.unauthenticatedFrameBytes)
      socket.send(`40${JSON.stringify({ token: accessToken, filler })}`)
      await socket.closed
    },
  )
}

function goodbyes(target: Target): void {
  rules(target)(
    '[LIM-8] A socket that has left does not stay: it would count for nobody',
    async ({ person }) => {
      const { accessToken } = await person({ guest: true })
      const socket = await rawSocket(target.url)
      socket.send(`40${JSON.stringify({ token: accessToken })}`)
      await socket.next('40')
      socket.send(GOODBYE)
      await socket.closed
    },
  )
}

function arguments_(target: Target): void {
  rules(target)(
    '[ERR-9] Acknowledgements that are none are no acknowledgements',
    async ({ peer }) => {
      const ada = await peer()
      ada.send('system.echo')
      ada.send('system.echo', { message: 'one' }, 'not a function')
      ada.send('system.echo', { message: 'two' }, { ack: true })
      ada.send('nope')
      ada.send('chat.getChat', { chatId: 'nothing' })
      await ada.fence()
      const echoed = ada.items
        .filter(({ name }) => name === 'system.echoed')
        .map(({ data }) => data)
      expect(echoed).toEqual([{ message: 'fence' }])
    },
  )
}
