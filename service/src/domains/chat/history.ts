import type { chat, Message, Output, Parsed } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { mayRead, grantedChat, type ChatResource } from './access.ts'
import { visibleFrom } from './rules.ts'
import { messagesAfter, messagesBefore } from './store.ts'

type ReadHistory = typeof chat.operations.readHistory

/** A page of messages in order, cut to the size of a page; `nextCursor` continues in the direction that was asked. */
export async function readHistory(ctx: Context<ReadHistory>, input: Parsed<ReadHistory>): Promise<Output<ReadHistory>> {
  const { chat, mine } = grantedChat(ctx)
  if (!mayRead(ctx.resource as ChatResource, ctx)) ctx.fail('forbidden', { reason: 'not_a_member' })
  const { chatId, before, after, around } = input
  if ([before, after, around].filter((each) => each !== undefined).length > 1) {
    ctx.fail('invalid_payload', { reason: 'exclusive', path: 'before' })
  }
  const head = await ctx.head(chatStream(chatId))
  const position = before ?? after ?? around
  // `before` one past the head is the way to say "the newest".
  if (position !== undefined && position > head + 1) {
    ctx.fail('invalid_cursor', { reason: 'cursor_ahead', path: before === undefined ? 'after' : 'before', head })
  }
  const limit = Math.min(input.limit, ctx.policy.limits.pageItems)
  const from = visibleFrom(chat, mine)
  const bytes = ctx.policy.limits.pageBytes
  if (after !== undefined) {
    const page = fit(await messagesAfter(ctx.db, { chatId, after: Math.max(after, from), limit }), bytes)
    return { items: page, head, ...next(page.at(-1), page.length === limit || undefined) }
  }
  if (around !== undefined) {
    const half = Math.ceil(limit / 2)
    const older = await messagesBefore(ctx.db, { chatId, before: around + 1, from, limit: half })
    const newer = await messagesAfter(ctx.db, { chatId, after: Math.max(around, from), limit: limit - older.length })
    return { items: [...fit(older, bytes / 2).reverse(), ...fit(newer, bytes / 2)], head }
  }
  const page = fit(await messagesBefore(ctx.db, { chatId, before: before ?? head + 1, from, limit }), bytes)
  const oldest = page.at(-1)
  return { items: page.reverse(), head, ...next(oldest, oldest && oldest.number > 1 && page.length > 0) }
}

const next = (end: Message | undefined, more: boolean | undefined): { nextCursor?: string } =>
  end && more ? { nextCursor: String(end.seq) } : {}

/** As many messages as fit, one at least. */
function fit(messages: Message[], bytes: number): Message[] {
  let size = 0
  const end = messages.findIndex((each, index) => (size += each.body.length + 400) > bytes && index > 0)
  return end === -1 ? messages : messages.slice(0, end)
}
