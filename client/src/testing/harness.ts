import { createCollab, type CollabClient } from '../client.ts'
import type { ClientOptions } from '../options.ts'
import type { ChatState } from '../domains/chat/model.ts'
import { selectChat } from '../domains/chat/selectors.ts'
import { fakeClock, type FakeClock } from './fake-clock.ts'
import type { Script, ScriptedService } from './script.ts'
// What a page fetches with its first use is here from the start: a clock that stands waits for no module.
import '../auth/renewal.ts'
import '../domains/activities/activities.ts'
import '../chat.ts'
import '../domains/chat/pages.ts'
import '../domains/presence/presence.ts'
import { scriptedService } from './scripted-service.ts'

/** A scripted service, a clock and clients that end with the test: `using world = createWorld()`. */
export interface World extends Disposable {
  readonly clock: FakeClock
  readonly service: ScriptedService
  /** A client of the service, as `ann` unless said otherwise. */
  client(options?: Partial<ClientOptions>): CollabClient
  /** Operations called so far, in order. */
  called(...names: string[]): string[]
}

export function createWorld(script: Script = {}): World {
  const clock = fakeClock()
  const service = scriptedService({ now: clock.now, ...script })
  const clients: CollabClient[] = []
  return {
    clock,
    service,
    client(options = {}) {
      const hasSource = ['token', 'getToken', 'tokenEndpoint', 'credentials', 'account'].some(
        (key) => key in options,
      )
      const client = createCollab({
        ...service.options,
        clock,
        ...(!hasSource && { token: 'token:ann' }),
        ...options,
      })
      clients.push(client)
      return client
    },
    called: (...names) =>
      service.calls
        .map(({ operation }) => operation as string)
        .filter((name) => !names.length || names.includes(name)),
    [Symbol.dispose]() {
      for (const client of clients) client.close()
    },
  }
}

/** A chat as the store shows it. */
export const chatOf = (client: CollabClient, chatId = 'lobby'): ChatState =>
  selectChat(client.store.getState(), chatId)

/** The texts that a person sees, those on their way in brackets. */
export function shown(client: CollabClient, chatId = 'lobby'): string[] {
  const { messages, pending } = chatOf(client, chatId)
  return [
    ...messages.map(({ body }) => body),
    ...pending.map(({ body, state }) => `(${body} ${state})`),
  ]
}
