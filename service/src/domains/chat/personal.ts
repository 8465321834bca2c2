import { chat, type Chat, type Message } from '@collab-kit/protocol'
import type { ReadContext, WriteContext } from '../../kernel/context.ts'
import type { Personal } from '../../kernel/module.ts'
import { forgetPerson } from './grants.ts'
import { chatIdsOf, deleteMember, findChat } from './store.ts'
import { endVisits } from './visits.ts'

/** Most messages of an export, which says whether these are all. */
const EXPORTED = 10_000
/** Messages of one question. */
const PAGE = 500

/** What chats keep of a person. */
export const personal: Personal = {
  async export({ db }, username) {
    const memberships = await db
      .selectFrom('members')
      .innerJoin('chats', 'chats.chat_id', 'members.chat_id')
      .select([
        'members.chat_id as chatId',
        'chats.kind',
        'chats.name',
        'members.role',
        'members.joined_at as joinedAt',
        'members.read_number as readNumber',
        'members.read_seq as readSeq',
      ])
      .where('members.username', '=', username)
      .orderBy('members.chat_id')
      .execute()
    const messages: Message[] = []
    for await (const page of sentBy(db, username)) {
      messages.push(...page.map(({ message }) => message))
      if (messages.length > EXPORTED) break
    }
    messages.sort((one, other) => one.createdAt.localeCompare(other.createdAt))
    const complete = messages.length <= EXPORTED
    return { memberships, messages: messages.slice(0, EXPORTED), complete }
  },

  async erase(ctx, username) {
    for (const chatId of await chatIdsOf(ctx.db, username))
      await endMembership(ctx, chatId, username)
    await emptyMessages(ctx, username)
    await forgetQuotes(ctx, username)
    await forgetPerson(ctx.db, username)
    await ctx.db
      .updateTable('chats')
      .set({ created_by: null })
      .where('created_by', '=', username)
      .execute()
  },
}

/** The own stream goes with the person: nobody is told on it. */
async function endMembership(ctx: WriteContext, chatId: string, username: string): Promise<void> {
  const { kind } = (await findChat(ctx.db, chatId))!
  await deleteMember(ctx.db, chatId, username)
  await endVisits(ctx.db, chatId, username)
  const data = { chatId, username }
  if (kind === 'room') ctx.tell(chat.events.memberLeft, chatId, data)
  else await ctx.append(chat.events.memberLeft, chatId, data)
}

/** Where a person has written, chat by chat: the log has no order by who wrote. */
async function placesOf(db: ReadContext['db'], username: string): Promise<string[]> {
  const rows = await db
    .selectFrom('streams')
    .select('key')
    .where('key', '>=', 'chat:')
    .where('key', '<', 'chat;')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('log')
          .select('seq')
          .whereRef('log.stream', '=', 'streams.key')
          .where('log.actor', '=', username)
          .where('log.client_message_id', 'is not', null),
      ),
    )
    .orderBy('key')
    .execute()
  return rows.map(({ key }) => key)
}

/** All messages of a person, a few at a time, in the order of the index that finds them. */
async function* sentBy(db: ReadContext['db'], username: string) {
  for (const stream of await placesOf(db, username)) {
    let after = ''
    for (;;) {
      const rows = await db
        .selectFrom('log')
        .select(['stream', 'seq', 'data', 'client_message_id as id'])
        .where('stream', '=', stream)
        .where('actor', '=', username)
        .where('client_message_id', 'is not', null)
        .where('client_message_id', '>', after)
        .orderBy('client_message_id')
        .limit(PAGE)
        .execute()
      yield rows.map(({ seq, data }) => ({ stream, seq, message: JSON.parse(data) as Message }))
      if (rows.length < PAGE) break
      after = rows.at(-1)?.id ?? ''
    }
  }
}

/** Leaves of each message its place and who wrote when. */
async function emptyMessages({ db, now }: WriteContext, username: string): Promise<void> {
  for await (const page of sentBy(db, username)) {
    for (const { stream, seq, message } of page) {
      await db
        .updateTable('log')
        .set({ data: JSON.stringify(toTombstone(message, now)) })
        .where('stream', '=', stream)
        .where('seq', '=', seq)
        .execute()
    }
  }
}

const toTombstone = (message: Message, now: string): Message => {
  const { data: _data, replyTo: _replyTo, deletedAt = now, ...rest } = message
  return { ...rest, body: '', mentions: [], attachments: [], reactions: {}, deletedAt }
}

/** Operations whose remembered replies hold the newest message of a chat. */
const QUOTING = [chat.operations.joinChat, chat.operations.openDirect, chat.operations.createChat]

/** What others were answered, and may be answered again, holds the person's words no more. */
async function forgetQuotes({ db }: WriteContext, username: string): Promise<void> {
  const rows = await db
    .selectFrom('commands')
    .select(['actor', 'operation', 'command_id', 'reply'])
    .where(
      'operation',
      'in',
      QUOTING.map(({ name }) => name),
    )
    // What a wildcard in the name finds beside it is looked at below.
    .where('reply', 'like', `%"sender":${JSON.stringify(username)}%`)
    .execute()
  for (const { actor, operation, command_id: commandId, reply } of rows) {
    const { lastMessage, ...view } = JSON.parse(reply) as Chat
    if (lastMessage?.sender !== username) continue
    await db
      .updateTable('commands')
      .set({ reply: JSON.stringify(view) })
      .where('actor', '=', actor)
      .where('operation', '=', operation)
      .where('command_id', '=', commandId)
      .execute()
  }
}
