import { chatStream, type ChatPermission, type InputOf } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, say, type Actor } from './acts.ts'
import { unique } from './connect.ts'
import { durable, named, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

const ALL: readonly ChatPermission[] = [
  'join',
  'send',
  'add_members',
  'remove_members',
  'set_name',
  'set_topic',
  'moderate',
  'manage',
  'remove',
]

/** What the caller may do in a chat. */
export const mine = async (each: Actor, chatId: string): Promise<string[]> =>
  (await each.call('chat.getPermissions', { chatId })).mine

/** Grants permissions to subjects, beside what these have. */
export async function grant(
  owner: Actor,
  chatId: string,
  grants: Record<string, ChatPermission[]>,
): Promise<void> {
  for (const [subject, permissions] of Object.entries(grants))
    await owner.call('chat.setPermissions', { chatId, subject, permissions })
}

export const revoke = (owner: Actor, input: InputOf<'chat.removePermissions'>): Promise<unknown> =>
  owner.call('chat.removePermissions', input)

/** Who may do what in a chat, and who says so. */
export function permissionRules(target: Target): void {
  describe('permissions', () => {
    defaults(target)
    unions(target)
    changes(target)
    telling(target)
    powers(target)
    owning(target)
  })
}

function defaults(target: Target): void {
  const rule = rules(target)

  rule('[PERM-1] The defaults of each kind of chat', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer({ guest: true })]
    const open = await channel(ada)
    const hall = await room(ada)
    const closed = await privateChannel(ada, [ben])
    const direct = await directWith(ada, ben)
    for (const { chatId } of [open, hall]) {
      expect(await mine(eve, chatId)).toEqual(['join'])
      await joinAll(chatId, eve)
      expect(await mine(eve, chatId)).toEqual(['join', 'send'])
      expect((await ada.call('chat.getPermissions', { chatId })).permissions).toEqual({
        world: ['join'],
        members: ['send'],
      })
    }
    for (const { chatId } of [closed, direct]) {
      expect(await refusal(eve.call('chat.getPermissions', { chatId }))).toMatchObject({
        code: 'not_found',
      })
      expect(await mine(ben, chatId)).toContain('send')
      expect((await ben.call('chat.getPermissions', { chatId })).permissions).toEqual({
        world: [],
        members: ['send'],
      })
    }
  })
}

function unions(target: Target): void {
  const rule = rules(target)

  rule('[PERM-2] Grants to all, to members, to a group and to a person add up', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const group = unique('staff')
    await admin.call('groups.createGroup', { name: group, members: [ben.username] })
    const { chatId } = await channel(ada)
    await grant(ada, chatId, { world: ['set_topic'] })
    await grant(ada, chatId, { [`group:${group}`]: ['set_name'] })
    await grant(ada, chatId, { [`user:${ben.username}`]: ['add_members'] })
    await grant(ada, chatId, { members: ['remove_members'] })
    expect(await mine(ben, chatId)).toEqual(['join', 'add_members', 'set_name', 'set_topic'])
    await joinAll(chatId, ben)
    const held = ['join', 'send', 'add_members', 'remove_members', 'set_name', 'set_topic']
    expect(await mine(ben, chatId)).toEqual(held)
    expect((await ben.call('chat.getChat', { chatId })).permissions).toEqual(held)
    await ben.call('chat.setName', { chatId, name: 'Ours' })
    const eve = await stage.peer()
    expect(await mine(eve, chatId)).toEqual(['join', 'set_topic'])
    expect(await refusal(eve.call('chat.setName', { chatId, name: 'Mine' }))).toMatchObject({
      code: 'forbidden',
    })
  })

  rule('[PERM-2] A grant to a person lets them into a private chat', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(ada)
    await grant(ada, chatId, { [`user:${ben.username}`]: ['join'] })
    expect(await ben.call('chat.joinChat', { chatId })).toMatchObject({ memberCount: 2 })
    expect(await say(ben, chatId)).toMatchObject({ sender: ben.username })
    expect(await refusal(eve.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
  })

  rule('[PERM-2] Who may do something and not join does not read', async ({ peer }) => {
    const [ada, eve] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada)
    const stream = chatStream(chatId)
    await say(ada, chatId)
    await grant(ada, chatId, { world: ['set_topic'] })
    await eve.call('chat.setTopic', { chatId, topic: 'Ours' })
    expect(await eve.call('chat.getChat', { chatId })).not.toHaveProperty('lastMessage')
    expect(await refusal(eve.call('chat.readHistory', { chatId }))).toMatchObject({
      code: 'forbidden',
    })
    const readings = [
      eve.call('streams.join', { stream }),
      eve.call('streams.readSince', { stream, seq: 0 }),
    ]
    for (const error of await Promise.all(readings.map(refusal))) {
      expect(error).toMatchObject({ code: 'not_found' })
    }
  })

  rule('[PERM-2] Sending is for those inside, whatever is granted', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await grant(ada, chatId, { world: ['send'] })
    await revoke(ada, { chatId, subject: 'members' })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    await joinAll(chatId, ben)
    expect(await say(ben, chatId)).toMatchObject({ sender: ben.username })
  })
}

