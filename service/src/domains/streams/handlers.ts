import { events, parseStreamKey, streams, userStream, type EventItem } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { effectOf } from '../../kernel/executor.ts'
import { implement, staged } from '../../kernel/module.ts'
import { firstFitting, jsonBytes } from '../../kernel/pages.ts'
import { chatStreamsOf, readableChat, readableChats } from '../chat/index.ts'
import { encodeItem, type Published } from '../../kernel/outbox.ts'
import { readHeads, readLog, readLogs, type LogRow } from './store.ts'

type Operations = typeof streams.operations

/** Most events of a stream that a node reads at once for its readers. */
const FEED_PAGE = 200

/** What a reader may see of a stream: everything after `from`, or nothing. */
interface Readable {
  /** Events up to here are withheld. */
  from: number
}

async function readable(ctx: ReadContext, stream: string): Promise<Readable | undefined> {
  const key = parseStreamKey(stream)
  if (key?.kind === 'user') return key.id[0] === ctx.caller.username ? { from: 0 } : undefined
  if (key?.kind === 'chat') return readableChat(ctx, key.id[0] ?? '')
  return undefined
}

const join = staged<Operations['join']>()({
  prepare(edge, { stream }) {
    edge.connection?.hold(stream)
    return {}
  },
  async handle(ctx, { stream }) {
    const allowed = await readable(ctx, stream)
    return { allowed: allowed !== undefined, head: await ctx.head(stream), epoch: ctx.policy.epoch }
  },
  complete(edge, { stream }, { allowed, head, epoch }) {
    edge.connection?.release(stream, allowed ? head : undefined)
    if (!allowed) edge.fail('not_found', { stream })
    return { stream, head, epoch }
  },
})

const leave = staged<Operations['leave']>()({
  handle: () => ({}),
  complete(edge, { stream }) {
    edge.connection?.leave(stream)
    return {}
  },
})

export const streamsModule = implement(streams, {
  handlers: {
    join,
    leave,
    async resume(ctx, { epoch, heads: asked }) {
      if (epoch !== ctx.policy.epoch) ctx.fail('epoch_changed', { epoch: ctx.policy.epoch })
      const own = [userStream(ctx.caller.username), ...(await chatStreamsOf(ctx))]
      const readableNow = new Set(own)
      const others = Object.keys(asked).filter((stream) => !readableNow.has(stream))
      for (const stream of await readableChats(ctx, others)) readableNow.add(stream)
      const heads = await readHeads(ctx.db, [...readableNow])
      const known = Object.entries(asked).filter(([stream]) => readableNow.has(stream))
      return {
        epoch,
        heads: Object.fromEntries(heads),
        behind: known
          .filter(([stream, seq]) => seq < (heads.get(stream) ?? 0))
          .map(([stream]) => stream),
        gone: Object.keys(asked).filter((stream) => !readableNow.has(stream)),
        reset: known
          .filter(([stream, seq]) => seq > (heads.get(stream) ?? 0))
          .map(([stream]) => stream),
      }
    },
    async readSince(ctx, { stream, seq, limit }) {
      const allowed = await readable(ctx, stream)
      if (!allowed) return ctx.fail('not_found', { stream })
      const head = await ctx.head(stream)
      if (seq > head) ctx.fail('invalid_cursor', { reason: 'cursor_ahead', path: 'seq', head })
      const rows = await readLog(ctx.db, {
        stream,
        after: seq,
        limit: Math.min(limit, ctx.policy.limits.pageItems),
      })
      const items = rows.map((row) => (row.seq <= allowed.from ? toWithheld(row) : toItem(row)))
      const events = firstFitting(items, ctx.policy.limits.pageBytes, jsonBytes)
      return { events, head, epoch: ctx.policy.epoch }
    },
  },
  lookups: {
    /** What the caller reads by being who they are, and where it stands. */
    async own(ctx) {
      const own = [userStream(ctx.caller.username), ...(await chatStreamsOf(ctx))]
      return { heads: Object.fromEntries(await readHeads(ctx.db, own)) }
    },
    heads: async ({ db }, { streams: asked }) => ({
      heads: Object.fromEntries(await readHeads(db, asked as string[])),
    }),
    async after(ctx, { positions }) {
      const rows = await readLogs(ctx, positions as Record<string, number>, FEED_PAGE)
      return { items: rows.map(toPublished) }
    },
    /** Head of a stream that the caller may read. */
    async readable(ctx, { stream }) {
      const allowed = await readable(ctx, String(stream))
      return allowed ? { head: await ctx.head(String(stream)) } : {}
    },
  },
})

/** An event of the log as it went out when it was committed. */
function toPublished(row: LogRow): Published {
  const event = events.get(row.name)
  const decides = event?.admits ?? event?.dismisses
  return {
    stream: row.stream,
    seq: row.seq,
    json: encodeItem(row),
    ...(event && decides && effectOf(event, JSON.parse(row.data))),
  }
}

function toItem(row: LogRow): EventItem {
  return {
    name: row.name,
    stream: row.stream,
    seq: row.seq,
    at: row.at,
    ...(row.actor !== null && {
      actor: {
        username: row.actor,
        ...(row.connection !== null && { connectionId: row.connection }),
      },
    }),
    ...(row.command_id !== null && { commandId: row.command_id }),
    data: JSON.parse(row.data) as unknown,
  }
}

const toWithheld = ({ stream, seq, at }: LogRow): EventItem => ({
  name: 'streams.withheld',
  stream,
  seq,
  at,
  data: {},
})
