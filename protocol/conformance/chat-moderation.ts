import { chatStream, userStream } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, say, type Actor } from './acts.ts'
import { unique } from './connect.ts'
import { grant, mine } from './permissions.ts'
import { durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

const MINUTE = 60_000

/** People who are brought in, silenced and put out. */
export function moderationRules(target: Target): void {
  describe('moderation', () => {
    adding(target)
    muting(target)
    banning(target)
    passing(target)
    fixed(target)
  })
}

function adding(target: Target): void {
  const rule = rules(target)

  rule('[PERM-13] People who are added read from that event on', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    await say(ada, chatId, 'before')
    const usernames = [ben.username, cy.username, cy.username]
    expect(await ada.call('chat.addMembers', { chatId, usernames })).toEqual({})
    await say(ada, chatId, 'after')
    await cy.fence()
    expect(durable(cy, chatStream(chatId)).map(({ name }) => name)).toEqual([
      'chat.memberAdded',
      'chat.messageSent',
    ])
    expect(await cy.until(named('chat.chatAdded', { chatId }))).toMatchObject({
      stream: userStream(cy.username),
    })
    expect((await ada.call('chat.getChat', { chatId })).memberCount).toBe(3)
  })

  rule('[PERM-13] Adding needs the right, and people who are there', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const add = (by: typeof ada, ...usernames: string[]) =>
      by.call('chat.addMembers', { chatId, usernames })
    expect(await refusal(add(ben, cy.username))).toMatchObject({ code: 'forbidden' })
    expect(await refusal(add(cy, cy.username))).toMatchObject({ code: 'not_found' })
    expect(await refusal(add(ada, cy.username, unique('nobody')))).toMatchObject({
      code: 'not_found',
    })
    expect((await ada.call('chat.getChat', { chatId })).memberCount).toBe(2)
    await ada.call('chat.banMember', { chatId, username: cy.username })
    expect(await refusal(add(ada, cy.username))).toMatchObject({
      code: 'forbidden',
      details: { reason: 'banned' },
    })
    const hall = await room(ada)
    const input = { chatId: hall.chatId, usernames: [ben.username] }
    expect(await refusal(ada.call('chat.addMembers', input))).toMatchObject({
      code: 'invalid_payload',
      details: { reason: 'not_in_rooms' },
    })
  })
}

function muting(target: Target): void {
  const rule = rules(target)

  rule('[PERM-7] Who is muted reads and does not send, whatever is granted', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const { username } = ben
    await joinAll(chatId, ben)
    await grant(ada, chatId, { [`user:${username}`]: ['send'] })
    await ada.call('chat.muteMember', { chatId, username, reason: 'Calm down' })
    expect(await mine(ben, chatId)).toEqual(['join'])
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    expect(await refusal(ben.call('chat.setTyping', { chatId, typing: true }))).toMatchObject({
      code: 'forbidden',
    })
    await say(ada, chatId, 'still heard')
    await ben.until(named('chat.messageSent', { body: 'still heard' }))
    await ben.until(named('chat.permissionsChanged', { subject: `user:${username}` }))
    // Going and coming back changes nothing.
    await ben.call('chat.leaveChat', { chatId })
    await joinAll(chatId, ben)
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    await ada.call('chat.unmuteMember', { chatId, username })
    await ada.call('chat.unmuteMember', { chatId, username })
    expect(await say(ben, chatId)).toMatchObject({ sender: username })
  })
}