function changes(target: Target): void {
  const rule = rules(target)

  rule('[PERM-3] Granting adds, replacing replaces, removing removes', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const subject = 'members'
    const input = { chatId, subject }
    const set = (permissions: ChatPermission[], replace = false) =>
      ada.call('chat.setPermissions', { ...input, permissions, replace })
    expect(await set(['set_topic', 'set_topic'])).toEqual({
      subject,
      permissions: ['send', 'set_topic'],
    })
    expect(await set(['set_name'], true)).toEqual({ subject, permissions: ['set_name'] })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    expect(await set(['send'])).toEqual({ subject, permissions: ['send', 'set_name'] })
    const permissions: ChatPermission[] = ['set_name', 'remove']
    expect(await ada.call('chat.removePermissions', { ...input, permissions })).toEqual({
      subject,
      permissions: ['send'],
    })
    expect(await ada.call('chat.removePermissions', input)).toEqual({ subject, permissions: [] })
    expect(await refusal(say(ben, chatId))).toMatchObject({ code: 'forbidden' })
    expect(await refusal(ben.call('chat.setTyping', { chatId, typing: true }))).toMatchObject({
      code: 'forbidden',
    })
    expect(await say(ada, chatId)).toMatchObject({ sender: ada.username })
  })

  rule('[PERM-3] A channel that nobody may join is absent for those outside', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    await revoke(ada, { chatId, subject: 'world' })
    expect(await refusal(eve.call('chat.getChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
    expect(await refusal(eve.call('chat.joinChat', { chatId }))).toMatchObject({
      code: 'not_found',
    })
    expect(await say(ben, chatId)).toMatchObject({ sender: ben.username })
  })

  rule('[PERM-3] A subject that is none is refused', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    for (const subject of ['everyone', 'user:', 'user:a b', 'group:', 'owner:ada', ' world']) {
      expect(await refusal(grant(ada, chatId, { [subject]: ['join'] }))).toMatchObject({
        code: 'invalid_payload',
        details: { path: 'subject' },
      })
    }
  })
}

function telling(target: Target): void {
  const rule = rules(target)

  rule('[PERM-4] Who manages sees all grants, others their own', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await grant(ada, chatId, { [`user:${ben.username}`]: ['moderate'] })
    await grant(ada, chatId, { ['group:nobody']: ['set_name'] })
    const open = { world: ['join'], members: ['send'] }
    const ofBen = { [`user:${ben.username}`]: ['moderate'] }
    const asked = (each: Actor) => each.call('chat.getPermissions', { chatId })
    expect((await asked(ada)).permissions).toEqual({
      ...open,
      ...ofBen,
      'group:nobody': ['set_name'],
    })
    expect((await asked(ben)).permissions).toEqual({ ...open, ...ofBen })
    expect((await asked(eve)).permissions).toEqual(open)
    const subject = `user:${ben.username}`
    expect(await ben.call('chat.getPermissions', { chatId, subject })).toEqual({
      permissions: ofBen,
      mine: ['join', 'moderate'],
    })
    expect(await refusal(eve.call('chat.getPermissions', { chatId, subject }))).toMatchObject({
      code: 'forbidden',
    })
  })

  rule('[PERM-14] Name, topic and permissions are told to all and kept', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    await ada.call('chat.setName', { chatId, name: 'New name' })
    await ada.call('chat.setName', { chatId, name: 'New name' })
    await ada.call('chat.setTopic', { chatId, topic: 'New topic' })
    await grant(ada, chatId, { [`user:${ben.username}`]: ['set_name'] })
    await ben.call('chat.setName', { chatId, name: null })
    expect(await ben.call('chat.getChat', { chatId })).toMatchObject({ topic: 'New topic' })
    expect(await ben.call('chat.getChat', { chatId })).not.toHaveProperty('name')
    await ben.fence()
    const told = durable(ben, chatStream(chatId)).slice(1)
    expect(told.map(({ name, data }) => ({ name, data }))).toEqual([
      { name: 'chat.nameChanged', data: { chatId, name: 'New name' } },
      { name: 'chat.topicChanged', data: { chatId, topic: 'New topic' } },
      {
        name: 'chat.permissionsChanged',
        data: { chatId, subject: `user:${ben.username}`, permissions: ['set_name'] },
      },
      { name: 'chat.nameChanged', data: { chatId } },
    ])
    const { events } = await ben.call('streams.readSince', { stream: chatStream(chatId), seq: 2 })
    expect(events).toEqual(told)
  })
}

