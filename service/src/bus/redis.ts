import { randomUUID } from 'node:crypto'
import { createClient, type RedisClientOptions } from 'redis'
import type { Bus, BusListener, OpenBus } from './bus.ts'

/** Redis is asked this often whether it still passes messages on. */
const BEAT_MS = 1000
/** Without an answer for this long it does not. */
const SILENCE_MS = 3000
/** Most commands that wait for an answer: a stalled server must not fill the memory. */
const COMMANDS = 10_000

/**
 * The nodes of one service, named by its database's epoch, by plain publish/subscribe. Whether it works is seen by the
 * node's own beat that has to come back: a server that is stopped, stalled or cut off looks the same, and none of them is
 * waited for.
 */
export const openRedis =
  (url: string, service: string): OpenBus =>
  async (listener) => {
    // Several services may share a Redis.
    const prefix = `collab:${service}:`
    const named = (channel: string) => prefix + channel
    const node = randomUUID()
    const options: RedisClientOptions = {
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: COMMANDS,
      socket: { connectTimeout: 2000, reconnectStrategy: backoff },
    }
    const speaker = createClient(options)
    const hearer = createClient({ ...options, disableOfflineQueue: false })
    const state = createState(listener)
    for (const client of [speaker, hearer]) client.on('error', (error) => state.lost(error))
    const beatChannel = named(`node:${node}`)
    const hear = (message: string, channel: string) => {
      const end = message.indexOf('\n')
      if (message.slice(0, end) === node) return
      listener.message(channel.slice(prefix.length), message.slice(end + 1))
    }
    // Connects in the background for as long as it takes: a service starts without its Redis.
    const connecting = [speaker, hearer].map((client) =>
      // The client has told its `error` listener already, and goes on trying.
      client.connect().catch(() => {}),
    )
    // A failure is told to `error`, and subscriptions are taken up at every new connection.
    void hearer.subscribe(beatChannel, () => state.heard()).catch(() => {})
    const beat = () => {
      state.look()
      if (speaker.isReady) void speaker.publish(beatChannel, '').catch((error) => state.lost(error))
    }
    speaker.on('ready', beat)
    hearer.on('ready', beat)
    const timer = setInterval(beat, BEAT_MS).unref()
    const bus: Bus = {
      get up() {
        return state.up
      },
      publish(channel, message) {
        if (!state.up || !speaker.isReady) return
        void speaker
          .publish(named(channel), `${node}\n${message}`)
          .catch((error) => state.lost(error))
      },
      async subscribe(channels) {
        if (channels.length > 0) await hearer.subscribe(channels.map(named), hear)
      },
      unsubscribe(channels) {
        if (channels.length === 0) return
        // While Redis is away there is nothing to end: the channel is forgotten at once.
        void hearer.unsubscribe(channels.map(named), hear).catch(() => {})
      },
      async close() {
        clearInterval(timer)
        state.close()
        speaker.destroy()
        hearer.destroy()
        await Promise.all(connecting)
      },
    }
    return bus
  }

/** Soon at first, then every two seconds; never all nodes at once. */
const backoff = (retries: number): number =>
  Math.min(100 * 2 ** retries, 2000) * (0.5 + Math.random() / 2)

/** Whether the node's own beat comes back. */
function createState(listener: BusListener) {
  let up = false
  let closed = false
  let heardAt = -Infinity
  const set = (now: boolean, error?: unknown) => {
    if (up === now || closed) return
    up = now
    if (now) listener.up()
    else listener.down(error)
  }
  return {
    get up() {
      return up
    },
    heard() {
      heardAt = performance.now()
      set(true)
    },
    look() {
      if (performance.now() - heardAt > SILENCE_MS) set(false, new Error('Redis is silent'))
    },
    lost: (error: unknown) => set(false, error),
    close() {
      closed = true
    },
  }
}
