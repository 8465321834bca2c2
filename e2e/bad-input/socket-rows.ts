// oxlint-disable max-lines -- one table, an entry for each row of the catalogue
import { EVENTS, limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { toFrame } from '../rig/raw-socket.ts'
import type { Row, Stage } from './row.ts'

const text = (bytes: number): string => 'x'.repeat(bytes)
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

/** A message that would be fine but for what is added. */
const message = (more: object = {}) => ({
  chatId: 'shared',
  clientMessageId: 'mine',
  body: 'hello',
  ...more,
})

const send = ({ refuses }: Stage, more: object) => refuses('chat.sendMessage', message(more))

/** Send raw JSON as the input of an operation with an acknowledgement; answers the error. */
async function rawInput(
  { raw }: Stage,
  name: string,
  json: string,
): Promise<{ code: string; details: Record<string, unknown> }> {
  const socket = await raw()
  await socket.send(`427["${name}",${json}]`)
  const [reply] = JSON.parse((await socket.next((frame) => frame.startsWith('437'))).slice(3)) as [
    { ok: boolean; error: { code: string; details: Record<string, unknown> } },
  ]
  if (reply.ok) throw new Error(`accepted: ${name} ${json.slice(0, 100)}`)
  return reply.error
}

export const socketRows: readonly Row[] = [
  {
    number: 1,
    sent: 'An event that is no operation',
    answered: '`unknown_operation`',
    async check({ refused }) {
      for (const name of [
        'chat.nope',
        'nope',
        'chat',
        'chat.$emptyRooms',
        'users.?passwordOf',
        'chat.messageSent',
        EVENTS,
        'message',
      ]) {
        expect(await refused(name, {}), name).toMatchObject({ code: 'unknown_operation' })
      }
    },
  },
  {
    number: 2,
    sent: 'A name like `__proto__`, `constructor`, `connect`, `disconnecting`, a number, nothing, 10 KB',
    answered: '`unknown_operation`; Socket.IO’s own names and what is no name end the connection',
    async check({ refused, raw, closedAfter }) {
      for (const name of [
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        '',
        text(10_000),
      ]) {
        expect(await refused(name, {}), name.slice(0, 20)).toMatchObject({
          code: 'unknown_operation',
        })
      }
      const socket = await raw()
      await socket.send('427[4711,{}]')
      expect(await socket.next((frame) => frame.startsWith('437'))).toContain('unknown_operation')
      for (const name of [
        'connect',
        'connect_error',
        'disconnect',
        'disconnecting',
        'newListener',
        'removeListener',
      ]) {
        await closedAfter(`42["${name}",{}]`)
      }
      for (const frame of ['42[null,{}]', '42[{},{}]', '42[["system.echo"],{}]', '42[]'])
        await closedAfter(frame)
    },
  },
  {
    number: 3,
    sent: 'No input, `null`, an array, a text, a number',
    answered: '`invalid_payload` `not_an_object`',
    async check({ refused }) {
      for (const args of [[], [null], [[]], [['shared']], ['shared'], [5], [true]]) {
        expect(await refused('chat.getChat', ...args), JSON.stringify(args)).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'not_an_object', path: '' },
        })
      }
    },
  },
  {
    number: 4,
    sent: 'No acknowledgement, one that is no function, two',
    answered: 'done or refused without a word; a second one is an argument too many',
    async check({ link, raw }) {
      const own = await link()
      for (const args of [
        [],
        [{}],
        [{ chatId: 'nothing' }],
        [{ chatId: 'shared' }, 'no function'],
        [{ chatId: 'shared' }, { ack: true }],
      ]) {
        own.tell('chat.getChat', ...args)
      }
      own.tell('nope')
      const socket = await raw()
      // Functions do not travel: two are an acknowledgement id and something else.
      await socket.send('427["system.echo",{"message":"x"},{"ack":1}]')
      expect(await socket.next((frame) => frame.startsWith('437'))).toContain('extra_arguments')
      await socket.send('42["system.echo"]')
      await own.call('system.echo', { message: 'still here' })
    },
  },
  {
    number: 5,
    sent: 'More arguments than one',
    answered: '`invalid_payload` `extra_arguments`',
    async check({ refused }) {
      for (const more of [[{}], [null], ['x', 1], [[]]]) {
        expect(await refused('chat.getChat', { chatId: 'shared' }, ...more)).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'extra_arguments' },
        })
      }
    },
  },
  {
    number: 6,
    sent: 'A field that the operation does not have',
    answered: '`invalid_payload` `unknown_field` with its path',
    async check(stage) {
      expect(await send(stage, { colour: 'red' })).toMatchObject({
        code: 'invalid_payload',
        details: { reason: 'unknown_field', path: 'colour' },
      })
      expect(await stage.refuses('system.getInfo', { verbose: true })).toMatchObject({
        details: { reason: 'unknown_field', path: 'verbose' },
      })
      expect(
        await stage.refuses('system.getInfo', { commandId: 'questions-have-none' }),
      ).toMatchObject({ details: { reason: 'unknown_field', path: 'commandId' } })
    },
  },
  {
    number: 7,
    sent: '`{"__proto__":{"isAdmin":true}}`, `constructor.prototype`, at the top and deep inside',
    answered: '`invalid_payload` `forbidden_key`',
    async check(stage) {
      const inputs = [
        '{"__proto__":{"isAdmin":true},"chatId":"shared","clientMessageId":"p","body":"x"}',
        '{"chatId":"shared","clientMessageId":"p","body":"x","data":{"constructor":{"prototype":{"isAdmin":true}}}}',
        '{"chatId":"shared","clientMessageId":"p","body":"x","data":{"a":[{"b":{"__proto__":{"isAdmin":true}}}]}}',
        '{"chatId":"shared","clientMessageId":"p","body":"x","data":{"\\u005f_proto__":1}}',
      ]
      for (const input of inputs) {
        expect(await rawInput(stage, 'chat.sendMessage', input), input).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'forbidden_key' },
        })
      }
    },
  },
  {
    number: 8,
    sent: 'A nesting of 17, of 60,000; of 200,000 levels',
    answered: '`invalid_payload` `too_deep`; above the largest frame the connection ends with 1009',
    async check(stage) {
      for (const depth of [17, 1000, 60_000]) {
        expect(
          await rawInput(stage, 'chat.sendMessage', `{"data":{"a":${nested(depth)}}}`),
          String(depth),
        ).toMatchObject({ code: 'invalid_payload', details: { reason: 'too_deep' } })
      }
      expect(
        await rawInput(
          stage,
          'chat.sendMessage',
          `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
        ),
      ).toMatchObject({ details: { reason: 'too_deep' } })
      expect(await stage.closedAfter(`42["system.echo",{"message":${nested(200_000)}}]`)).toBe(1009)
    },
  },
  {
    number: 9,
    sent: '257 keys, 15,000; 100,000 keys',
    answered:
      '`invalid_payload` `too_many_keys`; above the largest frame the connection ends with 1009',
    async check(stage) {
      const keys = (count: number) =>
        `{"data":{${Array.from({ length: count }, (_, n) => `"${n.toString(36)}":1`).join(',')}}}`
      for (const count of [257, 15_000]) {
        expect(await rawInput(stage, 'chat.sendMessage', keys(count)), String(count)).toMatchObject(
          { code: 'invalid_payload', details: { reason: 'too_many_keys' } },
        )
      }
      expect(await stage.closedAfter(`42["chat.sendMessage",${keys(100_000)}]`)).toBe(1009)
    },
  },
  {
    number: 10,
    sent: 'A body of 16 KiB and 1 byte',
    answered: '`too_large` with the limit, its value and the size',
    async check(stage) {
      const max = limitDefaults.messageBytes
      expect(await send(stage, { body: text(max + 1) })).toMatchObject({
        code: 'too_large',
        details: { limit: 'messageBytes', max, size: max + 1, path: 'body' },
      })
    },
  },
  {
    number: 11,
    sent: 'Sizes by emoji and combining marks: 16 KiB and more in few characters; 81 characters of a name in many',
    answered: '`too_large` by bytes; names by what a reader counts, and by their length',
    async check(stage) {
      for (const unit of ['😀', '👩‍👩‍👧‍👦', 'é', 'ﷺ']) {
        const body = unit.repeat(
          Math.ceil((limitDefaults.messageBytes + 1) / Buffer.byteLength(unit)),
        )
        expect(await send(stage, { body }), unit).toMatchObject({
          code: 'too_large',
          details: { limit: 'messageBytes' },
        })
      }
      for (const name of ['😀'.repeat(81), `a${'\u0301'.repeat(700)}`, '👩‍👩‍👧‍👦'.repeat(81)]) {
        expect(await stage.refuses('chat.createChat', { kind: 'channel', name })).toMatchObject({
          code: 'too_large',
          details: { path: 'name', limit: 'nameCharacters' },
        })
      }
    },
  },
  {
    number: 12,
    sent: 'A frame above 128 KiB',
    answered: 'the connection ends with 1009',
    async check({ closedAfter }) {
      expect(
        await closedAfter(`42["system.echo",{"message":"${text(limitDefaults.frameBytes)}"}]`),
      ).toBe(1009)
    },
  },
  {
    number: 13,
    sent: 'A lone surrogate, NUL, U+202E in a name, a body of nothing that can be seen',
    answered: '`invalid_payload` `invalid_text`',
    async check(stage) {
      const invalid = { code: 'invalid_payload', details: { reason: 'invalid_text' } }
      const bodies = [
        '"\\ud800"',
        '"a\\udc00b"',
        '"a\\u0000b"',
        '""',
        '" \\t\\n"',
        '"\\u200b\\u200d\\u2060\\ufeff"',
        '"\\u3164"',
        '"\\u2800"',
      ]
      for (const body of bodies) {
        expect(
          await rawInput(
            stage,
            'chat.sendMessage',
            `{"chatId":"shared","clientMessageId":"t","body":${body}}`,
          ),
          body,
        ).toMatchObject(invalid)
      }
      expect(
        await rawInput(
          stage,
          'chat.sendMessage',
          '{"chatId":"shared","clientMessageId":"t","body":"x","data":{"k\\ud800":1}}',
        ),
      ).toMatchObject(invalid)
      for (const name of ['a\u202Eb', '\u2067a', 'a\nb', '\u200B', ' ', 'a\u0000']) {
        expect(
          await stage.refuses('chat.createChat', { kind: 'channel', name }),
          JSON.stringify(name),
        ).toMatchObject(invalid)
      }
      for (const chatId of ['a b', 'a/b', 'a:b', 'a#b', 'e\u0301', 'a\u200Db']) {
        expect(
          await stage.refuses('chat.getChat', { chatId }),
          JSON.stringify(chatId),
        ).toMatchObject(invalid)
      }
    },
  },
  {
    number: 14,
    sent: 'The numbers `NaN`, `1e309`, `-0`, 2^53 + 1, `"5"` for 5',
    answered:
      '`invalid_payload` (as a position `invalid_cursor`); what is no JSON ends the connection',
    async check(stage) {
      for (const limit of [
        '1e309',
        '-1e309',
        '-0',
        '0',
        '9007199254740993',
        '"5"',
        '1.5',
        'true',
        'null',
        '[5]',
      ]) {
        expect(
          await rawInput(stage, 'chat.readHistory', `{"chatId":"shared","limit":${limit}}`),
          limit,
        ).toMatchObject({ code: 'invalid_payload', details: { path: 'limit' } })
      }
      for (const [before, code] of [
        ['9007199254740993', 'invalid_cursor'],
        ['1.5', 'invalid_cursor'],
        ['"5"', 'invalid_payload'],
      ]) {
        expect(
          await rawInput(stage, 'chat.readHistory', `{"chatId":"shared","before":${before}}`),
          before,
        ).toMatchObject({ code, details: { path: 'before' } })
      }
      expect(
        await rawInput(stage, 'chat.readHistory', '{"chatId":"shared","before":-0}'),
      ).toMatchObject({ code: 'invalid_payload', details: { reason: 'invalid_number' } })
      for (const number of ['NaN', 'Infinity', '0x10', '01', '+1'])
        await stage.closedAfter(`42["chat.readHistory",{"chatId":"shared","limit":${number}}]`)
    },
  },
  {
    number: 15,
    sent: 'A position that is negative, fractional, ahead of the head',
    answered: '`invalid_cursor`, ahead with `cursor_ahead` and the head',
    async check({ refuses }) {
      for (const seq of [-1, 0.5, -0.5, 1e15]) {
        expect(
          await refuses('streams.readSince', { stream: 'chat:shared', seq }),
          String(seq),
        ).toMatchObject({ code: 'invalid_cursor' })
        expect(
          await refuses('chat.markRead', { chatId: 'shared', seq }),
          String(seq),
        ).toMatchObject({ code: 'invalid_cursor' })
      }
      const ahead = {
        code: 'invalid_cursor',
        details: { reason: 'cursor_ahead', head: expect.any(Number) as number },
      }
      expect(
        await refuses('streams.readSince', { stream: 'chat:shared', seq: 1_000_000 }),
      ).toMatchObject(ahead)
      expect(
        await refuses('chat.readHistory', { chatId: 'shared', after: 1_000_000 }),
      ).toMatchObject(ahead)
      expect(
        await refuses('chat.readHistory', { chatId: 'shared', around: 1_000_000 }),
      ).toMatchObject(ahead)
      expect(await refuses('chat.markRead', { chatId: 'shared', seq: 1_000_000 })).toMatchObject(
        ahead,
      )
    },
  },
  {
    number: 16,
    sent: 'A cursor of another list, positions of another epoch',
    answered: '`invalid_cursor`; `epoch_changed` with the epoch',
    async check({ refuses, epoch }) {
      expect(
        await refuses('streams.resume', { epoch: 'another', heads: { 'chat:shared': 1 } }),
      ).toMatchObject({ code: 'epoch_changed', details: { epoch } })
      for (const cursor of [
        'garbage',
        'AAAA',
        'bnVsbA',
        Buffer.from('["2020-01-01",7]').toString('base64url'),
        text(600),
      ]) {
        expect(await refuses('chat.listChats', { cursor }), cursor.slice(0, 10)).toMatchObject({
          code: 'invalid_cursor',
        })
      }
      const listOfChats = Buffer.from(
        JSON.stringify(['2020-01-01T00:00:00.000Z', 'shared']),
      ).toString('base64url')
      expect(
        await refuses('chat.listMembers', { chatId: 'shared', cursor: listOfChats }),
      ).toMatchObject({ code: 'invalid_cursor' })
    },
  },
  {
    number: 17,
    sent: 'A `clientMessageId` that is missing, 10 KB long, used for another body',
    answered: '`invalid_payload`; `idempotency_conflict`',
    async check(stage) {
      expect(await send(stage, { clientMessageId: undefined })).toMatchObject({
        code: 'invalid_payload',
        details: { reason: 'required', path: 'clientMessageId' },
      })
      for (const clientMessageId of ['', text(65), text(10_000), 'a b', 'é', 5, null, {}]) {
        expect(
          await send(stage, { clientMessageId }),
          String(clientMessageId).slice(0, 20),
        ).toMatchObject({ code: 'invalid_payload', details: { path: 'clientMessageId' } })
      }
      expect(await send(stage, { clientMessageId: 'first', body: 'another body' })).toMatchObject({
        code: 'idempotency_conflict',
      })
      expect(
        await send(stage, { clientMessageId: 'first', body: 'the first body', data: {} }),
      ).toMatchObject({ code: 'idempotency_conflict' })
    },
  },
  {
    number: 18,
    sent: 'A `chatId` that is an object, an array, `{"$ne":null}`, SQL',
    answered: '`invalid_payload`; a text that names nothing `not_found`',
    async check({ refuses }) {
      for (const chatId of [{}, [], ['shared'], { $ne: null }, { $gt: '' }, 5, true, null]) {
        expect(await refuses('chat.getChat', { chatId }), JSON.stringify(chatId)).toMatchObject({
          code: 'invalid_payload',
          details: { path: 'chatId' },
        })
        expect(
          await refuses('chat.sendMessage', message({ chatId })),
          JSON.stringify(chatId),
        ).toMatchObject({ code: 'invalid_payload' })
      }
      const uncomparable = { length: { valueOf: 1, toString: 'x' } }
      expect(await refuses('chat.getChat', { chatId: uncomparable })).toMatchObject({
        code: 'invalid_payload',
        details: { reason: 'invalid_type' },
      })
      for (const chatId of ["'or'1'='1", '%', '_', 'shared%00', '...', '*', 'shared"']) {
        expect(await refuses('chat.getChat', { chatId }), chatId).toMatchObject({
          code: 'not_found',
        })
      }
    },
  },
  {
    number: 19,
    sent: 'A chat of others',
    answered: '`not_found`, word by word as for one that does not exist',
    async check({ refuses, privateChat }) {
      const calls = (chatId: string) =>
        [
          ['chat.getChat', { chatId }],
          ['chat.readHistory', { chatId }],
          ['chat.listMembers', { chatId }],
          ['chat.joinChat', { chatId }],
          ['chat.leaveChat', { chatId }],
          ['chat.markRead', { chatId, seq: 1 }],
          ['chat.setTyping', { chatId, typing: true }],
          ['chat.sendMessage', message({ chatId })],
          ['streams.join', { stream: `chat:${chatId}` }],
          ['streams.readSince', { stream: `chat:${chatId}`, seq: 0 }],
        ] as const
      const absent = calls('nothing-of-this-name')
      for (const [index, [name, input]] of calls(privateChat).entries()) {
        const error = await refuses(name, input)
        expect(error, name).toMatchObject({ code: 'not_found' })
        const other = await refuses(name, absent[index]![1])
        const anonymous = (each: object, id: string) =>
          JSON.stringify({ ...each, requestId: '' }).replaceAll(id, 'ID')
        expect(anonymous(error, privateChat), name).toBe(anonymous(other, 'nothing-of-this-name'))
      }
    },
  },
  {
    number: 20,
    sent: '`sender`, `userId`, `seq`, `createdAt`, `role` … from the client',
    answered: '`invalid_payload` `unknown_field`',
    async check(stage) {
      for (const field of [
        'sender',
        'userId',
        'authorId',
        'username',
        'seq',
        'number',
        'messageId',
        'createdAt',
        'editedAt',
        'role',
        'attachments',
        'reactions',
      ]) {
        expect(await send(stage, { [field]: 'ada' }), field).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'unknown_field', path: field },
        })
      }
      expect(
        await stage.refuses('chat.createChat', { kind: 'channel', createdBy: 'ada' }),
      ).toMatchObject({ details: { reason: 'unknown_field' } })
      expect(
        await stage.refuses('chat.joinChat', { chatId: 'shared', role: 'owner' }),
      ).toMatchObject({ details: { reason: 'unknown_field' } })
    },
  },
  {
    number: 21,
    sent: 'Another’s socket id or stream as the name of a stream to join',
    answered: '`not_found`; what names no stream `invalid_payload` `invalid_stream`',
    async check({ refuses, adaConnection }) {
      for (const stream of [
        `chat:${adaConnection}`,
        'user:ada',
        'user:Ada',
        'session:x',
        'activity:x/y',
        'service',
      ]) {
        expect(await refuses('streams.join', { stream }), stream).toMatchObject({
          code: 'not_found',
        })
      }
      for (const stream of [
        adaConnection,
        '/',
        'chat:',
        'chat',
        'CHAT:shared',
        'chat:a%2',
        'chat:a b',
        'nothing:x',
        'chat:%61',
        '',
      ]) {
        expect(await refuses('streams.join', { stream }), stream).toMatchObject({
          code: 'invalid_payload',
          details: { path: 'stream' },
        })
      }
    },
  },
  {
    number: 22,
    sent: 'Joining twice, leaving twice',
    answered: 'the same answer again',
    async check({ link }) {
      const own = await link()
      const once = await own.call('streams.join', { stream: 'chat:public-1' })
      expect(await own.call('streams.join', { stream: 'chat:public-1' })).toEqual(once)
      for (let n = 0; n < 3; n++)
        expect(await own.call('streams.leave', { stream: 'chat:public-1' })).toEqual({})
      const { memberCount } = await own.call('chat.getChat', { chatId: 'shared' })
      expect(await own.call('chat.joinChat', { chatId: 'shared' })).toMatchObject({ memberCount })
      expect(await own.call('chat.leaveChat', { chatId: 'public-1' })).toEqual({})
    },
  },
  {
    number: 23,
    sent: 'A call before sign-in, alone and together with a good token',
    answered: 'the connection ends; nothing is done',
    async check({ stranger, eve }) {
      const call =
        '421["chat.sendMessage",{"chatId":"shared","clientMessageId":"early","body":"early"}]'
      const alone = await stranger()
      await alone.send(call)
      await alone.closed
      const together = await stranger()
      void together.send(call)
      void together.send(`40${JSON.stringify({ token: eve.token })}`)
      void together.send(call)
      await together.closed
    },
  },
  {
    number: 24,
    sent: 'Signing in twice on one connection; renewing with another’s token',
    answered: 'the connection ends; `forbidden` `identity_change`',
    async check({ refuses, ada, eve, closedAfter }) {
      await closedAfter(`40${JSON.stringify({ token: ada.token })}`)
      await closedAfter(`40${JSON.stringify({ token: eve.token })}`)
      expect(await refuses('auth.renew', { token: ada.token })).toMatchObject({
        code: 'forbidden',
        details: { reason: 'identity_change' },
      })
    },
  },
  {
    number: 25,
    sent: '65 calls at once',
    answered: 'the 65th `limit_exceeded` `too_many_in_flight`',
    async check({ raw }) {
      const socket = await raw()
      const max = limitDefaults.inFlight
      // One write: all of them are there before the first is answered.
      const frames = Array.from(
        { length: max + 1 },
        (_, n) => `42${100 + n}["chat.getChat",{"chatId":"shared"}]`,
      )
      await socket.tcp.write(Buffer.concat(frames.map((frame) => toFrame(frame))))
      const replies = await Promise.all(
        frames.map((_, n) => socket.next((frame) => frame.startsWith(`43${100 + n}[`))),
      )
      const refused = replies.filter((reply) => reply.includes('"ok":false'))
      expect(refused).toHaveLength(1)
      expect(refused[0]).toMatch(/"limit":"inFlight".*too_many_in_flight/)
    },
  },
  {
    number: 26,
    sent: 'More joined streams than 64, 1,000 joins',
    answered: '`limit_exceeded` `room_limit`',
    async check({ link, refuses }) {
      const own = await link()
      const max = limitDefaults.joinedStreams
      for (let n = 0; n < max; n++) await own.call('streams.join', { stream: `chat:public-${n}` })
      for (let n = 0; n < 50; n++) {
        expect(
          await refuses('streams.join', { stream: `chat:public-${max + (n % 5)}` }),
        ).toMatchObject({
          code: 'limit_exceeded',
          details: { limit: 'joinedStreams', max, reason: 'room_limit' },
        })
      }
      // One's own, and those that are joined already, are always fine.
      await own.call('streams.join', { stream: 'chat:public-0' })
      await own.call('streams.join', { stream: 'chat:shared' })
    },
  },
  {
    number: 31,
    sent: 'Binary where JSON is expected, a placeholder without its attachment, 11 attachments',
    answered: 'the connection ends',
    async check({ closedAfter }) {
      await closedAfter(new Uint8Array([0, 1, 2, 255]))
      await closedAfter('bAAEC/w==')
      await closedAfter('451-["system.echo",{"message":{"_placeholder":true,"num":0}}]')
      await closedAfter('4511-["system.echo",{}]')
      await closedAfter('45999999-["system.echo",{}]')
      await closedAfter('461-7[{"_placeholder":true,"num":0}]')
    },
  },
  {
    number: 32,
    sent: 'Packet type 9, half a packet, 1 MB of sign-in, the end of another namespace, namespaces without end',
    answered:
      'the connection ends (1009 for the size); `Invalid namespace`, then cut off as a flood',
    async check({ closedAfter, raw, stranger, service }) {
      for (const frame of [
        '49',
        '42[',
        '42["system.echo",{]',
        '4x',
        '42{"a":1}',
        '42"x"',
        '9',
        'x',
        '41/other,',
      ])
        await closedAfter(frame)
      const large = await stranger()
      await large.send(`40${JSON.stringify({ token: text(1_000_000) })}`)
      await large.closed
      expect(large.closeCode).toBe(1009)
      const socket = await raw()
      await socket.send('40/admin,{"token":"x"}')
      expect(await socket.next((frame) => frame.startsWith('44/admin,'))).toContain(
        'Invalid namespace',
      )
      for (let n = 0; n < 100_000 && socket.open; n += 100) {
        await Promise.race([
          Promise.all(
            Array.from({ length: 100 }, (_, index) => socket.send(`40/space-${n + index},{}`)),
          ),
          socket.closed,
        ])
      }
      await socket.closed
      expect(service.log().some(({ reason }) => reason === 'flood')).toBe(true)
    },
  },
  {
    number: 33,
    sent: 'A pong that nobody asked for, 100,000 of them, a ping to the server',
    answered: 'the connection is cut off',
    async check({ closedAfter, raw }) {
      await closedAfter('3')
      await closedAfter('2')
      await closedAfter('2probe')
      const socket = await raw()
      for (let n = 0; n < 100_000 && socket.open; n += 1000) {
        await Promise.race([
          Promise.all(Array.from({ length: 1000 }, () => socket.send('3'))),
          socket.closed,
        ])
      }
      await socket.closed
    },
  },
]
