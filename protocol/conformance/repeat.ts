import { operations, takesCommandId, type OperationName } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { about, join, newActivity } from './activity-acts.ts'
import { channel, joinAll, room, samples, say } from './acts.ts'
import { PASSWORD, unique } from './connect.ts'
import { commandId, count, named, refusal, rules } from './rule.ts'
import { beforeSignIn, secondSignIn } from './sign-in.ts'
import type { Target } from './target.ts'

/** Commands may be repeated; their effect is not. */
export function repeatRules(target: Target): void {
  describe('repeatable commands', () => {
    once(target)
    conflicts(target)
    atOnce(target)
    scope(target)
    memory(target)
    form(target)
    messages(target)
    live(target)
  })
}

const mine = async (actor: Parameters<typeof say>[0]): Promise<string[]> =>
  (await actor.call('chat.listChats', {})).items.map(({ chatId }) => chatId)

function once(target: Target): void {
  const rule = rules(target)

  rule(
    '[IDEM-1] A repeated command gets the first reply and does nothing more',
    async ({ peer }) => {
      const ada = await peer()
      const input = { kind: 'channel', name: 'Once', commandId: commandId() } as const
      const first = await ada.call('chat.createChat', input)
      await say(ada, first.chatId)
      expect(await ada.call('chat.createChat', input)).toEqual(first)
      expect(await mine(ada)).toEqual([first.chatId])
      await ada.fence()
      expect(ada.items.filter(named('chat.chatAdded'))).toHaveLength(1)
    },
  )

  rule('[IDEM-1] The order of keys makes no other input', async ({ peer }) => {
    const ada = await peer()
    const id = commandId()
    const first = await ada.call('chat.createChat', {
      kind: 'channel',
      name: 'Once',
      visibility: 'public',
      commandId: id,
    })
    const again = await ada.call('chat.createChat', {
      commandId: id,
      visibility: 'public',
      name: 'Once',
      kind: 'channel',
    })
    expect(again).toEqual(first)
  })
}

function conflicts(target: Target): void {
  const rule = rules(target)

  rule(
    '[IDEM-2] The same id with another input is a conflict and does nothing',
    async ({ peer }) => {
      const ada = await peer()
      const id = commandId()
      const first = await ada.call('chat.createChat', {
        kind: 'channel',
        name: 'One',
        commandId: id,
      })
      const other = ada.call('chat.createChat', { kind: 'channel', name: 'Two', commandId: id })
      expect(await refusal(other)).toMatchObject({ code: 'idempotency_conflict' })
      expect(await mine(ada)).toEqual([first.chatId])
    },
  )

  rule('[IDEM-2] The `commandId` of a message is one like any other', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const id = commandId()
    const first = await say(ada, chatId, { body: 'one', commandId: id })
    const other = say(ada, chatId, { body: 'two', commandId: id })
    expect(await refusal(other)).toMatchObject({ code: 'idempotency_conflict' })
    const { items } = await ada.call('chat.readHistory', { chatId })
    expect(items).toEqual([first])
  })
}

function atOnce(target: Target): void {
  rules(target)(
    '[IDEM-3] Copies sent at once on several connections are one command',
    async ({ person, connect }) => {
      const ada = await person()
      const connections = await Promise.all([connect(ada), connect(ada), connect(ada)])
      const input = { kind: 'channel', commandId: commandId() } as const
      const replies = await Promise.all(
        [...connections, ...connections].map((each) => each.call('chat.createChat', input)),
      )
      for (const reply of replies) expect(reply).toEqual(replies[0])
      expect(await mine(ada)).toHaveLength(1)
    },
  )
}

function scope(target: Target): void {
  const rule = rules(target)

  rule(
    '[IDEM-4] Another person’s command of the same id is another command',
    async ({ person }) => {
      const [ada, ben] = [await person(), await person()]
      const input = { kind: 'channel', commandId: commandId() } as const
      const [one, two] = [
        await ada.call('chat.createChat', input),
        await ben.call('chat.createChat', input),
      ]
      expect(one.chatId).not.toBe(two.chatId)
      expect(two.createdBy).toBe(ben.username)
    },
  )

  rule('[IDEM-4] Another operation with the same id is another command', async ({ peer }) => {
    const ada = await peer()
    const id = commandId()
    const { chatId } = await ada.call('chat.createChat', {
      kind: 'channel',
      visibility: 'public',
      commandId: id,
    })
    await ada.call('chat.leaveChat', { chatId, commandId: id })
    expect(await mine(ada)).toEqual([])
    await ada.call('chat.joinChat', { chatId, commandId: id })
    expect(await mine(ada)).toEqual([chatId])
  })
}