function powers(target: Target): void {
  const rule = rules(target)

  rule('[PERM-5] Nobody gives or takes what they do not hold', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben, cy)
    expect(await refusal(grant(ben, chatId, { world: ['join'] }))).toMatchObject({
      code: 'forbidden',
    })
    await grant(ada, chatId, { [`user:${ben.username}`]: ['manage', 'moderate'] })
    await grant(ada, chatId, { [`user:${cy.username}`]: ['remove'] })
    for (const subject of [`user:${ben.username}`, 'members']) {
      expect(await refusal(grant(ben, chatId, { [subject]: ['remove'] }))).toMatchObject({
        code: 'forbidden',
        details: { permission: 'remove' },
      })
    }
    const subject = `user:${cy.username}`
    expect(await refusal(revoke(ben, { chatId, subject }))).toMatchObject({ code: 'forbidden' })
    const replaced = { chatId, subject, permissions: [], replace: true }
    expect(await refusal(ben.call('chat.setPermissions', replaced))).toMatchObject({
      code: 'forbidden',
    })
    await grant(ben, chatId, { [subject]: ['moderate'] })
    expect(await mine(cy, chatId)).toEqual(['join', 'send', 'moderate', 'remove'])
    const owner = { chatId, username: ben.username, role: 'owner' } as const
    expect(await refusal(ben.call('chat.setMemberRole', owner))).toMatchObject({
      code: 'forbidden',
    })
  })

  rule('[PERM-5] Nobody decides about one who holds more', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben, cy)
    await grant(ada, chatId, { [`user:${ben.username}`]: ['moderate', 'remove_members'] })
    await grant(ada, chatId, { [`user:${cy.username}`]: ['remove'] })
    for (const { username } of [ada, cy]) {
      for (const name of ['chat.banMember', 'chat.muteMember', 'chat.removeMember'] as const) {
        expect(await refusal(ben.call(name, { chatId, username }))).toMatchObject({
          code: 'forbidden',
        })
      }
    }
    // Nor is one below let in by somebody who could not have put them out.
    await ada.call('chat.banMember', { chatId, username: cy.username })
    expect(
      await refusal(ben.call('chat.unbanMember', { chatId, username: cy.username })),
    ).toMatchObject({ code: 'forbidden' })
    expect(
      await refusal(ada.call('chat.banMember', { chatId, username: ada.username })),
    ).toMatchObject({ code: 'invalid_payload' })
  })
}

function owning(target: Target): void {
  const rule = rules(target)

  rule('[PERM-6] Maker, owner and admin hold everything', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    await ada.call('chat.setMemberRole', { chatId, username: ben.username, role: 'owner' })
    expect(await mine(ben, chatId)).toEqual(ALL)
    expect((await ben.call('chat.getChat', { chatId })).membership?.role).toBe('owner')
    expect(await mine(admin, chatId)).toEqual(ALL.filter((each) => each !== 'send'))
    await ada.call('chat.leaveChat', { chatId })
    expect(await mine(ada, chatId)).toEqual(ALL.filter((each) => each !== 'send'))
    await admin.call('chat.setName', { chatId, name: 'Tidied' })
    expect(await ben.until(named('chat.nameChanged', { name: 'Tidied' }))).toMatchObject({
      actor: { username: admin.username },
    })
  })

  rule('[PERM-6] A guest is made no owner', async ({ peer }) => {
    const [ada, guest] = [await peer(), await peer({ guest: true })]
    const { chatId } = await channel(ada)
    await joinAll(chatId, guest)
    const owner = { chatId, username: guest.username, role: 'owner' } as const
    expect(await refusal(ada.call('chat.setMemberRole', owner))).toMatchObject({
      code: 'forbidden',
      details: { reason: 'guest' },
    })
  })

  rule('[PERM-12] The last owner stays', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    const { username } = ada
    const last = { code: 'forbidden', details: { reason: 'last_owner' } }
    const demotion = { chatId, username, role: 'member' } as const
    for (const each of [ada, admin]) {
      expect(await refusal(each.call('chat.setMemberRole', demotion))).toMatchObject(last)
    }
    for (const name of ['chat.removeMember', 'chat.banMember'] as const) {
      expect(await refusal(admin.call(name, { chatId, username }))).toMatchObject(last)
    }
    await ada.call('chat.setMemberRole', { chatId, username: ben.username, role: 'owner' })
    await ada.call('chat.setMemberRole', demotion)
    expect((await ada.call('chat.getChat', { chatId })).membership?.role).toBe('member')
  })

  rule(
    '[PERM-17] An admin who reads a private chat is noted, once for one reading',
    async (stage) => {
      const ada = await stage.peer()
      const admin = await stage.peer({ admin: true })
      const [closed, open] = [await privateChannel(ada), await channel(ada)]
      for (const { chatId } of [closed, open]) {
        await admin.call('chat.getChat', { chatId })
        await admin.call('chat.readHistory', { chatId })
        await admin.call('streams.join', { stream: chatStream(chatId) })
      }
      const noted = await admin.call('auth.listAudit', { subject: closed.chatId })
      expect(noted.items).toMatchObject([{ action: 'chat.read_private', actor: admin.username }])
      expect((await admin.call('auth.listAudit', { subject: open.chatId })).items).toEqual([])
    },
  )
}
