import { chatStream, operations, type OperationName } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import {
  callWith,
  channel,
  directWith,
  joinAll,
  privateChannel,
  room,
  samples,
  say,
} from './acts.ts'
import { unique } from './connect.ts'
import { callByRest, http, toRequest } from './http.ts'
import { named, refusal, rules } from './rule.ts'
import { exchange } from './exchange.ts'
import type { Target } from './target.ts'

/** Who may do what. */
export function accessRules(target: Target): void {
  describe('access', () => {
    signedIn(target)
    hidden(target)
    open(target)
    roles(target)
    origins(target)
  })
}

function signedIn(target: Target): void {
  rules(target)(
    '[ACC-1] Without a token only what is meant for everyone is answered',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const open = new Set<string>(['system.getInfo', 'system.getLimits'])
      const inputs = Object.entries(samples({ chatId, username: ada.username, token: 'x' })) as [
        OperationName,
        object,
      ][]
      const declared = [...operations.values()]
        .filter(({ before }) => before === undefined)
        .map(({ name }) => name)
      expect(inputs.map(([name]) => name).sort()).toEqual(declared.sort())
      for (const [name, input] of inputs) {
        const { status, body } = await http(target.url, toRequest(name, { ...input }))
        if (open.has(name)) expect(status, name).toBe(200)
        else
          expect({ name, status, body }).toMatchObject({
            name,
            status: 401,
            body: { code: 'unauthenticated' },
          })
      }
      expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(0)
    },
  )
}

function hidden(target: Target): void {
  const rule = rules(target)

  rule('[ACC-2] A direct chat is not there for anyone else', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const { chatId } = await directWith(ada, ben)
    await say(ada, chatId, 'between us')
    for (const [name, input] of Object.entries(
      samples({ chatId, username: ada.username, token: 'x' }),
    )) {
      if (!JSON.stringify(input).includes(chatId) || name === 'streams.leave') continue
      expect((await refusal(callWith(eve, name as OperationName, input))).code, name).toBe(
        'not_found',
      )
    }
    expect((await eve.call('chat.listChats', {})).items).toEqual([])
    await eve.fence()
    expect(JSON.stringify(eve.items)).not.toContain('between us')
  })

  rule(
    '[ACC-2] A chosen id that is taken tells nothing of the private chat behind it',
    async ({ peer }) => {
      const [ada, eve] = [await peer(), await peer()]
      const chatId = unique('secret')
      await channel(ada, { chatId, visibility: 'private', name: 'Plans', topic: 'hush' })
      for (const ifExists of ['return', 'error'] as const) {
        const error = await refusal(channel(eve, { chatId, ifExists }))
        expect(error).toMatchObject({ code: 'already_exists' })
        expect(JSON.stringify(error)).not.toMatch(/Plans|hush/)
        expect(JSON.stringify(error)).not.toContain(ada.username)
      }
    },
  )

  rule('[ACC-2] One who has left a private chat is outside again', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    await ben.call('chat.leaveChat', { chatId })
    expect(await refusal(ben.call('chat.getChat', { chatId }))).toMatchObject({ code: 'not_found' })
    expect(await refusal(ben.call('chat.readHistory', { chatId }))).toMatchObject({
      code: 'not_found',
    })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'not_found' })
    expect(await refusal(ben.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
  })
}

function open(target: Target): void {
  const rule = rules(target)

  rule('[ACC-3] A public channel is read by everyone and written by members', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer({ guest: true })]
    const { chatId } = await channel(ada, { name: 'Open house' })
    const sent = await say(ada, chatId)
    const seen = await ben.call('chat.getChat', { chatId })
    expect(seen).toMatchObject({
      chatId,
      name: 'Open house',
      memberCount: 1,
      lastMessage: sent,
      permissions: ['join'],
    })
    expect(seen).not.toHaveProperty('membership')
    expect((await ben.call('chat.readHistory', { chatId })).items).toEqual([sent])
    const forbidden = { code: 'forbidden' }
    expect(await refusal(say(ben, chatId))).toMatchObject(forbidden)
    expect(await refusal(ben.call('chat.setTyping', { chatId, typing: true }))).toMatchObject(
      forbidden,
    )
    expect(await refusal(ben.call('chat.markRead', { chatId, seq: 1 }))).toMatchObject(forbidden)
    const joined = await ben.call('chat.joinChat', { chatId })
    expect(joined).toMatchObject({ memberCount: 2, membership: { role: 'member' } })
    expect([...joined.permissions].sort()).toEqual(['join', 'send'])
    expect(await say(ben, chatId, 'now I may')).toMatchObject({ sender: ben.username })
  })

  rule('[ACC-3] A public room is read from inside only', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await room(ada, { name: 'Green room' })
    await joinAll(chatId, ada)
    await say(ada, chatId, 'inside')
    expect(await ben.call('chat.getChat', { chatId })).not.toHaveProperty('lastMessage')
    expect(await refusal(ben.call('chat.readHistory', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await refusal(ben.call('streams.readSince', { stream: chatStream(chatId), seq: 0 })),
    ).toMatchObject({ code: 'not_found' })
    await ben.call('chat.joinChat', { chatId })
    expect((await ben.call('chat.readHistory', { chatId })).items).toMatchObject([
      { body: 'inside' },
    ])
  })
}

