import { createServer } from 'node:http'
import { Server, type Socket } from 'socket.io'

// The bare Socket.IO server that everything is compared with: it broadcasts, stores nothing and asks nobody.

interface Sent {
  clientMessageId: string
  body: string
}

interface Presence {
  username: string
  rev: number
  state: 'available' | 'offline'
  status?: string
  since: string
}

interface Usernames {
  usernames: string[]
}

type Acknowledge = (reply: object) => void

const http = createServer((_request, response) => response.end('ok'))
const io = new Server(http, { transports: ['websocket'], serveClient: false })
const heads = new Map<string, number>()
const people = new Map<string, Presence>()

io.on('connection', (socket) => {
  const { place, sender } = socket.handshake.auth as { place: string; sender: string }
  void socket.join(place)
  socket.on('send', ({ clientMessageId, body }: Sent, acknowledge: Acknowledge) => {
    const seq = (heads.get(place) ?? 0) + 1
    heads.set(place, seq)
    io.to(place).emit('message', {
      seq,
      sender,
      body,
      clientMessageId,
      createdAt: new Date().toISOString(),
    })
    acknowledge({ seq })
  })
  servePresence(socket, sender)
})

/** Each change is emitted to the room of those who watch its person. */
function servePresence(socket: Socket, username: string): void {
  const change = (changes: Partial<Presence>) => {
    const before = people.get(username) ?? { username, rev: 0, state: 'offline', since: '' }
    const since = changes.state === undefined ? before.since : new Date().toISOString()
    const presence: Presence = { ...before, ...changes, rev: before.rev + 1, since }
    people.set(username, presence)
    io.to(`presence:${username}`).emit('presence', presence)
    return presence
  }
  const statesOf = (usernames: string[]) => ({
    items: usernames.map((each) => people.get(each)).filter((each) => each !== undefined),
  })
  change({ state: 'available' })
  socket.on('disconnect', () => change({ state: 'offline' }))
  socket.on('presence.setPresence', ({ status }: { status: string }, acknowledge: Acknowledge) =>
    acknowledge(change({ status })),
  )
  socket.on('presence.subscribe', ({ usernames }: Usernames, acknowledge: Acknowledge) => {
    void socket.join(usernames.map((each) => `presence:${each}`))
    acknowledge(statesOf(usernames))
  })
  socket.on('presence.getPresence', ({ usernames }: Usernames, acknowledge: Acknowledge) =>
    acknowledge(statesOf(usernames)),
  )
}

http.listen(Number(process.env['PORT']), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
