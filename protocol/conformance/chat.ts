import { chatStream, userStream } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, say } from './acts.ts'
import { unique } from './connect.ts'
import { listRules } from './chat-lists.ts'
import { blockRules } from './chat-blocks.ts'
import { messageRules } from './chat-messages.ts'
import { moderationRules } from './chat-moderation.ts'
import { readingRules } from './chat-reading.ts'
import { removalRules } from './chat-removal.ts'
import { roomRules } from './chat-rooms.ts'
import { permissionRules } from './permissions.ts'
import { durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Chats, their people and their talk. */
export function chatRules(target: Target): void {
  describe('chat', () => {
    creating(target)
    existing(target)
    members(target)
    direct(target)
    fixed(target)
    joining(target)
    roomRules(target)
    messageRules(target)
    readingRules(target)
    listRules(target)
    permissionRules(target)
    moderationRules(target)
    removalRules(target)
    blockRules(target)
  })
}

function creating(target: Target): void {
  const rule = rules(target)

  rule('[CHAT-1] Who makes a channel owns it and is in it', async ({ peer }) => {
    const ada = await peer()
    const name = 'Tea & Talk'
    const made = await ada.call('chat.createChat', {
      kind: 'channel',
      name,
      topic: 'Leaves',
      visibility: 'public',
    })
    expect(made).toMatchObject({
      kind: 'channel',
      name,
      topic: 'Leaves',
      visibility: 'public',
      historyVisibility: 'all',
      createdBy: ada.username,
      memberCount: 1,
      lastNumber: 0,
      membership: { role: 'owner', unread: 0 },
    })
    expect(made.permissions).toEqual(
      expect.arrayContaining([
        'join',
        'send',
        'add_members',
        'remove_members',
        'set_name',
        'set_topic',
        'moderate',
        'manage',
        'remove',
      ]),
    )
    expect(await ada.call('chat.getChat', { chatId: made.chatId })).toEqual(made)
    const added = await ada.until(named('chat.chatAdded'))
    expect(added).toMatchObject({
      stream: userStream(ada.username),
      data: { chatId: made.chatId, name },
    })
    await ada.fence()
    expect(durable(ada, chatStream(made.chatId)).map(({ seq }) => seq)).toEqual([1])
  })

  rule('[CHAT-1] Two chats of the same name are two chats', async ({ peer }) => {
    const ada = await peer()
    const [one, two] = [await channel(ada, { name: 'Twin' }), await channel(ada, { name: 'Twin' })]
    expect(one.chatId).not.toBe(two.chatId)
  })

  rule('[CHAT-1] A chat is private unless said otherwise', async ({ person }) => {
    const [ada, eve] = [await person(), await person()]
    const { chatId, visibility } = await ada.call('chat.createChat', { kind: 'channel' })
    expect(visibility).toBe('private')
    expect(await refusal(eve.call('chat.getChat', { chatId }))).toMatchObject({ code: 'not_found' })
  })

  rule(
    '[CHAT-1] People that nobody is cannot be made members, and no chat is left behind',
    async ({ peer }) => {
      const ada = await peer()
      const chatId = unique('half')
      const attempt = channel(ada, { chatId, members: [unique('nobody')] })
      expect(await refusal(attempt)).toMatchObject({ code: 'not_found' })
      expect(await refusal(ada.call('chat.getChat', { chatId }))).toMatchObject({
        code: 'not_found',
      })
      await ada.fence()
      expect(ada.items.filter(named('chat.chatAdded'))).toEqual([])
      const { chatId: next, head } = await channel(ada, { chatId })
      expect([next, head]).toEqual([chatId, 1])
    },
  )
}

function existing(target: Target): void {
  const rule = rules(target)

  rule(
    '[CHAT-2] An id that is taken is refused, or answered as it is when asked so',
    async ({ person }) => {
      const [ada, ben] = [await person(), await person()]
      const chatId = unique('named')
      const made = await channel(ada, { chatId, name: 'First' })
      expect(await refusal(channel(ben, { chatId, name: 'Second' }))).toMatchObject({
        code: 'already_exists',
      })
      const same = await channel(ada, { chatId, name: 'Second', ifExists: 'return' })
      expect(same).toEqual(made)
      expect(await channel(ben, { chatId, ifExists: 'return' })).toMatchObject({
        name: 'First',
        createdBy: ada.username,
      })
      expect((await ada.call('chat.getChat', { chatId })).memberCount).toBe(1)
    },
  )

  rule('[CHAT-2] Of many who make one id at once, one does', async ({ person }) => {
    const people = [await person(), await person(), await person()]
    const chatId = unique('race')
    const outcomes = await Promise.allSettled(people.map((each) => channel(each, { chatId })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const all = await Promise.all(
      people.map((each) => channel(each, { chatId, ifExists: 'return' })),
    )
    expect(new Set(all.map(({ createdBy }) => createdBy)).size).toBe(1)
  })

  rule('[CHAT-2] The id of a direct chat is not chosen', async ({ person }) => {
    const [ada, ben, eve] = [await person(), await person(), await person()]
    const { chatId } = await directWith(ada, ben)
    for (const ifExists of ['error', 'return'] as const) {
      expect(await refusal(channel(eve, { chatId, ifExists }))).toMatchObject({
        code: 'already_exists',
      })
    }
    // Nor can it be taken before those two have met.
    const early = chatId.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    expect(await refusal(channel(eve, { chatId: early }))).toMatchObject({ code: 'already_exists' })
  })
}

function members(target: Target): void {
  rules(target)(
    '[CHAT-3] One who is made a member is told on the own stream and in the chat',
    async ({ peer }) => {
      const [ada, ben, cy] = [await peer(), await peer(), await peer({ guest: true })]
      const { chatId } = await channel(ada, {
        visibility: 'private',
        name: 'Team',
        members: [ben.username, cy.username, ben.username, ada.username],
      })
      for (const each of [ben, cy]) {
        const added = await each.until(named('chat.chatAdded'))
        expect(added).toMatchObject({
          stream: userStream(each.username),
          data: { chatId, name: 'Team', membership: { role: 'member' } },
        })
        expect(added.actor?.username).toBe(ada.username)
        await each.until(named('chat.memberAdded', { username: each.username }))
      }
      expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 3 })
      const { items } = await ben.call('chat.listMembers', { chatId })
      const roles = Object.fromEntries(items.map(({ username, role }) => [username, role]))
      expect(roles).toEqual({
        [ada.username]: 'owner',
        [ben.username]: 'member',
        [cy.username]: 'member',
      })
    },
  )
}

function direct(target: Target): void {
  const rule = rules(target)

  rule('[CHAT-4] The same people have one direct chat, whoever opens it', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer({ guest: true })]
    const first = await directWith(ada, ben, cy)
    expect(first).toMatchObject({ kind: 'direct', visibility: 'private', memberCount: 3 })
    expect(first.members).toEqual([ada, ben, cy].map(({ username }) => username).sort())
    expect(first).not.toHaveProperty('createdBy')
    for (const again of [await directWith(ben, cy, ada), await directWith(cy, ada, ben, ada, cy)]) {
      expect(again.chatId).toBe(first.chatId)
    }
    expect((await directWith(ada, ben)).chatId).not.toBe(first.chatId)
    for (const each of [ada, ben, cy]) {
      await each.fence()
      expect(each.items.filter(named('chat.chatAdded', { chatId: first.chatId }))).toHaveLength(1)
    }
  })

  rule('[CHAT-4] Opened by both at once it is still one', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const chats = await Promise.all([
      directWith(ada, ben),
      directWith(ben, ada),
      directWith(ada, ben),
      directWith(ben, ada),
    ])
    expect(new Set(chats.map(({ chatId }) => chatId)).size).toBe(1)
    const { events } = await ada.call('streams.readSince', {
      stream: chatStream(chats[0]!.chatId),
      seq: 0,
    })
    expect(events.map(({ name }) => name)).toEqual(['chat.memberAdded', 'chat.memberAdded'])
  })

  rule('[CHAT-4] A direct chat needs two people, all of whom exist', async ({ peer }) => {
    const ada = await peer()
    expect(await refusal(directWith(ada, ada))).toMatchObject({ code: 'invalid_payload' })
    const nobody = ada.call('chat.openDirect', { usernames: [unique('nobody')] })
    expect(await refusal(nobody)).toMatchObject({ code: 'not_found' })
    expect((await ada.call('chat.listChats', {})).items).toEqual([])
  })
}

