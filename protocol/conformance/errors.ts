import {
  retryOf,
  operations,
  WireError,
  type ErrorShape,
  type OperationName,
} from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { callWith, channel, privateChannel, samples, say } from './acts.ts'
import { unique } from './connect.ts'
import { toError } from './http.ts'
import { commandId, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'
import { frameRules } from './frames.ts'

/** What is refused, and how a refusal looks. */
export function errorRules(target: Target): void {
  describe('errors', () => {
    shape(target)
    names(target)
    inputs(target)
    fields(target)
    keys(target)
    texts(target)
    types(target)
    absence(target)
    frameRules(target)
  })
}

const afterSignIn = [...operations.values()].filter(({ before }) => before === undefined)

async function refusedRaw(peer: Peer, name: string, ...args: unknown[]): Promise<ErrorShape> {
  const reply = (await peer.raw(name, ...args)) as { ok: boolean; error?: unknown }
  expect(reply, `${name} ${JSON.stringify(args)?.slice(0, 80)}`).toMatchObject({ ok: false })
  return toError(reply.error)
}

function shape(target: Target): void {
  rules(target)(
    '[ERR-1] A refusal says its code, whether to retry, and an id of its own, and nothing inside',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const message = await say(ada, chatId)
      const attempts: [OperationName, object][] = [
        ['chat.getChat', { chatId: unique('absent') }],
        ['chat.getChat', { chatId: "x';--" }],
        ['chat.sendMessage', { chatId, clientMessageId: message.clientMessageId, body: 'other' }],
        ['chat.createChat', { kind: 'nothing' }],
        ['chat.createChat', { kind: 'channel', name: 'a\u202Eb' }],
        ['streams.resume', { epoch: 'other', heads: {} }],
        ['users.getUser', { username: 'a b' }],
      ]
      const errors: ErrorShape[] = []
      for (const [name, input] of attempts) errors.push(await refusal(callWith(ada, name, input)))
      for (const error of errors) {
        expect(Object.keys(WireError.shape)).toEqual(expect.arrayContaining(Object.keys(error)))
        const retry = retryOf(error.code)
        expect(error.retryable).toBe(retry === 'now' || retry === 'backoff')
        expect(error.message).not.toBe('')
        expect(JSON.stringify(error)).not.toMatch(
          /node_modules|\.ts\b|\bat \w+ \(|\bselect\b|\binsert\b|sqlite|postgres/i,
        )
      }
      const ids = errors.map(({ requestId }) => requestId)
      expect(ids).not.toContain('')
      expect(new Set(ids).size).toBe(ids.length)
    },
  )
}

function names(target: Target): void {
  rules(target)(
    '[ERR-2] A name that is no operation is unknown, whatever it looks like',
    async ({ peer }) => {
      const ada = await peer()
      const strange = [
        'nope',
        'chat.nope',
        'chat',
        'chat.',
        '.',
        '',
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
      ]
      const near = [
        'chat.__proto__',
        'Chat.getChat',
        'chat.getchat',
        ' chat.getChat',
        'chat.getChat\0',
        'events',
        'message',
        'x'.repeat(10_000),
      ]
      const inner = [
        'chat.$leaveRoom',
        'chat.?streamsOf',
        'auth.$addUser',
        'auth.$passwordOf',
        'chat.messageSent',
      ]
      for (const name of [...strange, ...near, ...inner]) {
        expect(await refusedRaw(ada, name, {}), name.slice(0, 40)).toMatchObject({
          code: 'unknown_operation',
        })
      }
    },
  )
}

function inputs(target: Target): void {
  const rule = rules(target)

  rule('[ERR-3] What is not one object is no input, for any operation', async ({ peer }) => {
    for (const { name, cost = 1 } of afterSignIn) {
      // What costs more than most is tried with less.
      const inputs = cost > 5 ? [null, [{}]] : [null, [], [{}], 'text', 5, true]
      const guest = await peer({ guest: true })
      for (const input of inputs) {
        expect(await refusedRaw(guest, name, input), name).toMatchObject({
          code: 'invalid_payload',
        })
      }
      expect(await refusedRaw(guest, name), name).toMatchObject({ code: 'invalid_payload' })
      expect(await refusedRaw(guest, name, {}, {}), name).toMatchObject({ code: 'invalid_payload' })
      await guest.close()
    }
  })

  rule('[ERR-3] A refused input says what is wrong and where', async ({ peer }) => {
    const ada = await peer()
    const missing = await refusal(callWith(ada, 'system.echo', {}))
    expect(missing).toMatchObject({
      code: 'invalid_payload',
      details: { reason: 'required', path: 'message' },
    })
    const inside = await refusal(
      callWith(ada, 'chat.openDirect', { usernames: [ada.username, 'a b'] }),
    )
    expect(inside).toMatchObject({ code: 'invalid_payload', details: { path: 'usernames.1' } })
    const reply = await refusedRaw(ada, 'chat.sendMessage', {
      clientMessageId: commandId(),
      body: 'to nobody',
    })
    expect(reply.code).toBe('invalid_payload')
    expect(typeof reply.details?.['reason']).toBe('string')
  })
}

function fields(target: Target): void {
  const rule = rules(target)

  rule(
    '[ERR-4] No operation takes a field that it does not declare',
    async ({ person, peer, connect }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      for (const [name, input] of Object.entries(
        samples({ chatId, username: ada.username, token: 'x' }),
      )) {
        const guest = await person({ guest: true })
        const connection = await connect(guest)
        const error = await refusal(
          callWith(connection, name as OperationName, { ...input, isAdmin: true }),
        )
        expect(error, name).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'unknown_field', path: 'isAdmin' },
        })
        await connection.close()
      }
    },
  )

  rule('[ERR-4] What the service decides is not taken from the caller', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    for (const field of [
      'sender',
      'seq',
      'number',
      'createdAt',
      'messageId',
      'editedAt',
      'stream',
    ]) {
      const attempt = say(ada, chatId, { body: 'x', [field]: 1 })
      expect(await refusal(attempt), field).toMatchObject({
        details: { reason: 'unknown_field', path: field },
      })
    }
    expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(0)
  })
}

