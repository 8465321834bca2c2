import type {
  Api,
  CollabError,
  DataOf,
  EventItem,
  EventName,
  OperationName,
} from '@collab-kit/protocol'
import type { StoreApi } from 'zustand/vanilla'
import { createAuth, type CollabAuth } from './auth/auth.ts'
import { createOwn } from './auth/own.ts'
import { fixedToken, tokenEndpoint, tokenFunction } from './auth/sources.ts'
import { byName, createApi } from './calls/api.ts'
import type { CallRecord } from './calls/calls.ts'
import { createRest, type Rest } from './calls/rest.ts'
import { Core } from './core.ts'
import type { ActivityHandle } from './domains/activities/handle.ts'
import type { ChatHandle } from './domains/chat/handle.ts'
import { endOf, type Later } from './domains/later.ts'
import type { PresenceHandle } from './domains/presence/handle.ts'
import {
  toServiceUrl,
  toSettings,
  type ClientOptions,
  type GetToken,
  type Settings,
} from './options.ts'
import type { CollabState, ConnectionStatus } from './state.ts'

export interface CollabClient {
  /** Every operation as `api.<domain>.<operation>(input)`; a refusal rejects with CollabError. */
  readonly api: Api
  readonly store: StoreApi<CollabState>
  readonly status: ConnectionStatus
  readonly auth: CollabAuth
  readonly presence: PresenceHandle
  /** @throws Error where the client is from `@collab-kit/client/base` and nothing imports `@collab-kit/client/chat` */
  chat(chatId: string): ChatHandle
  activity(type: string, id: string): ActivityHandle
  /** Connects unless that is done or under way; after a refusal it tries again. */
  connect(): void
  /**
   * Events of the wire, finished calls, changes of status, and errors that no call can report. Durable events of an
   * open chat come in order, each once, when the store shows them. Returns the end.
   */
  on<N extends EventName>(name: N, handler: (item: EventItem<DataOf<N>>) => void): () => void
  on(name: 'call' | `call:${OperationName}`, handler: (call: CallRecord) => void): () => void
  on(name: 'status', handler: (status: ConnectionStatus) => void): () => void
  on(name: 'error', handler: (error: CollabError) => void): () => void
  /** Ends this client; the last one of the same service and account ends the connection. */
  close(): void
}

/** A core and the clients that share it. */
interface Shared {
  identity: readonly unknown[]
  core: Core
  api: Api
  auth: CollabAuth
  settings: Settings
  /** The functions of the clients; the newest is asked: pages make a new one with every render. */
  getTokens: GetToken[]
  clients: number
  timer: unknown
}

const shared = new Set<Shared>()

/**
 * A client of the service. Clients of the same service, account and token source share one connection and one store.
 * Connects with `connect()`, the first `open()` or the first call.
 * @throws TypeError for a `serviceUrl` that is none
 */
export function createCollab(options: ClientOptions): CollabClient {
  const identity = identityOf(options)
  const isSame = (other: Shared) => other.identity.every((part, index) => part === identity[index])
  const own = [...shared].find(isSame) ?? createShared(options, identity)
  shared.add(own)
  const { getToken } = options
  if (own.clients++ === 0) own.getTokens = []
  if (getToken) own.getTokens.push(getToken)
  own.settings.clock.clearTimeout(own.timer)
  return createClient(own, () => {
    if (--own.clients > 0) {
      // Whoever is gone is not asked any more.
      if (getToken) own.getTokens.splice(own.getTokens.indexOf(getToken), 1)
      return
    }
    const { clock } = own.settings
    const delayMs = options.closeDelayMs ?? own.settings.timings.closeDelayMs
    const end = () => {
      shared.delete(own)
      own.core.close()
    }
    if (delayMs <= 0) end()
    else own.timer = clock.setTimeout(end, delayMs)
  })
}

function createShared(options: ClientOptions, identity: Shared['identity']): Shared {
  const settings = toSettings(options)
  const { serviceUrl, account, storage } = settings
  const plain = createRest(serviceUrl, settings.fetch)
  const rest: Rest = async (name, input, how) => {
    // Told like every other call, but for its secrets.
    const tell = (end: Pick<CallRecord, 'data' | 'error'>) => core.calls.finished(name, input, end)
    try {
      const data = await plain(name, input, how)
      tell({ data })
      return data
    } catch (error) {
      tell({ error: (error as CollabError).toJSON() })
      throw error
    }
  }
  const own =
    options.token !== undefined || options.getToken || options.tokenEndpoint !== undefined
      ? undefined
      : createOwn({
          rest,
          storage,
          key: `sign-in/${encodeURIComponent(serviceUrl)}/${encodeURIComponent(account)}`,
          mayRemember: async () => (await core.info()).remember === 'on',
          credentials: options.credentials,
        })
  const source = own ?? toSource(options, settings, () => made.getTokens.at(-1))
  const core: Core = new Core({ settings, rest, source, own })
  const made: Shared = {
    identity,
    core,
    api: createApi((name, input) => core.call(name, input)),
    auth: createAuth(core, rest, own),
    settings,
    getTokens: [],
    clients: 0,
    timer: undefined,
  }
  return made
}

function toSource(
  { token, tokenEndpoint: url }: ClientOptions,
  settings: Settings,
  getToken: () => GetToken | undefined,
) {
  if (token !== undefined) return fixedToken(token)
  if (url !== undefined) return tokenEndpoint(url, settings.fetch)
  return tokenFunction(async (reason, signal) => (await getToken()?.(reason, signal)) ?? '')
}

function createClient({ core, api, auth }: Shared, release: () => void): CollabClient {
  /** What this client holds of the shared core. */
  const held = new Set<() => void>()
  const hold = (end: () => void) => {
    const once = () => {
      if (held.delete(once)) end()
    }
    held.add(once)
    return once
  }
  /** What is fetched with its first use, behind the names of its methods. */
  const handle = <T, H>(use: Later<T>, of: (made: T) => H, given?: object): H =>
    byName(
      (name) =>
        (...args: unknown[]) => {
          const call = (made: T) =>
            (of(made) as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args)
          if (HOLDING.test(name)) return hold(endOf(use, call as (made: T) => () => void))
          if (name === 'set') return core.answerOf(use, call)
          void use(call)
          return undefined
        },
      given,
    ) as H
  let closed = false
  return {
    api,
    auth,
    store: core.board.api,
    get status() {
      return core.board.get().connection.status
    },
    presence: handle(core.presence, (made) => made as PresenceHandle),
    chat(chatId) {
      const chat = core.chats.handle(chatId)
      return { ...chat, open: () => hold(chat.open()) }
    },
    activity: (type, id) => handle(core.activities, (made) => made.handle(type, id), { type, id }),
    connect: () => core.restart(),
    on: (name: string, handler: (value: never) => void) => hold(core.emitter.on(name, handler)),
    close() {
      if (closed) return
      closed = true
      for (const end of [...held]) end()
      release()
    },
  }
}

/** Methods that answer their end. */
const HOLDING = /^(open|watch|on[A-Z])/

/** Who shares a core: a token or a name of its own is another person, a function is not; replaced parts are apart. */
function identityOf(options: ClientOptions): readonly unknown[] {
  const { account, token, getToken, tokenEndpoint, credentials } = options
  const { storage, transport, clock, fetch: fetchWith } = options
  const serviceUrl = toServiceUrl(options.serviceUrl)
  const source = [token, tokenEndpoint, getToken && true, credentials?.username]
  return [serviceUrl, account ?? 'default', ...source, storage, transport, clock, fetchWith]
}
