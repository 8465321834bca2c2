import { systemClock, type Clock } from './clock.ts'
import { network } from './connection/network.ts'
import type { TransportFactory } from './connection/transport.ts'
import { memoryStorage } from './storage/memory.ts'
import type { CollabStorage } from './storage/storage.ts'
import { tolerant } from './storage/tolerant.ts'

/**
 * Why a token is asked for.
 * - `initial`: the first one
 * - `refresh`: the present one ends soon
 * - `rejected`: the service did not take the present one
 */
export type TokenReason = 'initial' | 'refresh' | 'rejected'

export interface IssuedToken {
  token: string
  /** ISO 8601. Without it the service says when a connection's token ends. */
  expiresAt?: string
}

export type GetToken = (reason: TokenReason, signal: AbortSignal) => Promise<string | IssuedToken>

export interface Timings {
  /** Longest wait for a connection to be answered, milliseconds. @default 10000 */
  connectTimeoutMs: number
  /** Longest wait for a token of the page, whose `signal` is aborted then, milliseconds. @default 30000 */
  tokenTimeoutMs: number
  /** Upper bound of the first wait before connecting again; doubles with every attempt. @default 500 */
  backoffMinMs: number
  /** Upper bound of every wait. @default 30000 */
  backoffMaxMs: number
  /** A connection that lasted this long starts the waits anew. @default 10000 */
  stableAfterMs: number
  /** Longest wait for a call's answer, queueing and repeats included. @default 30000 */
  callTimeoutMs: number
  /** Wait for one attempt of a call before it is sent again on the same connection. @default 12000 */
  attemptTimeoutMs: number
  /** Shortest time between two changes of the store that the service caused. @default 16 */
  batchMs: number
  /** `true` of `setTyping` travels at most this often. @default 4000 */
  typingEveryMs: number
  /** One's own typing ends by itself after this long without another `true`. @default 5000 */
  typingIdleMs: number
  /** Others' typing is forgotten after this long. @default 10000 */
  typingForgetMs: number
  /** Read marks are gathered this long. @default 300 */
  markReadMs: number
  /** Drafts are written after this long without a change. @default 300 */
  draftMs: number
  /** Without a key, a touch or a moved pointer for this long, a person counts as away. @default 300000 */
  idleAfterMs: number
  /** As `idleAfterMs`, for a page that is hidden. @default 30000 */
  hiddenIdleMs: number
  /** How long the last `close()` keeps the connection, so that a moved element does not blink. @default 0 */
  closeDelayMs: number
  /** How long a released chat is kept live, for the same reason. @default 0 */
  releaseDelayMs: number
}

export interface ClientOptions extends Partial<Timings> {
  /** Address of the service, as `https://chat.example.com`; a path is kept. */
  serviceUrl: string
  /** A fixed token; when it ends the client is signed out. */
  token?: string
  /** Asks the host page for tokens: the first, newer ones and after a refusal. One call at a time, and none for ever. */
  getToken?: GetToken
  /** Address that answers a POST with `{ token, expiresAt? }`; cookies of the same origin are sent. */
  tokenEndpoint?: string
  /** Signs in with an account of the service. */
  credentials?: { username: string; password: string }
  /** Separates identities on one page; own sign-ins are remembered per service and account. @default 'default' */
  account?: string
  /**
   * Messages of one chat that the page holds at most, 500 at least: of more, the end that is further away is
   * dropped in whole chunks of 40 positions and read again when it is wanted.
   * @default 600
   */
  windowSize?: number
  /** @default 'indexeddb' where there is one, else 'memory' */
  storage?: 'indexeddb' | 'memory' | CollabStorage
  /** @default Socket.IO over a WebSocket, or an event stream and REST where the network lets none through */
  transport?: TransportFactory
  /** For sign-in, tokens, and everything where the network lets no WebSocket through. @default the global fetch */
  fetch?: typeof fetch
  /** @default the system's */
  clock?: Clock
}

export const DEFAULTS: Timings & { account: string; windowSize: number } = {
  account: 'default',
  windowSize: 600,
  connectTimeoutMs: 10_000,
  tokenTimeoutMs: 30_000,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  stableAfterMs: 10_000,
  callTimeoutMs: 30_000,
  attemptTimeoutMs: 12_000,
  batchMs: 16,
  typingEveryMs: 4_000,
  typingIdleMs: 5_000,
  typingForgetMs: 10_000,
  markReadMs: 300,
  draftMs: 300,
  idleAfterMs: 300_000,
  hiddenIdleMs: 30_000,
  closeDelayMs: 0,
  releaseDelayMs: 0,
}

/** The options with everything filled in. */
export interface Settings {
  /** Without a slash at the end. */
  serviceUrl: string
  account: string
  timings: Timings
  windowSize: number
  clock: Clock
  fetch: typeof fetch
  transport: TransportFactory
  storage: CollabStorage
}

/** @throws TypeError for a `serviceUrl` that is none */
export function toSettings(options: ClientOptions): Settings {
  const { clock = systemClock, transport = network, storage } = options
  const { account, windowSize, ...defaults } = DEFAULTS
  const timings = { ...defaults }
  for (const key of Object.keys(defaults) as (keyof Timings)[])
    timings[key] = options[key] ?? defaults[key]
  return {
    serviceUrl: toServiceUrl(options.serviceUrl),
    account: options.account ?? account,
    timings,
    windowSize: options.windowSize ?? windowSize,
    clock,
    // Looked up at each call: pages replace it.
    fetch: options.fetch ?? ((...request) => fetch(...request)),
    transport,
    storage: tolerant(toStorage(storage)),
  }
}

export function toServiceUrl(serviceUrl: string): string {
  const url = new URL(serviceUrl)
  url.search = ''
  url.hash = ''
  return url.href.replace(/\/$/, '')
}

function toStorage(storage: ClientOptions['storage']): Promise<CollabStorage> | CollabStorage {
  if (typeof storage === 'object') return storage
  if (storage === 'memory' || typeof indexedDB === 'undefined') return memoryStorage()
  // Nothing of it is needed before the first look; that it cannot be fetched is as if the browser had none.
  return import('./storage/indexeddb.ts').then((module) => module.indexedDbStorage(), memoryStorage)
}
