import { chatStream, PROTOCOL_VERSION, type Closing, type Welcome } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, joinAll, privateChannel, say } from './acts.ts'
import { http } from './http.ts'
import { commandId, durable, named, of, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Envelope, versions and the operations of the system. */
export function systemRules(target: Target): void {
  describe('system', () => {
    envelope(target)
    causes(target)
    fences(target)
    facts(target)
    if (target.advance) heads(target, target.advance)
    if (target.restart) draining(target, target.restart)
  })
}

function envelope(target: Target): void {
  const rule = rules(target)

  rule(
    '[ENV-1] An operation is answered by its acknowledgement, with data or with an error',
    async ({ peer }) => {
      const ada = await peer()
      expect(await ada.raw('system.echo', { message: 'hello' })).toEqual({
        ok: true,
        data: { message: 'hello' },
      })
      const refused = (await ada.raw('system.echo', {})) as Record<string, unknown>
      expect(Object.keys(refused).sort()).toEqual(['error', 'ok'])
      expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_payload' } })
    },
  )

  rule(
    '[ENV-2] The first item of a connection is the welcome, which names it',
    async ({ person, connect }) => {
      const ada = await person()
      const [one, two] = [await connect(ada), await connect(ada)]
      const welcome = one.items[0]
      expect(welcome?.name).toBe('system.welcome')
      const data = welcome?.data as Welcome
      expect(data).toMatchObject({
        username: ada.username,
        connectionId: one.connectionId,
        epoch: two.epoch,
      })
      expect(Date.parse(data.tokenExpiresAt)).toBeGreaterThan(Date.parse(data.serverTime))
      expect(one.connectionId).not.toBe(two.connectionId)
    },
  )

  rule(
    '[ENV-3] All that a busy connection receives comes in batches of one stream',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const chats = await Promise.all([channel(ada), channel(ada), channel(ada)])
      for (const { chatId } of chats) await joinAll(chatId, ben)
      await Promise.all(
        chats.flatMap(({ chatId }) => [say(ada, chatId), say(ben, chatId), say(ada, chatId)]),
      )
      await ben.fence()
      expect(new Set(ben.items.map(({ stream }) => stream)).size).toBeGreaterThanOrEqual(5)
      expect(ben.violations).toEqual([])
    },
  )

  rule(
    '[ENV-4] An item has its name, its time in UTC and the data of its name',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada, [ben])
      const sent = await say(ada, chatId)
      const item = await ben.until(named('chat.messageSent'))
      expect(item).toMatchObject({
        name: 'chat.messageSent',
        stream: chatStream(chatId),
        seq: sent.seq,
        data: sent,
      })
      expect(item.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(ben.violations).toEqual([])
    },
  )
}

function causes(target: Target): void {
  const rule = rules(target)

  rule('[ENV-5] An event carries who caused it and by which command', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const id = commandId()
    await ben.call('chat.joinChat', { chatId, commandId: id })
    const item = await ada.until(named('chat.memberJoined', { username: ben.username }))
    expect(item).toMatchObject({ actor: { username: ben.username }, commandId: id })
    if (target.transport === 'socket') expect(item.actor?.connectionId).toBe(ben.connectionId)
  })

  rule('[ENV-5] An event of a call without a command id carries none', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await ben.call('chat.joinChat', { chatId })
    expect(
      await ada.until(named('chat.memberJoined', { username: ben.username })),
    ).not.toHaveProperty('commandId')
  })

  rule('[ENV-8] A call without an acknowledgement takes effect', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    ada.send('chat.sendMessage', { chatId, clientMessageId: commandId(), body: 'no answer wanted' })
    await ben.until(named('chat.messageSent', { body: 'no answer wanted' }))
  })

  rule('[ENV-10] The end is announced: why, whether to come back, and when', async ({ peer }) => {
    const ada = await peer()
    await ada.call('auth.signOut', {}).catch(() => undefined) // The socket may be closed before the reply is read.
    await ada.ended
    const last = ada.items.at(-1)
    expect(last).toMatchObject({
      name: 'system.closing',
      data: { code: 'signed_out', reconnect: false },
    })
    expect((last!.data as Closing).afterMs).toBeGreaterThanOrEqual(0)
  })
}

function fences(target: Target): void {
  const rule = rules(target)

  rule(
    '[ENV-6] What was published before an echo is there when the echo is answered',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada, [ben])
      for (let round = 1; round <= 5; round++) {
        await Promise.all([say(ada, chatId), say(ada, chatId), say(ada, chatId)])
        await ben.fence()
        expect(ben.items.filter(named('chat.messageSent'))).toHaveLength(round * 3)
      }
    },
  )

  rule(
    '[ENV-7] An echo comes back to the connection that asked, and to no other',
    async ({ person, connect }) => {
      const ada = await person()
      const [asking, other] = [await connect(ada), await connect(ada)]
      expect(await asking.call('system.echo', { message: 'who asks' })).toEqual({
        message: 'who asks',
      })
      const item = await asking.until(named('system.echoed', { message: 'who asks' }))
      expect(item).not.toHaveProperty('seq')
      await other.fence()
      expect(other.items.filter(named('system.echoed', { message: 'who asks' }))).toEqual([])
    },
  )
}

function facts(target: Target): void {
  const rule = rules(target)

  rule('[VER-1] The version is told before sign-in, and the same after it', async ({ peer }) => {
    const { status, body } = await http(target.url, { method: 'GET', path: '/system/info' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ name: 'collab-kit', protocol: PROTOCOL_VERSION })
    const ada = await peer()
    const info = await ada.call('system.getInfo', {})
    expect(info).toMatchObject({ protocol: PROTOCOL_VERSION, epoch: ada.epoch })
  })

  rule('[LIM-1] The limits are told before sign-in, and the same after it', async ({ person }) => {
    const { status, body } = await http(target.url, { method: 'GET', path: '/system/limits' })
    expect(status).toBe(200)
    expect(body).toEqual(target.limits)
    expect(await (await person()).call('system.getLimits', {})).toEqual(target.limits)
  })
}

function heads(target: Target, advance: NonNullable<Target['advance']>): void {
  rules(target)(
    '[ENV-9] Every 10 seconds the heads of what moved are told, once',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada, [ben])
      const { seq } = await say(ada, chatId)
      const stream = chatStream(chatId)
      await ben.until((item) => of(stream)(item) && item.seq === seq)
      await advance(10_000)
      await ben.until(named('system.heads', { [stream]: seq }))
      await advance(10_000)
      await ben.fence()
      const told = ben.items.filter(
        (item) => item.name === 'system.heads' && stream in (item.data as object),
      )
      expect(told).toHaveLength(1)
      expect(durable(ben, stream).at(-1)?.seq).toBe(seq)
    },
  )
}

function draining(target: Target, restart: NonNullable<Target['restart']>): void {
  rules(target)(
    '[ENV-10] A service that goes down asks its connections to come back',
    async ({ peer }) => {
      const ada = await peer()
      await restart()
      await ada.ended
      expect(ada.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'draining', reconnect: true },
      })
    },
  )
}
