import { chatStream, parseStreamKey, type OperationDefinition } from '@collab-kit/protocol'
import type { Caller, Edge, WriteContext } from '../../kernel/context.ts'
import type { AnyStagedHandler, Handler } from '../../kernel/module.ts'
import { isOpen } from './rules.ts'
import { findChat, findMember } from './store.ts'

/** Further reading within this time is the same reading, milliseconds. */
const SAME_MS = 60_000
const ACTION = 'chat.read_private'

/** Before an admin is shown a stream, it is noted; resolves when it is. */
export function noteReading(edge: Edge, stream: string): Promise<unknown> | undefined {
  if (edge.caller.role !== 'admin') return undefined
  const key = parseStreamKey(stream)
  if (key?.kind !== 'chat') return undefined
  return edge.internal('chat.$noteReading', { chatId: key.id[0], reader: edge.caller })
}

/** A query that shows a chat, noted where an admin reads what is private. */
export const noted = <D extends OperationDefinition>(handle: Handler<D>): AnyStagedHandler => ({
  prepare: (edge, input) => noteReading(edge, chatStream((input as { chatId: string }).chatId)),
  handle: handle as AnyStagedHandler['handle'],
})

/** An admin is about to read a chat: an entry of the audit where it is private and they are no member. */
export async function writeReading(
  ctx: WriteContext,
  { chatId, reader }: { chatId: string; reader: Caller },
): Promise<void> {
  const chat = await findChat(ctx.db, chatId)
  if (!chat || isOpen(chat) || (await findMember(ctx.db, chatId, reader.username))) return
  const known = await ctx.db
    .selectFrom('audit')
    .select('id')
    .where('subject', '=', chatId)
    .where('at', '>', new Date(Date.parse(ctx.now) - SAME_MS).toISOString())
    .where('action', '=', ACTION)
    .where('actor', 'in', [reader.username, reader.signInId ?? reader.username])
    .executeTakeFirst()
  if (!known) await ctx.as(reader, ctx.now).audit(ACTION, chatId)
}