function fixed(target: Target): void {
  rules(target)('[CHAT-5] The people of a direct chat stay the same', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId, permissions } = await directWith(ada, ben)
    expect(permissions).toEqual(['send'])
    expect(await refusal(ada.call('chat.leaveChat', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    expect(await refusal(ada.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    expect((await ben.call('chat.getChat', { chatId })).members).toHaveLength(2)
  })
}

function joining(target: Target): void {
  const rule = rules(target)

  rule('[CHAT-6] Joining and leaving twice is joining and leaving once', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const [first, second] = [
      await ben.call('chat.joinChat', { chatId }),
      await ben.call('chat.joinChat', { chatId }),
    ]
    expect(second).toEqual(first)
    expect(await ben.call('chat.leaveChat', { chatId })).toEqual({})
    expect(await ben.call('chat.leaveChat', { chatId })).toEqual({})
    await ada.fence()
    expect(durable(ada, chatStream(chatId)).map(({ name }) => name)).toEqual([
      'chat.memberJoined',
      'chat.memberJoined',
      'chat.memberLeft',
    ])
    expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 1 })
    await Promise.all([1, 2, 3].map(() => ben.call('chat.joinChat', { chatId })))
    expect(await ada.call('chat.getChat', { chatId })).toMatchObject({ memberCount: 2 })
  })

  rule('[CHAT-7] Members are told who comes and goes, and so is the one', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    const joined = await ada.until(named('chat.memberJoined', { username: ben.username }))
    expect(joined).toMatchObject({ data: { chatId }, actor: { username: ben.username } })
    expect(await ben.until(named('chat.chatAdded'))).toMatchObject({
      data: { chatId, memberCount: 2 },
    })
    await ben.call('chat.leaveChat', { chatId })
    const left = await ada.until(named('chat.memberLeft', { username: ben.username }))
    expect(left.seq).toBe(joined.seq! + 1)
    expect(await ben.until(named('chat.chatLeft', { chatId }))).toMatchObject({
      stream: userStream(ben.username),
    })
    expect((await ben.call('chat.listChats', {})).items).toEqual([])
  })

  rule(
    '[RES-8] A stream joined by hand and then by membership is not left by hand',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      await ben.call('streams.join', { stream })
      await joinAll(chatId, ben)
      await ben.call('streams.leave', { stream })
      const { seq } = await say(ada, chatId)
      await ben.until((item) => of(stream)(item) && item.seq === seq)
    },
  )

  rule('[RES-8] A room is left by leaving it, not by leaving its stream', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await room(ada)
    await joinAll(chatId, ada, ben)
    await ben.call('streams.leave', { stream: chatStream(chatId) })
    await say(ada, chatId, 'still in')
    await ben.until(named('chat.messageSent', { body: 'still in' }))
  })

  rule(
    '[SEQ-6] One who has left and comes back reads from the new joining on',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      await joinAll(chatId, ben)
      await ben.call('chat.leaveChat', { chatId })
      await say(ada, chatId, 'while away')
      const { head } = await ben.call('chat.joinChat', { chatId })
      const { seq } = await say(ada, chatId, 'back')
      await ben.until((item) => of(stream)(item) && item.seq === seq)
      await ben.fence()
      expect(ben.items.filter(named('chat.messageSent', { body: 'while away' }))).toEqual([])
      expect(
        durable(ben, stream)
          .slice(-2)
          .map((item) => item.seq),
      ).toEqual([head, seq])
      await privateChannel(ada)
    },
  )
}