function memory(target: Target): void {
  const rule = rules(target)

  rule('[IDEM-5] A refused command is decided anew when it is repeated', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const input = { chatId, seq: 0, commandId: commandId() }
    expect(await refusal(ben.call('chat.markRead', input))).toMatchObject({ code: 'forbidden' })
    await joinAll(chatId, ben)
    expect(await ben.call('chat.markRead', input)).toMatchObject({ unread: 0 })
  })

  rule('[IDEM-6] A reply is remembered over connections and sign-ins', async (stage) => {
    const ada = await stage.person()
    const first = await stage.connect(ada)
    const input = { kind: 'channel', commandId: commandId() } as const
    const made = await first.call('chat.createChat', input)
    await first.close()
    const second = await stage.connect(await secondSignIn(target, stage, ada.username))
    expect(await second.call('chat.createChat', input)).toEqual(made)
  })

  if (target.advance) {
    const { advance } = target
    rule('[IDEM-6] A reply is remembered for 7 days', async (stage) => {
      const ada = await stage.person()
      const input = { kind: 'channel', commandId: commandId() } as const
      const made = await ada.call('chat.createChat', input)
      await ada.close()
      await advance((7 * 24 - 1) * 3_600_000)
      const later = await secondSignIn(target, stage, ada.username)
      expect(await later.call('chat.createChat', input)).toEqual(made)
    })
  }
}

function form(target: Target): void {
  const rule = rules(target)

  rule('[IDEM-7] A command id has 1 to 64 letters, digits, lines and dashes', async ({ peer }) => {
    const ada = await peer()
    for (const id of ['', 'x'.repeat(65), 'a b', 'é', 'a.b', 'a/b']) {
      const error = await refusal(ada.call('chat.createChat', { kind: 'channel', commandId: id }))
      expect(error).toMatchObject({ code: 'invalid_payload', details: { path: 'commandId' } })
    }
    await ada.call('chat.createChat', {
      kind: 'channel',
      commandId: `${unique('A_')}${'x'.repeat(64)}`.slice(0, 64),
    })
    for (const id of [5, null, ['x']]) {
      const reply = await ada.raw('chat.createChat', { kind: 'channel', commandId: id })
      expect(reply).toMatchObject({ ok: false, error: { code: 'invalid_payload' } })
    }
  })

  rule('[IDEM-7] What only reads takes no command id', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    for (const [name, input] of Object.entries(
      samples({ chatId, username: ada.username, token: 'x' }),
    )) {
      const operation = operations.get(name)
      if (operation?.kind !== 'query' || takesCommandId(operation)) continue
      const reply = await ada.raw(name as OperationName, { ...input, commandId: commandId() })
      expect(reply, name).toMatchObject({
        ok: false,
        error: { code: 'invalid_payload', details: { path: 'commandId' } },
      })
    }
  })

  rule('[IDEM-7] Operations before sign-in take no command id', async ({ person }) => {
    const { username } = await person()
    const more = { commandId: commandId() }
    const attempts: [OperationName, object][] = [
      ['auth.register', { username: unique('p'), password: PASSWORD }],
      ['auth.signIn', { username, password: PASSWORD }],
      ['auth.continueAsGuest', { displayName: 'Guest' }],
    ]
    for (const [name, input] of attempts) {
      const error = await refusal(beforeSignIn(target, name, { ...input, ...more }))
      expect(error, name).toMatchObject({ code: 'invalid_payload', details: { path: 'commandId' } })
    }
  })
}

