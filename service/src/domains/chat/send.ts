import { chat, chatStream, CollabError, type Message, type Parsed } from '@collab-kit/protocol'
import type { Caller, SetLog } from '../../kernel/context.ts'
import { canonical } from '../../kernel/idempotency.ts'
import type { SetAnswer, SetCall, SetContext, SetHandler } from '../../kernel/module.ts'
import { toMessageId } from './rules.ts'
import { createSendStore, keys, type Recipient } from './send-store.ts'

type SendInput = Parsed<typeof chat.operations.sendMessage>

/**
 * `sendMessage` as a set: the whole run of a batch is checked by a few statements, then written. Nothing is written
 * for a call that is refused, so no savepoint is needed.
 */
export const sendMessages: SetHandler = (ctx, calls) => sendSet(ctx, calls, false)

/** Messages whose senders' rights and quoted messages were looked at before. */
export const sendChecked: SetHandler = (ctx, calls) => sendSet(ctx, calls, true)

async function sendSet(
  ctx: SetContext,
  calls: readonly SetCall[],
  checked: boolean,
): Promise<SetAnswer[]> {
  const store = createSendStore(ctx.driver)
  const direct = calls.filter((call) => inputOf(call).chatId !== undefined)
  const recipients = await store.recipients(
    direct.map((call) => ({ chatId: inputOf(call).chatId!, username: call.caller.username })),
  )
  const sent = await store.findSent(
    direct.map((call) => ({
      stream: chatStream(inputOf(call).chatId!),
      actor: call.caller.username,
      clientMessageId: inputOf(call).clientMessageId,
    })),
  )
  const answers: SetAnswer[] = []
  const touched = new Set<Recipient>()
  for (const call of calls) {
    answers.push(await sendOne(call, { recipients, sent, log: ctx.log, touched, checked }))
  }
  await store.saveProgress([...touched])
  return answers
}

interface Run {
  recipients: ReadonlyMap<string, Recipient>
  /** Messages by (stream, actor, clientMessageId), as JSON. */
  sent: Map<string, string>
  log: SetLog
  touched: Set<Recipient>
  /** Whether rights and quoted messages were looked at before. */
  checked: boolean
}

const inputOf = (call: SetCall): SendInput => call.input as SendInput

async function sendOne(call: SetCall, run: Run): Promise<SetAnswer> {
  const input = inputOf(call)
  const { caller } = call
  const { chatId, clientMessageId } = input
  // With `to`, the chat may have to be made first, and a quoted message be found: that takes the ordinary way.
  if (chatId === undefined || (input.replyTo !== undefined && !run.checked)) return 'one_by_one'
  const recipient = run.recipients.get(keys.member(chatId, caller.username))
  if (!recipient || (recipient.chat.guarded && !run.checked)) return 'one_by_one'
  const stream = chatStream(chatId)
  const key = keys.sent(stream, caller.username, clientMessageId)
  const known = run.sent.get(key)
  if (known !== undefined)
    return sameMessage(known, input) ? { json: known } : conflict(clientMessageId)
  const message = toMessage({
    input,
    caller,
    at: call.now,
    chat: recipient.chat,
    seq: await run.log.take(stream),
  })
  const json = JSON.stringify(message)
  run.log.append(
    {
      event: chat.events.messageSent.name,
      stream,
      seq: message.seq,
      caller,
      number: message.number,
      clientMessageId,
      at: call.now,
      json,
    },
    { by: caller.username },
  )
  Object.assign(recipient.chat, {
    lastNumber: message.number,
    lastSeq: message.seq,
    lastAt: call.now,
  })
  Object.assign(recipient, { readNumber: message.number, readSeq: message.seq })
  run.touched.add(recipient)
  run.sent.set(key, json)
  return { json }
}

const conflict = (clientMessageId: string): SetAnswer => ({
  error: new CollabError('idempotency_conflict', { details: { commandId: clientMessageId } }),
})

/** Whether a repeated call asks for the very message that was sent. */
function sameMessage(json: string, input: SendInput): boolean {
  const { body, data, replyTo, mentions } = JSON.parse(json) as Message
  const asked = {
    body: input.body,
    data: input.data,
    replyTo: input.replyTo,
    mentions: input.mentions ?? [],
  }
  return canonical({ body, data, replyTo, mentions }) === canonical(asked)
}

interface NewMessage {
  input: SendInput
  caller: Caller
  at: string
  chat: { chatId: string; key: string; lastNumber: number }
  seq: number
}

function toMessage({ input, caller, at, chat, seq }: NewMessage): Message {
  return {
    messageId: toMessageId(chat.key, seq),
    chatId: chat.chatId,
    seq,
    number: chat.lastNumber + 1,
    sender: caller.username,
    body: input.body,
    ...(input.data !== undefined && { data: input.data }),
    ...(input.replyTo !== undefined && { replyTo: input.replyTo }),
    mentions: input.mentions ?? [],
    attachments: [],
    reactions: {},
    createdAt: at,
    clientMessageId: input.clientMessageId,
  }
}
