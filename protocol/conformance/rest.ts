import {
  errorCatalogue,
  operations,
  type CollabError,
  type OperationName,
} from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, gone, joinAll, nextMoment, privateChannel, samples, say } from './acts.ts'
import { unique } from './connect.ts'
import { http, type HttpAnswer } from './http.ts'
import { commandId, count, named, rules } from './rule.ts'
import { asker } from './asker.ts'
import { requestRules } from './rest-requests.ts'
import type { Target } from './target.ts'

/** What is particular to HTTP. */
export function restRules(target: Target): void {
  if (target.transport !== 'rest') return
  describe('REST', () => {
    same(target)
    fields(target)
    problems(target)
    keys(target)
    connections(target)
    description(target)
    requestRules(target)
  })
}

function same(target: Target): void {
  rules(target)(
    '[REST-1] A query is answered the same by REST and over a socket',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada, { name: 'Both ways' })
      for (const body of ['a', 'ü', '😀']) await say(ada, chatId, body)
      const inputs = samples({ chatId, username: ada.username, token: 'x' })
      const isHere = async () =>
        (await ada.call('presence.getPresence', { usernames: [ben.username] })).items[0]?.state ===
        'available'
      while (!(await isHere())) await nextMoment(target, ada)
      const differs = new Set([
        'system.getInfo',
        'system.echo',
        'streams.join',
        'streams.leave',
        'chat.setTyping',
      ])
      for (const [name, input] of Object.entries({
        ...inputs,
        'streams.resume': { epoch: ada.epoch, heads: {} },
      })) {
        if (operations.get(name)?.kind !== 'query' || differs.has(name)) continue
        // One that is dear leaves the others no room in the rate limit.
        const asking = (operations.get(name)?.cost ?? 1) > 5 ? ben : ada
        const reply = await asking.raw(name, input)
        const answer = await asking.call(name as OperationName, input as never).then(
          (data: unknown) => ({ ok: true, data }),
          (error: unknown) => ({ ok: false, error: { code: (error as CollabError).code } }),
        )
        expect(reply, name).toMatchObject(answer)
      }
    },
  )
}

function fields(target: Target): void {
  const rule = rules(target)

  rule('[REST-2] Any name fits into a path when it is percent-encoded', async ({ peer }) => {
    const ada = await peer()
    for (const odd of [
      'a%2Fb',
      '100%',
      'a?b=c&d',
      'a+b',
      'ä李😀',
      '[x]|^`',
      'a;b,c',
      '..x',
      "it's",
      '"x"',
      '@!$()*~',
    ]) {
      const chatId = `${odd}${unique('-')}`
      expect(await channel(ada, { chatId })).toMatchObject({ chatId })
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ chatId })
      expect(await say(ada, chatId)).toMatchObject({ chatId, number: 1 })
      const { events } = await ada.call('streams.readSince', {
        stream: `chat:${encodeURIComponent(chatId)}`,
        seq: 0,
      })
      expect(events).toHaveLength(2)
    }
  })

  rule('[REST-2] A list in a query is its key repeated, even of one', async ({ person }) => {
    const [ada, ben] = [await person(), await person()]
    const ask = asker(target, ada.accessToken)
    const one = await ask('GET', `/users?usernames=${ben.username}`)
    expect(one).toMatchObject({ status: 200, body: { items: [{ username: ben.username }] } })
    const two = await ask('GET', `/users?usernames=${ben.username}&usernames=${ada.username}`)
    expect((two.body as { items: unknown[] }).items).toHaveLength(2)
  })

  rule('[REST-2] A field that path and body tell differently is refused', async ({ person }) => {
    const ada = await person()
    const [one, two] = [await channel(ada), await channel(ada)]
    const json = { chatId: two.chatId, seq: 0 }
    const { status, body } = await asker(target, ada.accessToken)(
      'PUT',
      `/chats/${one.chatId}/read`,
      { json },
    )
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'invalid_payload' } })
  })
}