function keys(target: Target): void {
  rules(target)(
    '[ERR-5] Keys that mean something to the language are refused at any depth',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const own = (json: string) => JSON.parse(json) as Record<string, unknown>
      const hostile = [
        own('{"__proto__":{"isAdmin":true}}'),
        own('{"constructor":{"prototype":{"isAdmin":true}}}'),
        own('{"a":{"b":[{"__proto__":1}]}}'),
        own('{"a":{"prototype":1}}'),
      ]
      for (const data of hostile) {
        const error = await refusal(say(ada, chatId, { body: 'x', data }))
        expect(error).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'forbidden_key' },
        })
      }
      const input = own(`{"chatId":${JSON.stringify(chatId)},"__proto__":{"admin":true}}`)
      expect(await refusedRaw(ada, 'chat.getChat', input)).toMatchObject({
        details: { reason: 'forbidden_key' },
      })
      expect(await refusedRaw(ada, 'users.getMe', own('{"__proto__":1}'))).toMatchObject({
        details: { reason: 'forbidden_key' },
      })
    },
  )
}

function texts(target: Target): void {
  const rule = rules(target)

  rule('[ERR-6] What is not text is refused, as value and as key', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const invalid = { code: 'invalid_payload', details: { reason: 'invalid_text' } }
    for (const text of ['a\0b', 'a\uD800', '\uDC00b']) {
      expect(await refusal(ada.call('system.echo', { message: text }))).toMatchObject(invalid)
      expect(await refusal(say(ada, chatId, text))).toMatchObject(invalid)
      expect(
        await refusal(say(ada, chatId, { body: 'x', data: { list: [{ text }] } })),
      ).toMatchObject(invalid)
      expect(await refusal(say(ada, chatId, { body: 'x', data: { [text]: 1 } }))).toMatchObject(
        invalid,
      )
    }
  })

  rule('[ERR-6] Text of every other kind comes back as it was', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const strange = [
      '  padded  ',
      'A\u030A',
      '\u00C5',
      'a\r\nb\tc',
      '👩‍👩‍👧 🇪🇺',
      '\u202Eabc',
      'שלום',
      '<b>&amp;</b>',
      "' OR 1=1 --",
      '\\u0041',
      '\uFEFFa',
      'a\uFFFE',
    ]
    const message = strange.join('|')
    expect(await ada.call('system.echo', { message })).toEqual({ message })
    const sent = await say(ada, chatId, {
      body: message,
      data: { strange, [message]: { deep: strange } },
    })
    expect(sent.body).toBe(message)
    expect(sent.data).toEqual({ strange, [message]: { deep: strange } })
    const { items } = await ada.call('chat.readHistory', { chatId })
    expect(items).toEqual([sent])
  })
}

