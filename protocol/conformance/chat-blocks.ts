import { chatStream } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, say, type Actor } from './acts.ts'
import { count, durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

const block = (each: Actor, { username }: Actor): Promise<unknown> =>
  each.call('users.blockUser', { username })
const unblock = (each: Actor, { username }: Actor): Promise<unknown> =>
  each.call('users.unblockUser', { username })

/** What one hears of somebody whom one has blocked: nothing. */
export function blockRules(target: Target): void {
  describe('blocking', () => {
    hearing(target)
    telling(target)
    reading(target)
    noticing(target)
    meeting(target)
    ending(target)
  })
}

function hearing(target: Target): void {
  const rule = rules(target)

  rule(
    '[BLOCK-1] A blocked person’s messages are withheld, live and from the log',
    async (stage) => {
      const [eve, cy] = [await stage.peer(), await stage.peer()]
      const ada = await stage.person()
      const early = await stage.connect(ada)
      const { chatId } = await privateChannel(cy, [eve, ada])
      const stream = chatStream(chatId)
      await block(early, eve)
      const late = await stage.connect(ada)
      await say(cy, chatId, 'heard')
      await say(eve, chatId, { body: 'unheard', data: { secret: 'unheard' } })
      const { seq } = await say(cy, chatId, 'heard again')
      for (const each of [early, late]) {
        await each.until((item) => of(stream)(item) && item.seq === seq)
        const last = durable(each, stream).slice(-3)
        expect(last.map(({ name }) => name)).toEqual([
          'chat.messageSent',
          'streams.withheld',
          'chat.messageSent',
        ])
        expect(JSON.stringify(each.items)).not.toContain('unheard')
        const { events } = await each.call('streams.readSince', { stream, seq: seq - 3 })
        expect(events).toEqual(last)
      }
      await cy.until(named('chat.messageSent', { body: 'unheard' }))
    },
  )

  rule('[BLOCK-1] From the answer to blocking on nothing comes, amid traffic', async (stage) => {
    const [eve, ada] = [await stage.peer(), await stage.peer()]
    const { chatId } = await channel(eve)
    const stream = chatStream(chatId)
    await joinAll(chatId, ada)
    const before = count(10).map(() => say(eve, chatId))
    await block(ada, eve)
    const after = await Promise.all(count(10).map(() => say(eve, chatId, 'unheard')))
    await Promise.all(before)
    await ada.fence()
    const last = Math.max(...after.map(({ seq }) => seq))
    await ada.until((item) => of(stream)(item) && item.seq === last)
    expect(JSON.stringify(ada.items)).not.toContain('unheard')
    const seqs = durable(ada, stream).map(({ seq }) => seq)
    expect(seqs).toEqual(count(last, seqs[0]))
  })

  rule('[BLOCK-1] A stream joined by hand tells nothing of them either', async ({ peer }) => {
    const [eve, ada] = [await peer(), await peer()]
    const { chatId } = await channel(eve)
    const stream = chatStream(chatId)
    await block(ada, eve)
    await ada.call('streams.join', { stream })
    const { seq } = await say(eve, chatId, 'unheard')
    const item = await ada.until((each) => of(stream)(each) && each.seq === seq)
    expect(item).toMatchObject({ name: 'streams.withheld', data: {} })
    expect(item).not.toHaveProperty('actor')
  })
}

function telling(target: Target): void {
  rules(target)('[BLOCK-2] Typing and read marks of the blocked do not come', async ({ peer }) => {
    const [eve, cy, ada] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(cy, [eve, ada])
    const inside = await room(cy)
    await joinAll(inside.chatId, cy, eve, ada)
    await block(ada, eve)
    const { seq } = await say(cy, chatId)
    await eve.call('chat.markRead', { chatId, seq })
    for (const each of [chatId, inside.chatId]) {
      await eve.call('chat.setTyping', { chatId: each, typing: true })
      await cy.until(named('chat.typingChanged', { chatId: each, username: eve.username }))
      await cy.call('chat.setTyping', { chatId: each, typing: true })
      await ada.until(named('chat.typingChanged', { chatId: each, username: cy.username }))
    }
    await cy.until(named('chat.readMarked', { username: eve.username }))
    await ada.fence()
    for (const name of ['chat.typingChanged', 'chat.readMarked']) {
      expect(ada.items.filter(named(name, { username: eve.username }))).toEqual([])
    }
  })
}

function reading(target: Target): void {
  const rule = rules(target)

  rule('[BLOCK-3] History, last message and counts are without the blocked', async ({ peer }) => {
    const [eve, cy, ada] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(cy, [eve, ada])
    const { seq: first } = await say(eve, chatId, 'unheard')
    const heard = await say(cy, chatId, 'heard')
    await block(ada, eve)
    await say(eve, chatId, 'unheard')
    const seen = await ada.call('chat.getChat', { chatId })
    expect(seen).toMatchObject({ lastMessage: heard, membership: { unread: 1 } })
    const [listed] = (await ada.call('chat.listChats', {})).items
    expect(listed).toMatchObject({ lastMessage: heard, membership: { unread: 1 } })
    for (const input of [{}, { after: 0 }, { around: first }, { before: seen.head + 1 }]) {
      const { items } = await ada.call('chat.readHistory', { chatId, ...input })
      expect(items).toEqual([heard])
    }
    expect((await cy.call('chat.readHistory', { chatId })).items).toHaveLength(3)
    const mark = await ada.call('chat.markRead', { chatId, seq: heard.seq })
    expect(mark.unread).toBe(0)
    await say(eve, chatId, 'unheard')
    await say(cy, chatId, 'heard')
    expect((await ada.call('chat.getChat', { chatId })).membership?.unread).toBe(1)
  })
}

function noticing(target: Target): void {
  rules(target)('[BLOCK-4] The blocked notice nothing', async ({ peer }) => {
    const [eve, ada] = [await peer(), await peer()]
    const { chatId } = await directWith(ada, eve)
    await eve.fence()
    const before = eve.items.length
    await block(ada, eve)
    await eve.fence()
    const told = eve.items.slice(before).filter(({ name }) => !name.startsWith('system.'))
    expect(told).toEqual([])
    expect(await directWith(eve, ada)).toMatchObject({ chatId, memberCount: 2 })
    expect(await say(eve, chatId, 'unheard')).toMatchObject({ sender: eve.username, number: 1 })
    expect(await eve.call('users.getUser', { username: ada.username })).toMatchObject({
      username: ada.username,
    })
    // What the other says is heard as ever.
    await say(ada, chatId, 'listen')
    await eve.until(named('chat.messageSent', { body: 'listen' }))
    expect((await ada.call('chat.readHistory', { chatId })).items).toMatchObject([
      { body: 'listen' },
    ])
  })
}

function meeting(target: Target): void {
  const rule = rules(target)

  rule('[BLOCK-5] The blocked bring nobody in who has blocked them', async ({ peer }) => {
    const [eve, cy, ada] = [await peer(), await peer(), await peer()]
    await block(ada, eve)
    const { chatId } = await privateChannel(eve, [ada, cy])
    const usernames = [ada.username]
    expect(await eve.call('chat.addMembers', { chatId, usernames })).toEqual({})
    await say(eve, chatId, 'unheard')
    await cy.until(named('chat.messageSent', { body: 'unheard' }))
    await ada.fence()
    expect(ada.items.filter(of(chatStream(chatId)))).toEqual([])
    expect((await ada.call('chat.listChats', {})).items).toEqual([])
    expect(await refusal(ada.call('chat.getChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
  })

  rule(
    '[BLOCK-5] A direct chat opened by the blocked is not there to be seen',
    async ({ peer }) => {
      const [eve, ada] = [await peer(), await peer()]
      await block(ada, eve)
      const { chatId } = await directWith(eve, ada)
      await say(eve, chatId, 'unheard')
      await ada.fence()
      expect(ada.items.filter(named('chat.chatAdded'))).toEqual([])
      expect((await ada.call('chat.listChats', {})).items).toEqual([])
      await say(ada, chatId, 'first word')
      expect((await ada.call('chat.listChats', {})).items).toMatchObject([{ chatId }])
    },
  )
}

function ending(target: Target): void {
  rules(target)(
    '[BLOCK-6] Unblocking shows all that was said and lets in the rest',
    async (stage) => {
      const eve = await stage.peer()
      const ada = await stage.person()
      const connections = [await stage.connect(ada), await stage.connect(ada)]
      const [one] = connections
      const { chatId } = await privateChannel(eve, [ada])
      await block(one!, eve)
      await say(eve, chatId, 'meanwhile')
      await unblock(one!, eve)
      await unblock(one!, eve)
      for (const each of connections) {
        await each.until(named('users.blockedChanged', { username: eve.username, blocked: false }))
      }
      await say(eve, chatId, 'again')
      for (const each of connections) await each.until(named('chat.messageSent', { body: 'again' }))
      const { items } = await one!.call('chat.readHistory', { chatId })
      expect(items.map(({ body }) => body)).toEqual(['meanwhile', 'again'])
      expect((await one!.call('chat.getChat', { chatId })).membership?.unread).toBe(2)
    },
  )
}
