import type { chat, Message, Output, Parsed } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { firstFitting } from '../../kernel/pages.ts'
import { mayRead, grantedChat, type ChatResource } from './access.ts'
import { hiddenUpTo } from './rules.ts'
import { messagesAfter, messagesBefore } from './store.ts'

type ReadHistory = typeof chat.operations.readHistory

/** A page of messages in order, cut to the size of a page; `nextCursor` is the position to go on from. */
export async function readHistory(
  ctx: Context<ReadHistory>,
  { chatId, before, after, around, limit: wanted }: Parsed<ReadHistory>,
): Promise<Output<ReadHistory>> {
  const { chat, mine } = grantedChat(ctx)
  if (!mayRead(ctx.resource as ChatResource, ctx)) ctx.fail('forbidden', { reason: 'not_a_member' })
  const head = await ctx.head(chatStream(chatId))
  const position = before ?? after ?? around ?? 0
  // `before` one past the head is the way to say "the newest".
  if (position > (before === undefined ? head : head + 1)) {
    const path = before !== undefined ? 'before' : after !== undefined ? 'after' : 'around'
    ctx.fail('invalid_cursor', { reason: 'cursor_ahead', path, head })
  }
  const { pageItems, pageBytes } = ctx.policy.limits
  const limit = Math.min(wanted, pageItems)
  const hidden = hiddenUpTo(chat, mine)
  const reader = ctx.caller.username
  const older = async (end: number, most: number, bytes: number) => {
    const found = await messagesBefore(ctx.db, {
      chatId,
      reader,
      before: end,
      from: hidden,
      limit: most + 1,
    })
    return page(found, most, bytes)
  }
  const newer = async (start: number, most: number, bytes: number) => {
    const found = await messagesAfter(ctx.db, {
      chatId,
      reader,
      after: Math.max(start, hidden),
      limit: most + 1,
    })
    return page(found, most, bytes)
  }
  if (after !== undefined) {
    const { items, next } = await newer(after, limit, pageBytes)
    return { items, head, ...next }
  }
  if (around !== undefined) {
    const above = await older(around + 1, Math.ceil(limit / 2), pageBytes / 2)
    const below = await newer(around, limit - above.items.length, pageBytes / 2)
    return { items: [...above.items.reverse(), ...below.items], head }
  }
  const { items, next } = await older(before ?? head + 1, limit, pageBytes)
  return { items: items.reverse(), head, ...next }
}

interface Found {
  message: Message
  bytes: number
}

function page(
  found: readonly Found[],
  most: number,
  bytes: number,
): { items: Message[]; next: { nextCursor?: string } } {
  const fitting = firstFitting(found.slice(0, most), bytes, (each) => each.bytes)
  const items = fitting.map(({ message }) => message)
  const more = fitting.length < found.length && items.at(-1)
  return { items, next: more ? { nextCursor: String(more.seq) } : {} }
}
