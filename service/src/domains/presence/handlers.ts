import { chatStream, presence, type OwnPresence, type Parsed } from '@collab-kit/protocol'
import type { Context, Edge } from '../../kernel/context.ts'
import { holdersOf, takeTurn } from '../../kernel/leases.ts'
import { implement, live, staged, type AnyStagedHandler } from '../../kernel/module.ts'
import { encodeCursor, firstFitting, jsonBytes, nameAfter } from '../../kernel/pages.ts'
import { noteReading } from '../chat/index.ts'
import { applyOne, refold, report, setPresences, type Report } from './change.ts'
import { createDevices } from './devices.ts'
import { personal } from './personal.ts'
import { mayWatch, namesIn, onlineIn, placeOf, sizeOf, type Target } from './places.ts'
import { lookups } from './questions.ts'
import { blankRow, toOwn } from './rules.ts'
import { ownRow, presenceOf } from './snapshot.ts'
import { createStatusEnds } from './status-ends.ts'
import { endedElsewhere, expired } from './sweep.ts'
import { createWatches } from './watches.ts'

type Operations = typeof presence.operations

/** What one says of oneself; a status that ends by itself is taken back when its time is over. */
const setPresence = staged<Operations['setPresence']>()({
  handle: (ctx, input) => applyOne(ctx, input),
  complete(edge, _input, own: OwnPresence) {
    edge.local(createStatusEnds).set(edge, edge.caller.username, own.statusExpiresAt)
    return own
  },
})

/** Before an admin is shown who is in a private chat, it is noted. */
const noteTarget = (edge: Edge, { chatId }: Target): Promise<unknown> | undefined =>
  chatId === undefined ? undefined : noteReading(edge, chatStream(chatId))

const subscribe = staged<Operations['subscribe']>()({
  prepare: noteTarget,
  async handle(ctx, input) {
    const place = placeOf(input, ctx.caller.username)
    if (place && !(await mayWatch(ctx, place))) return ctx.fail('not_found', { ...input })
    return {}
  },
  complete: (edge, input) => edge.local(createWatches).subscribe(edge, input),
})

const listAudience = {
  prepare: noteTarget,
  async handle(
    ctx: Context<Operations['listAudience']>,
    { cursor, limit: wanted, ...target }: Parsed<Operations['listAudience']>,
  ) {
    const after = nameAfter(cursor)
    if (after === undefined)
      return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
    const place = placeOf(target, ctx.caller.username)!
    if (!(await mayWatch(ctx, place))) return ctx.fail('not_found', { ...target })
    const { pageItems, pageBytes } = ctx.policy.limits
    const limit = Math.min(wanted, pageItems)
    const names = await namesIn(ctx, place, { after, limit: limit + 1 })
    const all = await presenceOf(ctx, names.slice(0, limit))
    const items = firstFitting(all, pageBytes, jsonBytes)
    return {
      items,
      total: await sizeOf(ctx, place),
      online: await onlineIn(ctx, place),
      ...(items.length < names.length && { nextCursor: encodeCursor(items.at(-1)!.username) }),
    }
  },
} as AnyStagedHandler

export const presenceModule = implement(presence, {
  handlers: {
    setPresence,
    async getOwnPresence(ctx) {
      return toOwn((await ownRow(ctx)) ?? blankRow(ctx.caller.username, ctx.now), ctx.now)
    },
    setIdle: live<Operations['setIdle']>()((edge, { idle }) => {
      edge.local(createDevices).setIdle(edge, idle)
      return {}
    }),
    async getPresence(ctx, { usernames }) {
      return { items: await presenceOf(ctx, usernames) }
    },
    subscribe,
    unsubscribe: live<Operations['unsubscribe']>()((edge, target) => {
      edge.local(createWatches).unsubscribe(edge, target)
      return {}
    }),
    listAudience,
  },
  sets: { setPresence: setPresences },
  personal,
  internal: {
    /** People who came to this node or went from it, or left all its devices. */
    report: (ctx, { people }) => report(ctx, people as Report[]),
    /** Whoever is here from no node that lives is gone, and so is a status whose time is over. */
    async sweep(ctx, { ms }) {
      const { nodeId } = ctx.policy
      if (ms !== undefined && !(await takeTurn(ctx, { name: 'sweepPresence', ms: Number(ms) })))
        return
      const alive = ms === undefined ? [nodeId] : await holdersOf(ctx, 'node:')
      // After an outage of the database nobody has a lease: whoever has none judges nobody by theirs.
      if (!alive.includes(nodeId)) return
      const ended = await endedElsewhere(ctx, alive)
      await refold(ctx, [...ended, ...(await expired(ctx))])
    },
    refold: (ctx, { usernames }) => refold(ctx, usernames as string[]),
  },
  lookups,
  connected: (edge, connection) => edge.local(createDevices).connected(edge, connection),
  disconnected(edge, connection, end) {
    edge.local(createDevices).disconnected(edge, connection, end)
    edge.local(createWatches).disconnected(connection)
  },
  heard: (edge, item) => edge.local(createWatches).heard(edge, item),
})
