import { createServer } from 'node:http'
import { Server } from 'socket.io'

// The bare Socket.IO server that everything is compared with: it broadcasts, stores nothing and asks nobody.

interface Sent {
  clientMessageId: string
  body: string
}

const http = createServer((_request, response) => response.end('ok'))
const io = new Server(http, { transports: ['websocket'], serveClient: false })
const heads = new Map<string, number>()

io.on('connection', (socket) => {
  const { place, sender } = socket.handshake.auth as { place: string; sender: string }
  void socket.join(place)
  socket.on('send', ({ clientMessageId, body }: Sent, acknowledge: (reply: object) => void) => {
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
})

http.listen(Number(process.env['PORT']), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
