import type { ChatPermission } from '@collab-kit/protocol'
import { chats, inChat, inMade, makeChat, say, sayBlocked, sinceJoined } from './chats.ts'
import { plain, type Row, type Setting, type Table } from './row.ts'
import { unique } from './stage.ts'

/** A private chat in which everybody was granted something. */
const granted =
  (permissions: ChatPermission[]) =>
  async ({ chatId }: { chatId: string }, { stage }: Setting) => {
    await stage.act('anybody', 'chat.setPermissions', { chatId, subject: 'world', permissions })
    return { chatId }
  }

/** Another owner beside the one who made the chat. */
const owners = async (
  { chatId, member: username }: { chatId: string; member: string },
  { stage }: Setting,
) => {
  await stage.act('anybody', 'chat.setMemberRole', { chatId, username, role: 'owner' })
  return { chatId, username }
}

type ChatTable = Pick<Table, Extract<keyof Table, `chat.${string}`>>

const soon = () => new Date(Date.now() + 3_600_000).toISOString()
const message = () => ({ clientMessageId: unique('m'), body: 'hello' })

/** Somebody has to be in a room by a connection, which the doors of these calls have not. */
const BY_SOCKET = { doors: ['socket'] } as const

/** The last owner of a chat, who is the caller. */
const alone = (setting: Setting) => makeChat(setting, { standing: 'owner' })

/** The caller came when something had been said. */
const before = (setting: Setting) => ({ ...sinceJoined(setting), late: true })

const deletedPerson = async ({ stage }: Setting) => {
  const username = await stage.person()
  await stage.act('anybody', 'users.deleteUser', { username })
  return username
}

const withPeople = (
  people: (setting: Setting) => string[] | Promise<string[]>,
): Row<'chat.openDirect'> => plain(async (setting) => ({ usernames: await people(setting) }))

