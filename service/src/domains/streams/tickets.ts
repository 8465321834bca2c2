import { createHash, randomBytes } from 'node:crypto'
import { CollabError, type streams } from '@collab-kit/protocol'
import type { Selectable } from 'kysely'
import type { Caller, ReadContext } from '../../kernel/context.ts'
import { staged, type InternalHandler, type Lookup } from '../../kernel/module.ts'
import type { Database } from '../../kernel/schema.ts'

/** A ticket is used within this time. */
const FRESH_MS = 30_000
/** A token is accepted so much longer than it says. */
const SKEW_MS = 30_000

type TicketRow = Selectable<Database['event_tickets']>

/** Who a ticket opens a stream for, and until when. */
export interface Ticket {
  caller: Caller
  /** Milliseconds since 1970. */
  tokenEndsAt: number
}

const hashOf = (ticket: unknown): string =>
  createHash('sha256').update(String(ticket)).digest('base64url')

/** A ticket belongs to a person, not to the connection that asked for it. */
const whoseJson = ({ connectionId: _connection, ...whose }: Caller): string => JSON.stringify(whose)

const refuse = (reason: string): never => {
  throw new CollabError('unauthenticated', {
    message: 'This ticket does not open an event stream: ask for a new one.',
    details: { reason },
  })
}

export const createTicket = staged<typeof streams.operations.createTicket>()({
  prepare: (edge) => ({
    ticket: randomBytes(32).toString('base64url'),
    tokenEndsAt: edge.caller.tokenEndsAt ?? edge.now() + edge.tokens.ttl,
  }),
  async handle({ db, caller, now }, _input, { ticket, tokenEndsAt }) {
    const at = Date.parse(now)
    await db
      .deleteFrom('event_tickets')
      .where('token_ends_at', '<', at - SKEW_MS)
      .execute()
    await db
      .insertInto('event_tickets')
      .values({
        hash: hashOf(ticket),
        caller: whoseJson(caller),
        token_ends_at: tokenEndsAt,
        created_at: now,
        used_at: null,
      })
      .execute()
    return { ticket, expiresAt: new Date(at + FRESH_MS).toISOString() }
  },
  complete: (_edge, _input, made: { ticket: string; expiresAt: string }) => made,
})

async function find(
  { db, now }: Pick<ReadContext, 'db' | 'now'>,
  ticket: unknown,
): Promise<TicketRow> {
  const row = await db
    .selectFrom('event_tickets')
    .selectAll()
    .where('hash', '=', hashOf(ticket))
    .executeTakeFirst()
  if (!row) return refuse('unknown_ticket')
  if (row.token_ends_at + SKEW_MS < Date.parse(now)) throw new CollabError('token_expired')
  return row
}

const toTicket = ({ caller, token_ends_at: tokenEndsAt }: TicketRow): Ticket => ({
  caller: JSON.parse(caller) as Caller,
  tokenEndsAt,
})

/** A ticket that was used before, for one who comes back. */
export const findTicket: Lookup = async (ctx, { ticket }) => toTicket(await find(ctx, ticket))

export const ticketCommands: Record<'useTicket' | 'extendTicket', InternalHandler> = {
  /** Opens the first stream with a ticket. */
  async useTicket(ctx, { ticket }) {
    const row = await find(ctx, ticket)
    if (row.used_at !== null) return refuse('ticket_used')
    if (Date.parse(row.created_at) + FRESH_MS < Date.parse(ctx.now)) return refuse('ticket_expired')
    const { numUpdatedRows } = await ctx.db
      .updateTable('event_tickets')
      .set({ used_at: ctx.now })
      .where('hash', '=', row.hash)
      .where('used_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n ? toTicket(row) : refuse('ticket_used')
  },
  /** The stream was given a newer token: whoever comes back with the ticket comes by that one. */
  async extendTicket({ db }, { ticket, caller }) {
    const { tokenEndsAt } = caller as Caller
    if (tokenEndsAt === undefined) return
    await db
      .updateTable('event_tickets')
      .set({ caller: whoseJson(caller as Caller), token_ends_at: tokenEndsAt })
      .where('hash', '=', hashOf(ticket))
      .execute()
  },
}
