import { createHash } from 'node:crypto'
import { CollabError, type Closing, type Limits } from '@collab-kit/protocol'
import Router from '@koa/router'
import type { Context } from 'koa'
import type { Caller } from '../kernel/context.ts'
import { every, type Clock } from '../kernel/clock.ts'
import type { Dispatcher } from '../kernel/dispatch.ts'
import { newId } from '../kernel/ids.ts'
import type { Authenticated, Authenticator } from './authenticator.ts'
import { HttpRefusal } from './body.ts'
import { catchUp, takeUp, type Absence } from './catch-up.ts'
import type { Checkpoint, Checkpoints, Resumption } from './checkpoint.ts'
import { encodeWelcome, LiveConnection } from './connection.ts'
import type { Endings } from './endings.ts'
import { encodeLocal, Frame } from './frame.ts'
import type { Hub } from './hub.ts'
import type { Places } from './places.ts'
import { EVENTS_PATH } from './query.ts'
import { authenticatedBy } from './rest.ts'
import { SseOutlet } from './sse-outlet.ts'

export interface EventsOptions {
  dispatcher: Dispatcher
  authenticator: Authenticator
  hub: Hub
  clock: Clock
  limits: Limits
  trustProxy: number
  trustedIps: readonly string[]
  places: Places
  checkpoints: Checkpoints
  epoch: string
  /** Ends what the same ticket opened before, on every node. */
  endReplaced: Endings['endReplaced']
  isDraining(): boolean
  onClosing(connection: LiveConnection, closing: Closing): void
  /** Told of what nobody outside may know. */
  onError(error: unknown): void
}

/** Proxies end what is silent for long. */
const COMMENT_MS = 15_000

/** `GET /api/v1/events`: everything that a socket would be told, by Server-Sent Events. */
export function createEvents(options: EventsOptions): Router {
  const router = new Router({ strict: true, sensitive: true })
  router.get(EVENTS_PATH, (context) => answer(context, options))
  return router
}

interface Parameters {
  ticket: string | undefined
  named: boolean
}

async function answer(context: Context, options: EventsOptions): Promise<void> {
  // The router takes HEAD for GET; a stream has no end to be measured.
  if (context.method !== 'GET') throw wrongMethod()
  if (options.isDraining()) {
    throw new CollabError('unavailable', { details: { reason: 'draining' }, retryAfterMs: 1000 })
  }
  const { ticket, named } = parametersOf(context)
  const lastId = context.get('last-event-id')
  const admitted =
    ticket === undefined
      ? await admitByHeader(context, lastId, options)
      : await admitByTicket(ticket, lastId, options)
  await open(context, { ...admitted, named }, options)
}

function parametersOf({ querystring }: Context): Parameters {
  const query = new URLSearchParams(querystring)
  for (const key of query.keys()) {
    const known = key === 'ticket' || (key === 'named' && /^(true|false)$/.test(query.get(key)!))
    if (known && query.getAll(key).length === 1) continue
    throw new CollabError('invalid_payload', { details: { reason: 'invalid_query', path: key } })
  }
  return { ticket: query.get('ticket') ?? undefined, named: query.get('named') !== 'false' }
}

interface Admitted extends Authenticated {
  ticket?: { text: string; hash: string }
  checkpoint: Checkpoint
  /** Where they left, or why that is not known; nothing for one who comes the first time. */
  from?: Resumption | 'epoch_changed' | 'unknown_position'
}

async function admitByHeader(
  context: Context,
  lastId: string,
  options: EventsOptions,
): Promise<Admitted> {
  const { checkpoints } = options
  const known = await authenticatedBy(context, options)
  if (!known) throw new CollabError('unauthenticated')
  const bearer = { username: known.caller.username }
  const checkpoint = checkpoints.create(bearer)
  return { ...known, checkpoint, ...(lastId && { from: checkpoints.read(lastId, bearer) }) }
}