function roles(target: Target): void {
  const rule = rules(target)

  rule('[ACC-4] What one does is in one’s own name', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    await say(ben, chatId)
    const sent = await ada.until(named('chat.messageSent', { sender: ben.username }))
    expect(sent.actor).toMatchObject({ username: ben.username })
    const mark = await ben.call('chat.markRead', { chatId, seq: sent.seq! })
    expect(mark.unread).toBe(0)
    expect((await ada.call('chat.getChat', { chatId })).membership?.unread).toBe(1)
  })

  rule('[ACC-5] A guest may make a chat, not name it', async ({ person }) => {
    const guest = await person({ guest: true })
    const chatId = unique('mine')
    expect(await refusal(channel(guest, { chatId }))).toMatchObject({ code: 'forbidden' })
    const ada = await person()
    expect(await channel(ada, { chatId })).toMatchObject({ chatId })
  })

  rule(
    '[ACC-6] An admin reads private chats, and is no member of them',
    async ({ peer, person }) => {
      const ada = await peer()
      const admin = await person({ admin: true })
      const { chatId } = await privateChannel(ada)
      const sent = await say(ada, chatId)
      expect(await admin.call('chat.getChat', { chatId })).not.toHaveProperty('membership')
      expect((await admin.call('chat.readHistory', { chatId })).items).toEqual([sent])
      expect(await refusal(say(admin, chatId))).toMatchObject({ code: 'forbidden' })
    },
  )
}

function origins(target: Target): void {
  const rule = rules(target)
  const lookalikes = (url: string): string[] => {
    const { protocol, hostname, port, host } = new URL(url)
    return [
      'https://evil.example',
      'null',
      'file://',
      `${protocol}//${hostname}.evil.example:${port}`,
      `${protocol}//evil${host}`,
      `${protocol}//${hostname}:1`,
      `${protocol}//${host}/`,
      `${protocol}//${host}@evil.example`,
      `HTTP://${host}`,
      'garbage',
    ]
  }

  rule(
    '[ACC-7] A page of another origin gets no socket, and no word of the token',
    async ({ person, handshake }) => {
      const { accessToken } = await person()
      for (const origin of lookalikes(target.url)) {
        expect((await refusal(handshake(accessToken, { origin }))).code, origin).toBe(
          'origin_denied',
        )
      }
      expect(await refusal(handshake(undefined, { origin: 'https://evil.example' }))).toMatchObject(
        { code: 'origin_denied' },
      )
      const own = await handshake(accessToken, { origin: new URL(target.url).origin })
      await own.fence()
    },
  )

  rule(
    '[ACC-7] A page of another origin gets no answer by REST, and no grant to read one',
    async ({ person }) => {
      const ada = await person()
      const headers = { authorization: `Bearer ${ada.accessToken}` }
      for (const origin of lookalikes(target.url)) {
        const answer = await exchange(target.url, {
          method: 'GET',
          path: '/api/v1/me',
          headers: { ...headers, origin },
        })
        expect({ origin, status: answer.status }).toEqual({ origin, status: 403 })
        expect(answer.body).toMatchObject({ code: 'origin_denied' })
        expect(answer.headers['access-control-allow-origin']).toBeUndefined()
        const preflight = { ...headers, origin, 'access-control-request-method': 'POST' }
        const asked = await exchange(target.url, {
          method: 'OPTIONS',
          path: '/api/v1/chats',
          headers: preflight,
        })
        expect(asked.headers['access-control-allow-origin']).toBeUndefined()
      }
      const origin = new URL(target.url).origin
      const own = await exchange(target.url, {
        method: 'GET',
        path: '/api/v1/me',
        headers: { ...headers, origin },
      })
      expect(own).toMatchObject({ status: 200, body: { username: ada.username } })
      expect(
        await callByRest({ url: target.url, token: ada.accessToken }, 'users.getMe', {}),
      ).toEqual(own.body)
    },
  )
}
