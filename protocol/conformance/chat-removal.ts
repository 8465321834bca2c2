import { chatStream } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, joinAll, privateChannel, room, say, type Actor } from './acts.ts'
import { unique } from './connect.ts'
import { grant, revoke } from './permissions.ts'
import { durable, named, of, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

/** Rights that end, and what ends with them at once. */
export function removalRules(target: Target): void {
  describe('rights that end', () => {
    puttingOut(target)
    comingBack(target)
    readingByHand(target)
    readingByGroup(target)
    removing(target)
  })
}

/** Nothing of a stream has come to this connection after the word that it ended. */
async function expectEnd(peer: Peer, chatId: string, reason: string): Promise<void> {
  const stream = chatStream(chatId)
  await peer.until(named('streams.removed', { stream, reason }))
  await peer.fence()
  const end = peer.items.findLastIndex(named('streams.removed', { stream }))
  expect(peer.items.slice(end).filter(of(stream))).toEqual([])
}

const talk = async (each: Actor, chatId: string): Promise<void> => {
  await say(each, chatId, 'afterwards')
  await each.call('chat.setTyping', { chatId, typing: true })
}

function puttingOut(target: Target): void {
  const rule = rules(target)
  const ways = [
    ['chat.removeMember', 'removed'],
    ['chat.banMember', 'banned'],
  ] as const

  for (const [name, reason] of ways) {
    rule(`[PERM-9] Nothing comes after ${name}, on any connection`, async (stage) => {
      const ada = await stage.peer()
      const ben = await stage.person()
      const { username } = ben
      const connections = [await stage.connect(ben), await stage.connect(ben)]
      const chats = [await privateChannel(ada, [ben]), await channel(ada), await room(ada)]
      const [, open, hall] = chats
      await joinAll(open!.chatId, connections[0]!)
      for (const each of connections) await joinAll(hall!.chatId, each)
      await joinAll(hall!.chatId, ada)
      for (const { chatId } of chats) {
        await ada.call(name, { chatId, username, reason: 'Spam' })
        await talk(ada, chatId)
        for (const each of connections) await expectEnd(each, chatId, reason)
        const banned = reason === 'banned'
        const told = named('chat.memberRemoved', { chatId, username, banned, reason: 'Spam' })
        expect((await ada.until(told)).seq === undefined).toBe(chatId === hall!.chatId)
        expect(await refusal(say(connections[0]!, chatId))).toHaveProperty('code')
      }
      expect((await connections[0]!.call('chat.listChats', {})).items).toEqual([])
    })
  }

  rule('[PERM-9] Putting out one who is not in changes nothing', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId, head } = await privateChannel(ada)
    expect(await ada.call('chat.removeMember', { chatId, username: ben.username })).toEqual({})
    expect((await ada.call('chat.getChat', { chatId })).head).toBe(head)
    const username = unique('nobody')
    expect(await refusal(ada.call('chat.removeMember', { chatId, username }))).toMatchObject({
      code: 'not_found',
    })
  })

  rule('[PERM-9] Of many messages under way none comes after the end', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const sends = () => Array.from({ length: 10 }, () => say(ada, chatId))
    const removal = ada.call('chat.removeMember', { chatId, username: ben.username })
    await Promise.all([...sends(), removal, ...sends()])
    await talk(ada, chatId)
    await expectEnd(ben, chatId, 'removed')
    const { events } = await ada.call('streams.readSince', { stream: chatStream(chatId), seq: 0 })
    const end = events.find(({ name }) => name === 'chat.memberRemoved')!.seq!
    expect(durable(ben, chatStream(chatId)).at(-1)!.seq!).toBeLessThanOrEqual(end)
  })
}

function comingBack(target: Target): void {
  const rule = rules(target)

  rule('[PERM-10] One who comes back reads from then on', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const stream = chatStream(chatId)
    const { username } = ben
    await ada.call('chat.removeMember', { chatId, username })
    await say(ada, chatId, 'meanwhile')
    expect(await refusal(ben.call('streams.readSince', { stream, seq: 0 }))).toMatchObject({
      code: 'not_found',
    })
    await ada.call('chat.addMembers', { chatId, usernames: [username] })
    await say(ada, chatId, 'again')
    await ben.until(named('chat.messageSent', { body: 'again' }))
    await ben.fence()
    expect(ben.items.filter(named('chat.messageSent', { body: 'meanwhile' }))).toEqual([])
    expect((await ben.call('chat.getChat', { chatId })).membership?.unread).toBe(1)
  })

  rule(
    '[PERM-10] Where history begins with joining, the time outside is not shown',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada, {
        visibility: 'private',
        historyVisibility: 'since_joined',
        members: [ben.username],
      })
      const { username } = ben
      await ada.call('chat.removeMember', { chatId, username })
      await say(ada, chatId, 'meanwhile')
      await ada.call('chat.addMembers', { chatId, usernames: [username] })
      await say(ada, chatId, 'again')
      const { items } = await ben.call('chat.readHistory', { chatId })
      expect(items.map(({ body }) => body)).toEqual(['again'])
      const { events } = await ben.call('streams.readSince', { stream: chatStream(chatId), seq: 0 })
      expect(JSON.stringify(events)).not.toContain('meanwhile')
    },
  )
}

