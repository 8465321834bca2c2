import { connectTcp, openRawSocket, signIn, toFrame, type RawSocket } from '../rig/raw-socket.ts'
import type { Random } from '../rig/random.ts'
import { mutateBytes, mutateText } from './mutate.ts'

export interface ByteFuzzOptions {
  port: number
  token: string
  random: Random
}

const PACKETS = [
  '40',
  '40{"token":"x"}',
  '41',
  '420["system.echo",{"message":"hello"}]',
  '421["chat.getChat",{"chatId":"lobby"}]',
  '42["chat.sendMessage",{"chatId":"lobby","clientMessageId":"again-1","body":"hello"}]',
  '430[{"ok":true}]',
  '44{"message":"x"}',
  '451-["system.echo",{"_placeholder":true,"num":0}]',
  '461-0[{"_placeholder":true,"num":0}]',
  '42/other,1["x",{}]',
  '2',
  '2probe',
  '3',
  '5',
  '6',
  'bAAEC',
  '1',
]

/** One WebSocket that sends frames of any shape, until it is closed or has had enough. */
export async function fuzzFrames({ port, token, random }: ByteFuzzOptions): Promise<number> {
  const socket = await openRawSocket(port)
  let sent = 0
  try {
    if (random.chance(0.7)) await signIn(socket, token)
    const most = random.whole(1, 30)
    while (socket.open && sent < most) {
      await sendSomething(socket, random)
      sent++
    }
    // Whatever it was, what follows is answered, or the connection is over.
    await Promise.race([
      socket.closed,
      new Promise((resolve) => setTimeout(resolve, random.whole(0, 20))),
    ])
  } catch {
    // Closed while it signed in: after the frames of another this may be.
  }
  socket.close()
  return sent
}

async function sendSomething(socket: RawSocket, random: Random): Promise<void> {
  const packet = random.chance(0.5)
    ? random.pick(PACKETS)
    : mutateText(random.pick(PACKETS), random)
  const bytes = random.chance(0.2) ? mutateBytes(Buffer.from(packet), random) : packet
  const odd = random.chance(0.35)
  await socket.send(bytes, {
    ...(odd && {
      opcode: random.whole(0, 15),
      fin: random.chance(0.7),
      rsv: random.chance(0.8) ? 0 : random.whole(1, 7),
      mask: random.chance(0.9),
      ...(random.chance(0.2) && {
        length: random.pick([0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000]),
      }),
    }),
  })
  if (random.chance(0.05)) await socket.tcp.write(mutateBytes(toFrame(packet), random))
}

const REQUESTS = [
  'GET /api/v1/system/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'POST /api/v1/system/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"message":"x"}',
  'POST /api/v1/chats/lobby/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2a\r\n{"clientMessageId":"again-2","body":"hey"}\r\n0\r\n\r\n',
  'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'POST /socket.io/?EIO=4&transport=polling&sid=nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n40',
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  'OPTIONS /api/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\r\n',
  'GET /docs HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, br\r\nIf-None-Match: "x"\r\nRange: bytes=0-1\r\n\r\n',
]

/** One connection with a request whose bytes are changed. */
export async function fuzzHttp({ port, token, random }: ByteFuzzOptions): Promise<number> {
  const tcp = await connectTcp(port)
  const whole = random.pick(REQUESTS).replace('TOKEN', token)
  const bytes = random.chance(0.5)
    ? Buffer.from(mutateText(whole, random))
    : mutateBytes(Buffer.from(whole), random)
  const at = random.whole(0, bytes.length)
  await tcp.write(bytes.subarray(0, at))
  await tcp.write(bytes.subarray(at))
  await Promise.race([
    tcp.closed,
    new Promise((resolve) => setTimeout(resolve, random.whole(1, 30))),
  ])
  tcp.close()
  return 1
}

/** A long polling session whose payloads are changed. */
export async function fuzzPolling({ port, token, random }: ByteFuzzOptions): Promise<number> {
  const address = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`
  const opened = await fetch(address)
  const sid = /"sid":"([^"]+)"/.exec(await opened.text())?.[1]
  if (!sid) return 0
  const post = (body: string | Buffer) =>
    fetch(`${address}&sid=${sid}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: body as BodyInit,
    }).then((answer) => answer.text())
  await post(`40${JSON.stringify({ token })}`)
  const payload = Array.from({ length: random.whole(1, 6) }, () => random.pick(PACKETS)).join(
    '\u001e',
  )
  await post(
    random.chance(0.5)
      ? mutateText(payload, random).toWellFormed()
      : mutateBytes(Buffer.from(payload), random),
  )
  if (random.chance(0.5)) await (await fetch(`${address}&sid=${sid}`)).text()
  await post('1')
  return 3
}