function types(target: Target): void {
  rules(target)(
    '[ERR-7] A value of another type is refused and not converted',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const wrong: [OperationName, Record<string, unknown>][] = [
        ['system.echo', { message: 5 }],
        ['system.echo', { message: null }],
        ['chat.markRead', { chatId, seq: '1' }],
        ['chat.markRead', { chatId, seq: true }],
        ['chat.markRead', { chatId, seq: 2 ** 53 + 2 }],
        ['chat.markRead', { chatId, seq: null }],
        ['chat.setTyping', { chatId, typing: 'true' }],
        ['chat.setTyping', { chatId, typing: 1 }],
        ['chat.openDirect', { usernames: ada.username }],
        ['chat.openDirect', { usernames: { 0: ada.username } }],
        ['chat.openDirect', { usernames: [] }],
        ['chat.createChat', { kind: ['channel'] }],
        ['chat.createChat', { kind: 'channel', chatId: { $ne: null } }],
        ['chat.sendMessage', { chatId, clientMessageId: 7, body: 'x' }],
        ['chat.sendMessage', { chatId, clientMessageId: 'x'.repeat(10_000), body: 'x' }],
        ['chat.sendMessage', { chatId, body: 'x' }],
        ['chat.sendMessage', { chatId, clientMessageId: commandId(), body: ['x'] }],
        ['chat.sendMessage', { chatId, clientMessageId: commandId(), body: 'x', data: 'text' }],
        ['chat.sendMessage', { chatId, clientMessageId: commandId(), body: 'x', data: [1] }],
      ]
      for (const [name, input] of wrong) {
        const { code, details } = await refusal(callWith(ada, name, input))
        expect(code, `${name} ${JSON.stringify(input)?.slice(0, 100)}`).toMatch(
          /^invalid_(payload|cursor)$/,
        )
        expect(details).toMatchObject({
          reason: expect.any(String) as string,
          path: expect.any(String) as string,
        })
      }
      for (const id of [{ $ne: null }, [chatId], 5, null]) {
        expect(await refusedRaw(ada, 'chat.getChat', { chatId: id })).toMatchObject({
          code: 'invalid_payload',
        })
      }
      expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(0)
    },
  )
}

function absence(target: Target): void {
  rules(target)(
    '[ERR-8] A private chat looks to others as one that is not there, in every operation',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const { chatId } = await privateChannel(ada)
      await say(ada, chatId)
      const absent = unique('absent')
      const anonymous = (error: ErrorShape, id: string): unknown =>
        JSON.parse(JSON.stringify({ ...error, requestId: '' }).replaceAll(id, 'ID'))
      const about = (id: string) =>
        Object.entries(samples({ chatId: id, username: ada.username, token: 'x' }))
      const silent = new Set(['streams.leave'])
      for (const [index, [name, input]] of about(chatId).entries()) {
        if (!JSON.stringify(input).includes(chatId) || silent.has(name)) continue
        const eve = await connect(await person({ guest: true }))
        const hidden = await refusal(callWith(eve, name as OperationName, input))
        const missing = await refusal(
          callWith(eve, name as OperationName, about(absent)[index]![1]),
        )
        expect(hidden.code, name).toBe('not_found')
        expect(anonymous(hidden, chatId), name).toEqual(anonymous(missing, absent))
        await eve.close()
      }
    },
  )
}
