import { chatStream, userStream } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, say } from './acts.ts'
import { unique } from './connect.ts'
import { commandId, count, durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Messages, and what passes without being kept. */
export function messageRules(target: Target): void {
  sending(target)
  numbers(target)
  blanks(target)
  toPeople(target)
  replies(target)
  typing(target)
}

function sending(target: Target): void {
  rules(target)('[CHAT-11] A message reaches every member as it was sent', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer({ guest: true })]
    const { chatId } = await privateChannel(ada, [ben, cy])
    const question = await say(ada, chatId, 'Who is in?')
    const data = { poll: { yes: 0, no: [null, false, 1.5, ''] }, 'key with space': 'ü' }
    const input = {
      clientMessageId: commandId(),
      data,
      replyTo: question.messageId,
      mentions: [ben.username, cy.username],
    }
    const body = '  I am,\n\n\tand so is @ben  '
    const sent = await say(cy, chatId, { body, ...input })
    expect(sent).toMatchObject({
      ...input,
      chatId,
      body,
      sender: cy.username,
      number: 2,
      seq: question.seq + 1,
      reactions: {},
      attachments: [],
    })
    expect(sent).not.toHaveProperty('editedAt')
    for (const each of [ada, ben, cy]) {
      const item = await each.until(named('chat.messageSent', { messageId: sent.messageId }))
      expect(item).toMatchObject({
        seq: sent.seq,
        stream: chatStream(chatId),
        actor: { username: cy.username },
      })
      expect(item.data).toEqual(sent)
    }
    expect((await ben.call('chat.readHistory', { chatId })).items).toEqual([question, sent])
    expect((await ben.call('chat.getChat', { chatId })).lastMessage).toEqual(sent)
  })
}

function numbers(target: Target): void {
  rules(target)(
    '[CHAT-12] Messages are counted without a gap, whatever else happens between',
    async ({ peer }) => {
      const [ada, ben, cy] = [await peer(), await peer(), await peer()]
      const { chatId } = await channel(ada)
      const sent = [await say(ada, chatId)]
      await joinAll(chatId, ben)
      sent.push(...(await Promise.all([say(ada, chatId), say(ben, chatId), say(ada, chatId)])))
      await joinAll(chatId, cy)
      await ben.call('chat.leaveChat', { chatId })
      sent.push(await say(cy, chatId))
      expect(sent.map(({ number }) => number).sort((a, b) => a - b)).toEqual(count(5))
      const bySeq = [...sent].sort((a, b) => a.seq - b.seq)
      expect(bySeq.map(({ number }) => number)).toEqual(count(5))
      expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(5)
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ lastNumber: 5, head: 9 })
    },
  )
}

function blanks(target: Target): void {
  rules(target)('[CHAT-13] A body that shows nothing is no message', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    for (const body of [
      '',
      ' ',
      '\n\t ',
      '\u00A0',
      '\u200B\u200D\uFEFF',
      '\u202E',
      '\u3164',
      '\u2800',
      '\u{E0061}',
    ]) {
      const error = await refusal(say(ada, chatId, body))
      expect(error).toMatchObject({
        code: 'invalid_payload',
        details: { reason: 'invalid_text', path: 'body' },
      })
    }
    for (const body of ['.', '\u200Bx', '\u202Eabc', '👍'])
      expect(await say(ada, chatId, body)).toMatchObject({ body })
    expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(4)
  })
}