export const chatTable: ChatTable = {
  'chat.createChat': {
    '—': plain({ kind: 'channel' }),
    'a room': plain({ kind: 'room' }),
    'with an id of choice': plain(() => ({ kind: 'channel', chatId: unique('chosen') })),
    'with an id of choice, where everybody may': {
      ...plain(() => ({ kind: 'channel', chatId: unique('chosen') })),
      only: ['guest', 'user'],
      alone: { createNamed: 'everyone' },
    },
    'with an id of choice, where admins may': {
      ...plain(() => ({ kind: 'channel', chatId: unique('chosen') })),
      only: ['guest', 'user', 'admin', 'key'],
      alone: { createNamed: 'admins' },
    },
    'with the id of a private chat': inChat("another's", ({ chatId }) => ({
      kind: 'channel',
      chatId,
    })),
    'or the private chat of this id': inMade({ standing: 'none' }, ({ chatId }) => ({
      kind: 'channel',
      chatId,
      ifExists: 'return',
    })),
    'or the public chat of this id': inChat('public', ({ chatId }) => ({
      kind: 'channel',
      chatId,
      ifExists: 'return',
    })),
    'with an id that direct chats have': plain(() => ({
      kind: 'channel',
      chatId: unique('direct'),
    })),
    'with somebody': plain(async ({ stage }) => ({
      kind: 'channel',
      members: [await stage.person()],
    })),
    'with nobody': plain(() => ({ kind: 'channel', members: [unique('nobody')] })),
  },
  'chat.openDirect': {
    'with another': withPeople(async ({ stage }) => [await stage.person()]),
    'with oneself': withPeople(({ actor }) => [actor.username || 'oneself']),
    'with a deleted person': withPeople(async (setting) => [await deletedPerson(setting)]),
    'with nobody': withPeople(() => [unique('nobody')]),
  },
  'chat.getChat': {
    ...chats(({ chatId }) => ({ chatId })),
    'own, with `join` for everybody': inChat('own', granted(['join'])),
    'own, with `set_topic` for everybody': inChat('own', granted(['set_topic'])),
    'one from which one is banned': {
      ...inMade({ standing: 'banned' }, ({ chatId }) => ({ chatId })),
      only: ['user', 'admin'],
    },
    'public, since joined: its last message': {
      async play(setting) {
        const { chatId } = await makeChat(setting, before(setting))
        return { input: { chatId }, shows: ({ lastMessage }) => lastMessage !== undefined }
      },
    },
  },
  'chat.listChats': chats(
    () => ({ limit: 200 }),
    ({ items }, { chatId }) => items.some((each) => each.chatId === chatId),
  ),
  'chat.joinChat': {
    ...chats(({ chatId }) => ({ chatId })),
    'public room': { ...inChat('public room', ({ chatId }) => ({ chatId })), ...BY_SOCKET },
  },
  'chat.leaveChat': chats(({ chatId }) => ({ chatId })),
  'chat.listMembers': {
    ...chats(({ chatId }) => ({ chatId })),
    'public, since joined': inMade(sinceJoined, ({ chatId }) => ({ chatId })),
  },
  'chat.sendMessage': {
    ...chats(({ chatId }) => ({ chatId, ...message() })),
    'one in which one is muted': {
      ...inMade({ standing: 'muted' }, ({ chatId }) => ({ chatId, ...message() })),
      only: ['user', 'admin'],
    },
    'own, quoting it': inChat('own', async ({ chatId }, setting) => ({
      chatId,
      replyTo: await say(setting, chatId),
      ...message(),
    })),
    'own, quoting another chat': inChat('own', async ({ chatId }, setting) => {
      const other = await makeChat(setting, { standing: 'none' })
      return { chatId, replyTo: await say(setting, other.chatId), ...message() }
    }),
    'to another': {
      ...plain(async ({ stage }) => ({ to: [await stage.person()], ...message() })),
      ...BY_SOCKET,
    },
    'to nobody': { ...plain(() => ({ to: [unique('nobody')], ...message() })), ...BY_SOCKET },
  },
  'chat.readHistory': {
    ...chats(({ chatId }) => ({ chatId })),
    'own, with `join` for everybody': inChat('own', granted(['join'])),
    'own, with `set_topic` for everybody': inChat('own', granted(['set_topic'])),
    'own, said before one came': inMade(
      { late: true },
      ({ chatId }) => ({ chatId }),
      ({ items }) => items.length > 0,
    ),
    'own, said by one whom the caller blocked': {
      ...inMade(
        {},
        async ({ chatId }, setting) => {
          await sayBlocked(setting, chatId, setting.actor)
          return { chatId }
        },
        ({ items }) => items.length > 0,
      ),
      only: ['member', 'owner', 'acting'],
    },
    'own, said by one whom another blocked': inMade(
      {},
      async ({ chatId }, setting) => {
        await sayBlocked(setting, chatId)
        return { chatId }
      },
      ({ items }) => items.length > 0,
    ),
    'public, since joined: what was said before': {
      async play(setting) {
        const { chatId } = await makeChat(setting, before(setting))
        return { input: { chatId }, shows: ({ items }) => items.length > 0 }
      },
    },
  },
  'chat.markRead': chats(({ chatId }) => ({ chatId, seq: 1 })),
  'chat.setTyping': chats(({ chatId }) => ({ chatId, typing: true })),
  'chat.addMembers': {
    ...chats(async ({ chatId }, { stage }) => ({ chatId, usernames: [await stage.person()] })),
    'own, with nobody': inChat('own', ({ chatId }) => ({ chatId, usernames: [unique('nobody')] })),
    'own, with one who is banned': inChat('own', async ({ chatId }, { stage }) => {
      const username = await stage.person()
      const about = { chatId, username }
      await stage.act('anybody', 'chat.banMember', about)
      return { chatId, usernames: [username] }
    }),
  },
  'chat.removeMember': {
    ...chats(({ chatId, member: username }) => ({ chatId, username })),
    'own, an owner': inChat('own', ({ chatId, ownedBy: username }) => ({ chatId, username })),
    'own, one of two owners': inChat('own', owners),
    'own, oneself': inChat('own', ({ chatId, me }) => ({ chatId, username: me || 'oneself' })),
    'own, nobody': inChat('own', ({ chatId }) => ({ chatId, username: unique('nobody') })),
    'another chat with one owner: the owner': inMade(
      { standing: 'none' },
      ({ chatId, ownedBy }) => ({
        chatId,
        username: ownedBy,
      }),
    ),
  },
  'chat.setMemberRole': {
    ...chats(({ chatId, member: username }) => ({ chatId, username, role: 'owner' })),
    'own, an owner': inChat('own', ({ chatId, ownedBy: username }) => ({
      chatId,
      username,
      role: 'member',
    })),
    'own, nobody': inChat('own', ({ chatId }) => ({
      chatId,
      username: unique('nobody'),
      role: 'owner',
    })),
    'the only owner': inMade({ standing: 'none' }, ({ chatId, ownedBy: username }) => ({
      chatId,
      username,
      role: 'member',
    })),
    'own, a guest': inChat('own', async ({ chatId }, { stage }) => {
      const { username } = await stage.actor('guest')
      await stage.act('anybody', 'chat.addMembers', { chatId, usernames: [username] })
      return { chatId, username, role: 'owner' }
    }),
    'own chat, oneself': {
      only: ['owner'],
      async play(setting) {
        const { chatId, me } = await alone(setting)
        return { input: { chatId, username: me, role: 'member' } }
      },
    },
  },
  'chat.muteMember': {
    ...chats(({ chatId, member: username }) => ({ chatId, username })),
    'own, an owner': inChat('own', ({ chatId, ownedBy: username }) => ({ chatId, username })),
    'own, for a time': inChat('own', ({ chatId, member: username }) => ({
      chatId,
      username,
      until: soon(),
    })),
  },
  'chat.unmuteMember': chats(({ chatId, member: username }) => ({ chatId, username })),
  'chat.banMember': {
    ...chats(({ chatId, member: username }) => ({ chatId, username })),
    'own, an owner': inChat('own', ({ chatId, ownedBy: username }) => ({ chatId, username })),
    'the only owner': inMade({ standing: 'none' }, ({ chatId, ownedBy: username }) => ({
      chatId,
      username,
    })),
    'own, a deleted person': inChat('own', async ({ chatId }, setting) => ({
      chatId,
      username: await deletedPerson(setting),
    })),
  },
  'chat.unbanMember': {
    ...chats(({ chatId, member: username }) => ({ chatId, username })),
    'own, oneself': inChat('own', ({ chatId, me }) => ({ chatId, username: me || 'oneself' })),
  },
  'chat.getPermissions': {
    ...chats(({ chatId }) => ({ chatId })),
    "own, another's": inChat('own', ({ chatId, member }) => ({
      chatId,
      subject: `user:${member}`,
    })),
    'own, of oneself': inChat('own', ({ chatId, me }) => ({
      chatId,
      subject: `user:${me || 'oneself'}`,
    })),
  },
  'chat.setPermissions': {
    'own, `join`, with `manage` for everybody': inChat('own', async (facts, setting) => ({
      ...(await granted(['manage'])(facts, setting)),
      subject: 'members',
      permissions: ['join'],
    })),
    ...chats(({ chatId }) => ({ chatId, subject: 'members', permissions: ['set_topic'] })),
    'own, what one does not hold': inChat('own', ({ chatId }) => ({
      chatId,
      subject: 'members',
      permissions: ['remove'],
    })),
  },
  'chat.removePermissions': {
    ...chats(({ chatId }) => ({ chatId, subject: 'members', permissions: ['send'] })),
    'own, what one does not hold': inChat('own', async ({ chatId }, { stage }) => {
      const grant = { chatId, subject: 'members', permissions: ['remove' as const] }
      await stage.act('anybody', 'chat.setPermissions', grant)
      return { chatId, subject: 'members' }
    }),
  },
  'chat.setName': {
    ...chats(({ chatId }) => ({ chatId, name: 'Named' })),
    'as an owner who did not make it': {
      ...inMade({ standing: 'member' }, async ({ chatId, me: username }, { stage }) => {
        await stage.act('anybody', 'chat.setMemberRole', { chatId, username, role: 'owner' })
        return { chatId, name: 'Named' }
      }),
      only: ['user'],
    },
    'a chat of an id of choice that one made': {
      ...plain(async ({ stage, actor }) => {
        const chatId = unique('chosen')
        await stage.act(actor, 'chat.createChat', { kind: 'channel', chatId })
        return { chatId, name: 'Named' }
      }),
      only: ['guest', 'user'],
      alone: { createNamed: 'everyone' },
    },
  },
  'chat.setTopic': chats(({ chatId }) => ({ chatId, topic: 'Topic' })),
  'chat.removeChat': chats(({ chatId }) => ({ chatId })),
}