/** Once without an id; after that only with an id that was given to this ticket's own stream. */
async function admitByTicket(
  text: string,
  lastId: string,
  options: EventsOptions,
): Promise<Admitted> {
  const { dispatcher, authenticator, checkpoints } = options
  const answered = lastId
    ? dispatcher.lookup('streams.?ticket', { ticket: text })
    : dispatcher.internal('streams.$useTicket', { ticket: text })
  const { caller: whose, tokenEndsAt } = (await answered) as { caller: Caller; tokenEndsAt: number }
  const ticket = { text, hash: createHash('sha256').update(text).digest('base64url') }
  const bearer = { username: whose.username, ticket: ticket.hash }
  const from = lastId ? checkpoints.read(lastId, bearer) : undefined
  if (from === 'unknown_position') {
    throw new CollabError('unauthenticated', {
      message: 'This id was not given to the stream of this ticket: ask for a new ticket.',
      details: { reason: 'foreign_id' },
    })
  }
  const caller = await authenticator.again(whose)
  const checkpoint = checkpoints.create(bearer)
  return { caller, expiresAt: tokenEndsAt, ticket, checkpoint, ...(from && { from }) }
}

async function open(
  context: Context,
  admitted: Admitted & { named: boolean },
  options: EventsOptions,
): Promise<void> {
  const { hub, epoch, clock } = options
  const { from, checkpoint, expiresAt } = admitted
  const connection = connect(context, admitted, options)
  const known = typeof from === 'object' ? from : undefined
  const working = { hub, dispatcher: options.dispatcher, checkpoint }
  const absence = await takeUp(connection, known, working).catch((error: unknown) => {
    // Nothing was said yet: the refusal is the answer.
    connection.ended()
    throw error
  })
  context.status = 200
  context.respond = false
  if (!connection.live) return
  if (typeof from === 'string') absence.resets.push({ reason: from })
  const now = clock.now()
  connection.open(encodeWelcome(connection, { expiresAt, epoch, now }))
  options.dispatcher.connected(connection)
  tell(connection, absence, new Date(now).toISOString())
  catchUp(connection, absence, working).catch((error: unknown) => {
    options.onError(error)
    // They come back with what they have, and are told the rest then.
    connection.close({ code: 'protocol_error', reconnect: true, afterMs: 1000 })
  })
}

function connect(
  { req, res }: Context,
  { caller, expiresAt, ticket, checkpoint, named }: Admitted & { named: boolean },
  options: EventsOptions,
): LiveConnection {
  const { hub, dispatcher, clock, limits, places } = options
  const { username } = caller
  const id = newId()
  if (ticket) options.endReplaced({ username, ticket: ticket.hash, connectionId: id })
  res.once('close', places.take(req, username, 'events'))
  res.shouldKeepAlive = false
  const outlet = new SseOutlet({
    response: res,
    budget: limits.readerQueueBytes,
    checkpoint,
    named,
  })
  const connection = new LiveConnection({
    id,
    transport: 'events',
    outlet,
    caller,
    hub,
    clock,
    joinedStreams: limits.joinedStreams,
    checkpoint,
    ticket: ticket?.hash,
    onRenewed(renewed) {
      if (!ticket) return
      const extension = { ticket: ticket.text, caller: renewed }
      dispatcher.internal('streams.$extendTicket', extension).catch(options.onError)
    },
    onClosing: (closed, closing) => options.onClosing(closed, closing),
  })
  hub.add(connection)
  const stopComments = every(clock, COMMENT_MS, () => outlet.comment())
  res.once('close', () => {
    stopComments()
    connection.ended()
    dispatcher.disconnected(connection, connection.farewell ? 'left' : 'lost')
  })
  connection.extend(expiresAt)
  return connection
}

/** What changed while the reader was away, before anything else. */
function tell(connection: LiveConnection, { resets, removed }: Absence, at: string): void {
  const whole = resets.find(({ streams }) => streams === undefined)
  for (const reset of whole ? [whole] : resets) {
    connection.deliver(new Frame([encodeLocal('system.reset', reset, at)]))
  }
  for (const stream of removed) {
    const data = { stream, reason: 'left' }
    connection.deliver(new Frame([encodeLocal('streams.removed', data, at)]))
  }
}

const wrongMethod = (): HttpRefusal =>
  new HttpRefusal(
    405,
    new CollabError('unknown_operation', {
      message: 'This path has other methods.',
      details: { reason: 'method' },
    }),
  )