function problems(target: Target): void {
  rules(target)(
    '[REST-3] A refusal is a problem with the status of its code',
    async ({ person }) => {
      const { accessToken } = await person()
      const ask = asker(target, accessToken)
      const { chatId } = (
        await ask('POST', '/chats', { json: { kind: 'channel', chatId: unique('c') } })
      ).body as { chatId: string }
      const refused: [HttpAnswer, string][] = [
        [await ask('GET', `/chats/${unique('absent')}`), 'not_found'],
        [await ask('POST', '/chats', { json: { kind: 'channel', chatId } }), 'already_exists'],
        [await ask('POST', '/system/echo', { json: {} }), 'invalid_payload'],
        [
          await ask('PUT', `/chats/${chatId}/typing`, { json: { typing: true } }),
          'connection_required',
        ],
        [await http(target.url, { method: 'GET', path: '/me' }), 'unauthenticated'],
        [
          await http(target.url, { method: 'GET', path: '/me', token: 'garbage' }),
          'token_malformed',
        ],
      ]
      for (const [{ status, headers, body }, code] of refused) {
        const expected = errorCatalogue[code as keyof typeof errorCatalogue].status
        expect({ status, body }, code).toMatchObject({
          status: expected,
          body: {
            code,
            status: expected,
            type: expect.any(String) as string,
            title: expect.any(String) as string,
          },
        })
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
      }
    },
  )
}

function keys(target: Target): void {
  rules(target)('[REST-4] The header is the command id', async ({ person }) => {
    const { accessToken } = await person()
    const ask = asker(target, accessToken)
    const make = (key: string, json: object) =>
      ask('POST', '/chats', { json, headers: { 'idempotency-key': key } })
    const id = commandId()
    const first = await make(id, { kind: 'channel' })
    expect(first.status).toBe(200)
    expect((await make(id, { kind: 'channel' })).body).toEqual(first.body)
    expect(
      (await ask('POST', '/chats', { json: { kind: 'channel', commandId: id } })).body,
    ).toEqual(first.body)
    expect(await make(id, { kind: 'room' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    })
    for (const key of ['', 'x'.repeat(256), 'a b', 'a,b']) {
      expect(await make(key, { kind: 'channel' }), key).toMatchObject({
        status: 400,
        body: { code: 'invalid_payload' },
      })
    }
    const several = await Promise.all(count(4).map(() => make(`${id}-2`, { kind: 'channel' })))
    for (const each of several) expect(each.body).toEqual(several[0]!.body)
  })
}

function connections(target: Target): void {
  rules(target)(
    '[REST-9] What is bound to a connection needs a live one of one’s own',
    async ({ person, peer, connect }) => {
      const ada = await person()
      const [own, other] = [await connect(ada), await peer()]
      const { chatId } = await privateChannel(own, [other])
      const closed = await connect(ada)
      await closed.close()
      await gone(target, ada, closed)
      const path = `/chats/${chatId}/typing`
      const type = (headers: Record<string, string>) =>
        asker({ ...target, url: ada.url }, ada.accessToken)('PUT', path, {
          json: { typing: true },
          headers,
        })
      for (const id of [undefined, other.connectionId, 'garbage', '', '__proto__']) {
        const answer = await type(id === undefined ? {} : { 'x-connection-id': id })
        expect(answer, id).toMatchObject({ status: 400, body: { code: 'connection_required' } })
      }
      expect((await type({ 'x-connection-id': own.connectionId })).status).toBe(200)
      await other.until(named('chat.typingChanged', { username: ada.username }))
      await joinAll((await channel(own)).chatId, other)
    },
  )
}

function description(target: Target): void {
  rules(target)('[REST-10] The description names every operation at its path', async () => {
    const { status, body } = await http(target.url, { method: 'GET', path: '/openapi.json' })
    expect(status).toBe(200)
    const { openapi, paths: described } = body as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
    }
    expect(openapi).toMatch(/^3\.1/)
    for (const { name, rest } of operations.values()) {
      if (rest === null) continue
      const [method = '', path = ''] = rest.split(' ')
      const known = Object.entries(described).find(([key]) => key.endsWith(path))?.[1]
      expect(known, `${name} at ${path}`).toHaveProperty(method.toLowerCase())
    }
  })
}