function messages(target: Target): void {
  const rule = rules(target)

  rule('[IDEM-8] A message sent again is the message that was sent', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    const input = {
      chatId,
      clientMessageId: commandId(),
      body: 'once',
      data: { a: 1, b: [2] },
      mentions: [ben.username],
    }
    const copies = await Promise.all(count(4).map(() => ada.call('chat.sendMessage', input)))
    const later = await ada.call('chat.sendMessage', { ...input, data: { b: [2], a: 1 } })
    for (const each of [...copies, later]) expect(each).toEqual(copies[0])
    await ben.fence()
    expect(ben.items.filter(named('chat.messageSent'))).toHaveLength(1)
  })

  rule('[IDEM-8] Copies with other commands between them are one message', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    const input = { chatId, clientMessageId: commandId(), body: 'once' }
    const replies = await Promise.all([
      ada.raw('chat.sendMessage', input),
      ada.raw('chat.markRead', { chatId, seq: 0 }),
      ben.raw('chat.sendMessage', { ...input, body: 'innocent' }),
      ada.raw('chat.joinChat', { chatId }),
      ada.raw('chat.sendMessage', input),
    ])
    for (const each of replies) expect(each).toMatchObject({ ok: true })
    expect(replies[4]).toEqual(replies[0])
    expect((await ada.call('chat.readHistory', { chatId })).items).toHaveLength(2)
  })

  rule('[IDEM-8] Another content under the same id is a conflict', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const first = await say(ada, chatId, { body: 'one', data: { a: 1 } })
    const id = { clientMessageId: first.clientMessageId }
    const others: [string, object][] = [
      ['two', { data: { a: 1 } }],
      ['one', { data: { a: 2 } }],
      ['one', {}],
      ['one', { data: { a: 1 }, mentions: [ada.username] }],
      ['one', { data: { a: 1 }, replyTo: first.messageId }],
    ]
    for (const [body, more] of others) {
      expect(await refusal(say(ada, chatId, { body, ...more, ...id }))).toMatchObject({
        code: 'idempotency_conflict',
      })
    }
    expect((await ada.call('chat.readHistory', { chatId })).items).toEqual([first])
  })

  rule('[IDEM-8] The id counts per sender and per chat', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const [one, two] = [await channel(ada), await channel(ada)]
    await joinAll(one.chatId, ben)
    const id = { clientMessageId: commandId() }
    const sent = [
      await say(ada, one.chatId, { body: 'a', ...id }),
      await say(ben, one.chatId, { body: 'b', ...id }),
      await say(ada, two.chatId, { body: 'c', ...id }),
    ]
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(3)
  })

  rule(
    '[IDEM-8] A refused message may be sent under the same id when nothing is in its way',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await room(ada)
      const input = { clientMessageId: commandId() }
      expect(await refusal(say(ben, chatId, { body: 'hello', ...input }))).toMatchObject({
        code: 'forbidden',
      })
      await joinAll(chatId, ben)
      expect(await say(ben, chatId, { body: 'hello', ...input })).toMatchObject({ number: 1 })
    },
  )
}

function live(target: Target): void {
  const rule = rules(target)

  rule(
    '[IDEM-9] What is kept nowhere and comes again on its connection is done once',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      for (const each of [ada, ben]) await join(each, board)
      const wave = { ...board, event: 'wave', data: { n: 1 }, commandId: commandId() }
      const copies = [0, 1, 2].map(() => ada.call('activities.broadcast', wave))
      for (const reply of await Promise.all(copies)) expect(reply).toEqual({})
      await ada.call('activities.broadcast', { ...board, event: 'over' })
      await ben.until(named('activities.broadcastSent', { event: 'over' }))
      expect(ben.items.filter(named('activities.broadcastSent', { event: 'wave' }))).toHaveLength(1)
      const other = ada.call('activities.broadcast', { ...wave, data: { n: 2 } })
      expect(await refusal(other)).toMatchObject({ code: 'idempotency_conflict' })
      await ben.call('activities.broadcast', wave)
      await ada.until((item) => about('broadcastSent', ben)(item))
    },
  )

  rule('[IDEM-9] One that was refused is decided anew', async ({ peer }) => {
    const ada = await peer()
    const board = newActivity()
    const shown = { ...board, values: { n: 1 }, commandId: commandId() }
    expect(await refusal(ada.call('activities.setState', shown))).toMatchObject({
      code: 'forbidden',
    })
    await join(ada, board)
    await ada.call('activities.setState', shown)
    await ada.until(about('stateChanged', ada))
  })

  rule('[IDEM-9] Each of them takes a command id', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const given = samples({ chatId, username: ada.username, token: 'x' })
    for (const [name, input] of Object.entries(given)) {
      const operation = operations.get(name)
      if (operation?.kind !== 'query' || !takesCommandId(operation)) continue
      const reply = await ada.raw(name as OperationName, { ...input, commandId: commandId() })
      const refused = { error: { details: { path: 'commandId' } } }
      expect(reply, name).not.toMatchObject(refused)
    }
  })
}
