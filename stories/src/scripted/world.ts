import { type ClientOptions, type CollabClient, createCollab } from '@collab-kit/client'
import { type Script, scriptedService, type ScriptedService } from '@collab-kit/client/testing'
import { chatStream } from '@collab-kit/protocol/runtime'
import { storyClock } from './clock.ts'
import { people, type PersonName } from './people.ts'
import { type WireQuality, wireOf, wireQualities } from './wire.ts'

/** Somebody else in the chat, who does what the story says. */
export interface Peer {
  types(chatId?: string): void
  stops(chatId?: string): void
  writes(body: string, chatId?: string): void
}

export interface ClientWish extends Partial<ClientOptions> {
  /** What happens to this client's connection happened that long ago, milliseconds. */
  behindMs?: number
}

/** A service in this page, people who use it, and what the story needs of both. */
export interface World {
  readonly service: ScriptedService
  /** How good the wire is; may be changed at any time. */
  wire: WireQuality
  /** The client of somebody; of nobody yet with `undefined`. */
  clientFor(username: PersonName | undefined, wish?: ClientWish): CollabClient
  peer(username: PersonName): Peer
  /** Ends all clients. */
  end(): void
}

/** The chat of the stories. */
export const LOBBY = 'lobby'

/**
 * A world by its script: what is said, is; all else is a public channel `lobby` in which everybody may do everything.
 */
export function createWorld(script: Script = {}): World {
  const clients = new Set<CollabClient>()
  const world: World = {
    service: scriptedService({
      now: () => Date.now(),
      ...script,
      users: [...people, ...(script.users ?? [])],
      me: { ...people[0], ...script.me },
      wire: wireOf(() => world.wire),
    }),
    wire: wireQualities.good,
    clientFor(username, { behindMs, ...wish } = {}) {
      const client = createCollab({
        ...world.service.options,
        clock: storyClock(behindMs === undefined ? {} : { behindMs }),
        ...(username !== undefined && { token: `token:${username}` }),
        ...wish,
      })
      clients.add(client)
      return client
    },
    peer: (username) => ({
      types: (chatId = LOBBY) => tellTyping(world.service, { chatId, username, typing: true }),
      stops: (chatId = LOBBY) => tellTyping(world.service, { chatId, username, typing: false }),
      writes: (body, chatId = LOBBY) => void world.service.say(chatId, username, body),
    }),
    end() {
      for (const client of clients) client.close()
      clients.clear()
    },
  }
  // The script keeps no rules; that others see one type is part of every chat.
  world.service.answer('chat.setTyping', ({ chatId, typing }, { username }) => {
    tellTyping(world.service, { chatId, username, typing })
    return {}
  })
  return world
}

function tellTyping(
  service: ScriptedService,
  typing: { chatId: string; username: string; typing: boolean },
): void {
  const stream = chatStream(typing.chatId)
  service.push('chat.typingChanged', typing, { stream, durable: false })
}
