import { chatStream, CollabError } from '@collab-kit/protocol'
import type { Caller, ReadContext, WriteContext } from '../../kernel/context.ts'
import type { SetCall } from '../../kernel/module.ts'
import { insertUser } from '../users/index.ts'
import { admit } from './membership.ts'
import { createSendStore, keys } from './send-store.ts'
import { sendChecked } from './send.ts'
import { backdateChat, findChat, memberNamesAmong } from './store.ts'

/** A message that was sent elsewhere, some time ago. */
export interface PastMessage {
  /** The same at every import, so that one that was cut off goes on where it ended. */
  clientMessageId: string
  sender: string
  body: string
  /** ISO 8601. */
  at: string
}

/**
 * Brings a past conversation into a chat, in order: its people get accounts without a password and come in with their
 * first message; everything is dated when it happened. What is there already stays as it is.
 * @returns how many of the messages the chat did not hold before
 * @throws CollabError `already_exists` when somebody else has the name of one who comes in
 */
export async function importMessages(
  ctx: WriteContext,
  { chatId, messages }: { chatId: string; messages: readonly PastMessage[] },
): Promise<{ added: number }> {
  const chat = await findChat(ctx.db, chatId)
  const [first] = messages
  if (!chat) throw new CollabError('not_found', { details: { chatId } })
  if (!first) return { added: 0 }
  await backdateChat(ctx.db, chatId, first.at)
  const senders = messages.map(({ sender }) => sender)
  const members = new Set(await memberNamesAmong(ctx.db, chatId, senders))
  let run: SetCall[] = []
  const send = async () => {
    const calls = run
    run = []
    if (calls.length > 0) await sendAll(ctx, calls)
  }
  for (const { sender, at, body, clientMessageId } of messages) {
    const caller: Caller = { username: sender, role: 'user' }
    if (!members.has(sender)) {
      // What was said before has to be counted when they come in.
      await send()
      await enter(ctx.as(caller, at), chatId)
      members.add(sender)
    }
    run.push({ caller, input: { chatId, clientMessageId, body }, now: at })
  }
  await send()
  const { last_number: after } = (await findChat(ctx.db, chatId))!
  return { added: after - chat.last_number }
}

async function enter(ctx: WriteContext, chatId: string): Promise<void> {
  const { username } = ctx.caller
  const free = await insertUser(ctx.db, {
    username,
    displayName: username,
    role: 'user',
    createdAt: ctx.now,
  })
  if (!free) throw new CollabError('already_exists', { details: { username } })
  await admit(ctx, (await findChat(ctx.db, chatId))!, { username })
}

async function sendAll(ctx: WriteContext, calls: readonly SetCall[]): Promise<void> {
  for (const answer of await sendChecked(ctx, calls)) {
    if (answer === 'one_by_one') throw new Error('an imported message has no member behind it')
    if ('error' in answer) throw answer.error
  }
}

/** Which of these messages a chat holds, and the number of its newest. */
export async function importedMessages(
  ctx: ReadContext,
  {
    chatId,
    messages,
  }: { chatId: string; messages: readonly Pick<PastMessage, 'clientMessageId' | 'sender'>[] },
): Promise<{ lastNumber: number; held: boolean[] }> {
  const stream = chatStream(chatId)
  const wanted = messages.map(({ clientMessageId, sender: actor }) => ({
    stream,
    actor,
    clientMessageId,
  }))
  const sent = await createSendStore(ctx.driver).findSent(wanted)
  return {
    lastNumber: (await findChat(ctx.db, chatId))?.last_number ?? 0,
    held: wanted.map((each) => sent.has(keys.sent(stream, each.actor, each.clientMessageId))),
  }
}