function banning(target: Target): void {
  const rule = rules(target)

  rule('[PERM-8] Who is banned is out and stays out, whatever is granted', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { username } = ben
    const banned = { code: 'forbidden', details: { reason: 'banned' } }
    for (const { chatId } of [await channel(ada), await room(ada)]) {
      await joinAll(chatId, ben)
      await grant(ada, chatId, { [`user:${username}`]: ['join', 'send', 'set_name'] })
      await ada.call('chat.banMember', { chatId, username })
      await ada.call('chat.banMember', { chatId, username })
      const stream = chatStream(chatId)
      const attempts = [
        ben.call('chat.getChat', { chatId }),
        ben.call('chat.joinChat', { chatId }),
        ben.call('chat.readHistory', { chatId }),
        ben.call('chat.setName', { chatId, name: 'Mine' }),
        say(ben, chatId),
      ]
      for (const error of await Promise.all(attempts.map(refusal))) {
        expect(error).toMatchObject(banned)
      }
      const readings = [
        ben.call('streams.join', { stream }),
        ben.call('streams.readSince', { stream, seq: 0 }),
      ]
      for (const error of await Promise.all(readings.map(refusal))) {
        expect(error).toMatchObject({ code: 'not_found' })
      }
      expect((await ben.call('chat.listChats', {})).items).toEqual([])
      await ada.call('chat.unbanMember', { chatId, username })
      await joinAll(chatId, ben)
      expect(await say(ben, chatId)).toMatchObject({ sender: username })
      await ben.call('chat.leaveChat', { chatId })
    }
  })

  rule('[PERM-8] A private chat is absent for one who is banned from it', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    await ada.call('chat.banMember', { chatId, username: ben.username })
    expect(await refusal(ben.call('chat.getChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
    await ada.call('chat.unbanMember', { chatId, username: ben.username })
    expect(await refusal(ben.call('chat.getChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
  })
}

function passing(target: Target): void {
  const rule = rules(target)
  const times = async (peer: Actor) => {
    const now = Date.parse((await peer.call('system.getInfo', {})).serverTime)
    return {
      past: new Date(now - MINUTE).toISOString(),
      until: new Date(now + MINUTE).toISOString(),
    }
  }

  rule('[PERM-7] A mute or a ban that has ended already is none', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const { past } = await times(ada)
    for (const name of ['chat.muteMember', 'chat.banMember'] as const) {
      const input = { chatId, username: ben.username, until: past }
      expect(await refusal(ada.call(name, input))).toMatchObject({
        code: 'invalid_payload',
        details: { reason: 'invalid_time', path: 'until' },
      })
    }
    expect(await mine(ben, chatId)).toEqual(['join'])
  })

  const { advance } = target
  if (!advance) return

  rule('[PERM-8] A mute and a ban end by themselves', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben, cy)
    const { until } = await times(ada)
    await ada.call('chat.muteMember', { chatId, username: ben.username, until })
    await ada.call('chat.banMember', { chatId, username: cy.username, until })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    expect(await refusal(cy.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    await advance(MINUTE)
    expect(await say(ben, chatId)).toMatchObject({ sender: ben.username })
    await joinAll(chatId, cy)
    expect(await say(cy, chatId)).toMatchObject({ sender: cy.username })
  })
}

function fixed(target: Target): void {
  rules(target)('[PERM-16] Nothing is decided about a direct chat', async (stage) => {
    const [ada, ben, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const { chatId } = await directWith(ada, ben)
    const { username } = ben
    for (const each of [ada, admin]) {
      const attempts = [
        each.call('chat.addMembers', { chatId, usernames: [cy.username] }),
        each.call('chat.removeMember', { chatId, username }),
        each.call('chat.banMember', { chatId, username }),
        each.call('chat.muteMember', { chatId, username }),
        each.call('chat.setMemberRole', { chatId, username, role: 'owner' }),
        each.call('chat.setPermissions', { chatId, subject: 'world', permissions: ['join'] }),
        each.call('chat.removePermissions', { chatId, subject: 'members' }),
        each.call('chat.setName', { chatId, name: 'Us' }),
        each.call('chat.setTopic', { chatId, topic: 'Us' }),
        each.call('chat.removeChat', { chatId }),
      ]
      for (const error of await Promise.all(attempts.map(refusal))) {
        expect(error).toMatchObject({ code: 'forbidden' })
      }
    }
    await ada.fence()
    expect(durable(ada, chatStream(chatId)).map(({ name }) => name)).toEqual([
      'chat.memberAdded',
      'chat.memberAdded',
    ])
    expect(cy.items.filter(of(chatStream(chatId)))).toEqual([])
  })
}