function toPeople(target: Target): void {
  // By REST a message is sent to the chat that the path names.
  if (target.transport === 'rest') return
  const rule = rules(target)

  rule('[CHAT-14] A message to people opens their direct chat on first use', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const to = [ben.username]
    const first = await ada.call('chat.sendMessage', {
      to,
      clientMessageId: commandId(),
      body: 'hello',
    })
    expect(first).toMatchObject({ number: 1, sender: ada.username })
    await ben.until(named('chat.chatAdded', { chatId: first.chatId }))
    expect((await ben.until(named('chat.messageSent'))).data).toEqual(first)
    expect((await directWith(ben, ada)).chatId).toBe(first.chatId)
    const back = await ben.call('chat.sendMessage', {
      to: [ada.username],
      clientMessageId: commandId(),
      body: 'hi',
    })
    expect(back).toMatchObject({ chatId: first.chatId, number: 2 })
  })

  rule('[CHAT-14] Repeated, a message to people is one message in one chat', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const input = { to: [ben.username], clientMessageId: commandId(), body: 'hello' }
    const copies = await Promise.all(count(4).map(() => ada.call('chat.sendMessage', input)))
    for (const each of copies) expect(each).toEqual(copies[0])
    expect((await ada.call('chat.listChats', {})).items).toMatchObject([{ lastNumber: 1 }])
    expect(await refusal(ada.call('chat.sendMessage', { ...input, body: 'other' }))).toMatchObject({
      code: 'idempotency_conflict',
    })
  })

  rule('[CHAT-14] A message goes to a chat or to people, who exist', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const message = { clientMessageId: commandId(), body: 'hello' }
    const { chatId } = await channel(ada)
    expect(await refusal(ada.call('chat.sendMessage', message))).toMatchObject({
      code: 'invalid_payload',
    })
    const both = { ...message, chatId, to: [ben.username] }
    expect(await refusal(ada.call('chat.sendMessage', both))).toMatchObject({
      code: 'invalid_payload',
    })
    const nobody = { ...message, to: [unique('nobody')] }
    expect(await refusal(ada.call('chat.sendMessage', nobody))).toMatchObject({ code: 'not_found' })
    expect((await ada.call('chat.listChats', {})).items).toHaveLength(1)
  })
}

function replies(target: Target): void {
  rules(target)('[CHAT-15] A reply is to a message of the same chat', async ({ peer }) => {
    const ada = await peer()
    const [here, there] = [await channel(ada), await channel(ada)]
    const [one, elsewhere] = [await say(ada, here.chatId), await say(ada, there.chatId)]
    // What would be the name of the chat's first event, were it a message.
    const event = one.messageId.replace(/[^-]+$/, '1')
    for (const replyTo of [
      elsewhere.messageId,
      unique('nothing'),
      'x',
      '-',
      `${one.messageId}0`,
      event,
    ]) {
      expect(await refusal(say(ada, here.chatId, { body: 'x', replyTo })), replyTo).toMatchObject({
        code: 'not_found',
      })
    }
    expect(await say(ada, here.chatId, { body: 'yes', replyTo: one.messageId })).toMatchObject({
      number: 2,
    })
  })
}

function typing(target: Target): void {
  const rule = rules(target)

  rule('[EPH-2] Members are told who is writing and who has stopped', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    await ben.fence()
    for (const typing of [true, false]) {
      expect(await ada.call('chat.setTyping', { chatId, typing })).toEqual({})
      const item = await ben.until(named('chat.typingChanged', { typing }))
      expect(item).toMatchObject({
        stream: chatStream(chatId),
        data: { chatId, username: ada.username },
        actor: { username: ada.username },
      })
      expect(item).not.toHaveProperty('seq')
    }
  })

  rule('[EPH-1] What passes is neither kept nor repeated', async ({ peer, person, connect }) => {
    const ada = await peer()
    const ben = await person()
    const live = await connect(ben)
    const { chatId, head } = await privateChannel(ada, [ben])
    const stream = chatStream(chatId)
    await live.fence()
    await ada.call('chat.setTyping', { chatId, typing: true })
    await live.until(named('chat.typingChanged'))
    const { seq } = await say(ada, chatId)
    expect(seq).toBe(head + 1)
    const { events } = await live.call('streams.readSince', { stream, seq: 0 })
    expect(events.map(({ name }) => name)).not.toContain('chat.typingChanged')
    const late = await connect(ben)
    await late.fence()
    expect(late.items.filter(named('chat.typingChanged'))).toEqual([])
  })

  rule('[EPH-3] Members are told how far one of them has read', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const { seq } = await say(ada, chatId)
    await ben.call('chat.markRead', { chatId, seq })
    const item = await ada.until(named('chat.readMarked', { username: ben.username }))
    expect(item).toMatchObject({
      stream: chatStream(chatId),
      data: { chatId, readSeq: seq, readNumber: 1 },
    })
    expect(item).not.toHaveProperty('seq')
    await ben.call('chat.markRead', { chatId, seq })
    await ada.fence()
    expect(ada.items.filter(named('chat.readMarked'))).toHaveLength(1)
    expect(durable(ada, userStream(ada.username)).filter(named('chat.readMoved'))).toEqual([])
    expect(ada.items.filter(of(userStream(ben.username)))).toEqual([])
  })
}