function readingByHand(target: Target): void {
  const rule = rules(target)

  rule('[PERM-11] One who only reads loses the stream with the right to join', async (stage) => {
    const [ada, ben, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    for (const each of [ben, cy]) await each.call('streams.join', { stream })
    await grant(ada, chatId, { [`user:${cy.username}`]: ['join'] })
    await revoke(ada, { chatId, subject: 'world' })
    const { seq } = await say(ada, chatId, 'afterwards')
    await expectEnd(ben, chatId, 'permission')
    expect(ben.items.filter(named('chat.messageSent'))).toEqual([])
    // The other reads on, and nothing is lost to the question.
    await cy.until((item) => of(stream)(item) && item.seq === seq)
    expect(durable(cy, stream).map((item) => item.seq)).toEqual([seq - 2, seq - 1, seq])
    expect(await refusal(ben.call('streams.join', { stream }))).toMatchObject({
      code: 'not_found',
    })
  })

  rule('[PERM-11] One who only reads loses the stream with a ban', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    for (const each of [ben, cy]) await each.call('streams.join', { stream })
    await ada.call('chat.banMember', { chatId, username: ben.username })
    const { seq } = await say(ada, chatId, 'afterwards')
    await expectEnd(ben, chatId, 'permission')
    expect(ben.items.filter(named('chat.messageSent'))).toEqual([])
    await cy.until((item) => of(stream)(item) && item.seq === seq)
  })

  rule('[PERM-11] Amid traffic nothing is lost or doubled for who reads on', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    const { head } = await ben.call('streams.join', { stream })
    const changes = [
      ...Array.from({ length: 10 }, () => say(ada, chatId)),
      grant(ada, chatId, { world: ['set_topic'] }),
      ...Array.from({ length: 5 }, () => say(ada, chatId)),
      revoke(ada, { chatId, subject: 'world', permissions: ['set_topic'] }),
      ...Array.from({ length: 5 }, () => say(ada, chatId)),
    ]
    await Promise.all(changes)
    const { seq } = await say(ada, chatId, 'the last')
    await ben.until((item) => of(stream)(item) && item.seq === seq)
    expect(durable(ben, stream).map((item) => item.seq)).toEqual(
      Array.from({ length: seq - head }, (_, index) => head + 1 + index),
    )
  })
}

function readingByGroup(target: Target): void {
  rules(target)(
    '[PERM-11] One who reads by a group loses the stream with the group',
    async (stage) => {
      const [ada, ben, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
      const admin = await stage.person({ admin: true })
      const name = unique('staff')
      const members = [ben.username, cy.username]
      await admin.call('groups.createGroup', { name, members })
      const { chatId } = await privateChannel(ada)
      const stream = chatStream(chatId)
      await grant(ada, chatId, { [`group:${name}`]: ['join'] })
      for (const each of [ben, cy]) await each.call('streams.join', { stream })
      await admin.call('groups.removeGroupMembers', { name, usernames: [ben.username] })
      await say(ada, chatId, 'afterwards')
      await expectEnd(ben, chatId, 'permission')
      expect(ben.items.filter(named('chat.messageSent'))).toEqual([])
      await cy.until(named('chat.messageSent', { body: 'afterwards' }))
      await admin.call('groups.deleteGroup', { name })
      await say(ada, chatId, 'at last')
      await expectEnd(cy, chatId, 'permission')
      expect(cy.items.filter(named('chat.messageSent', { body: 'at last' }))).toEqual([])
    },
  )
}

function removing(target: Target): void {
  rules(target)('[PERM-15] A removed chat is gone for all, and its id is taken', async (stage) => {
    const [ada, ben, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
    const chatId = unique('doomed')
    await channel(ada, { chatId, name: 'Doomed' })
    await joinAll(chatId, ben)
    await cy.call('streams.join', { stream: chatStream(chatId) })
    await say(ada, chatId, 'last words')
    expect(await refusal(ben.call('chat.removeChat', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    await ada.call('chat.removeChat', { chatId })
    for (const each of [ada, ben, cy]) {
      await expectEnd(each, chatId, 'chat_removed')
      expect(each.items.filter(named('chat.chatRemoved', { chatId }))).toHaveLength(1)
    }
    const admin = await stage.person({ admin: true })
    for (const each of [ada, ben, admin]) {
      const attempts = [
        each.call('chat.getChat', { chatId }),
        each.call('chat.readHistory', { chatId }),
        each.call('chat.joinChat', { chatId }),
        each.call('streams.readSince', { stream: chatStream(chatId), seq: 0 }),
        say(each, chatId),
      ]
      for (const error of await Promise.all(attempts.map(refusal))) {
        expect(error).toMatchObject({ code: 'not_found' })
      }
      expect(await refusal(channel(each, { chatId }))).toMatchObject({ code: 'already_exists' })
      expect((await each.call('chat.listChats', {})).items).toEqual([])
    }
  })
}
