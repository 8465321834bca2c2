import { chatStream } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { gone, joinAll, room, say } from './acts.ts'
import { durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Rooms: in them is who is there. */
export function roomRules(target: Target): void {
  inside(target)
  ephemeral(target)
  connections(target)
  if (target.advance) grace(target, target.advance)
}

function inside(target: Target): void {
  const rule = rules(target)

  rule('[CHAT-9] Sending into a room is for those inside', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await room(ada)
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    expect(await refusal(say(ada, chatId))).toMatchObject({ code: 'forbidden' })
    await joinAll(chatId, ada, ben)
    const sent = await say(ben, chatId, 'inside')
    expect(await ada.until(named('chat.messageSent'))).toMatchObject({ data: sent, seq: 1 })
    await ben.call('chat.leaveChat', { chatId })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
  })

  rule('[CHAT-8] A room is open to everybody unless it is made private', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const open = await ada.call('chat.createChat', { kind: 'room' })
    expect(open.visibility).toBe('public')
    await joinAll(open.chatId, ben)
    await say(ben, open.chatId, 'inside')
    const closed = await ada.call('chat.createChat', { kind: 'room', visibility: 'private' })
    const attempt = ben.call('chat.joinChat', { chatId: closed.chatId })
    expect((await refusal(attempt)).code).toBe('not_found')
    const channel = await ada.call('chat.createChat', { kind: 'channel' })
    expect(channel.visibility).toBe('private')
  })

  rule('[CHAT-8] Nobody is in a room without a connection', async ({ person }) => {
    const ada = await person()
    const { chatId } = await room(ada)
    if (target.transport === 'socket') return
    expect(await refusal(ada.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'connection_required',
    })
    expect((await ada.call('chat.getChat', { chatId })).memberCount).toBe(0)
  })
}

function ephemeral(target: Target): void {
  rules(target)(
    '[CHAT-10] Comings and goings of a room are told and not kept',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await room(ada)
      const stream = chatStream(chatId)
      await joinAll(chatId, ada, ben)
      const joined = await ada.until(named('chat.memberJoined', { username: ben.username }))
      expect(joined).not.toHaveProperty('seq')
      expect(joined).toMatchObject({ stream, actor: { username: ben.username } })
      await ben.until(named('chat.memberJoined', { username: ben.username }))
      await say(ben, chatId, 'hello')
      await ben.call('chat.leaveChat', { chatId })
      expect(
        await ada.until(named('chat.memberLeft', { username: ben.username })),
      ).not.toHaveProperty('seq')
      await ben.until(named('streams.removed', { stream }))
      const { events, head } = await ada.call('streams.readSince', { stream, seq: 0 })
      expect(events.map(({ name, seq }) => [name, seq])).toEqual([['chat.messageSent', 1]])
      expect(head).toBe(1)
      await ada.fence()
      expect(durable(ada, stream)).toHaveLength(1)
    },
  )
}

function connections(target: Target): void {
  const rule = rules(target)

  rule(
    '[CHAT-8] One with two connections in a room is there once, and stays when one of them ends',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const [one, two] = [await connect(ben), await connect(ben)]
      const { chatId } = await room(ada)
      await joinAll(chatId, ada, one, two)
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 2 })
      await one.close()
      await gone(target, ben, one)
      if (target.advance) await target.advance(60_000)
      expect(await say(two, chatId, 'still here')).toMatchObject({ sender: ben.username })
      await ada.fence()
      expect(ada.items.filter(named('chat.memberJoined', { username: ben.username }))).toHaveLength(
        1,
      )
      expect(ada.items.filter(named('chat.memberLeft'))).toEqual([])
    },
  )

  rule(
    '[CHAT-8] Leaving a room counts for all of one’s connections',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const [one, two] = [await connect(ben), await connect(ben)]
      const { chatId } = await room(ada)
      await joinAll(chatId, ada, one, two)
      await one.call('chat.leaveChat', { chatId })
      await say(ada, chatId, 'gone')
      for (const each of [one, two]) {
        await each.until(named('streams.removed', { stream: chatStream(chatId) }))
        await each.fence()
        expect(each.items.filter(named('chat.messageSent'))).toEqual([])
      }
    },
  )
}

function grace(target: Target, advance: NonNullable<Target['advance']>): void {
  const rule = rules(target)

  rule(
    '[CHAT-8] One who is back within 15 seconds has not been away',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const { chatId } = await room(ada)
      const before = await connect(ben)
      await joinAll(chatId, ada, before)
      await before.close()
      await gone(target, ben, before)
      await advance(14_000)
      const after = await connect(ben)
      await after.call('chat.joinChat', { chatId })
      await advance(30_000)
      await ada.fence()
      expect(ada.items.filter(of(chatStream(chatId))).map(({ name }) => name)).toEqual([
        'chat.memberJoined',
        'chat.memberJoined',
      ])
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 2 })
    },
  )

  rule(
    '[CHAT-8] After 15 seconds without a connection the place is given up',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const { chatId } = await room(ada)
      const there = await connect(ben)
      await joinAll(chatId, ada, there)
      await there.close()
      await gone(target, ben, there)
      await advance(14_000)
      await ada.fence()
      expect(ada.items.filter(named('chat.memberLeft'))).toEqual([])
      await advance(2_000)
      const left = await ada.until(named('chat.memberLeft', { username: ben.username }))
      expect(left).not.toHaveProperty('seq')
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 1 })
      const back = await connect(ben)
      expect(await refusal(say(back, chatId))).toMatchObject({ code: 'forbidden' })
    },
  )
}
