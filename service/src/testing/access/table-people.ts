import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { encodeCursor } from '../../kernel/pages.ts'
import type { CallerKind } from './callers.ts'
import { always, plain, type Played, type Row, type Rows, type Setting, type Table } from './row.ts'
import { PASSWORD, unique } from './stage.ts'

type PeopleTable = Pick<
  Table,
  Extract<keyof Table, `users.${string}` | `groups.${string}` | `contacts.${string}`>
>
type Options<N extends OperationName> = Omit<Row<N>, 'play'> & {
  shows?: (output: OutputOf<N>, username: string) => boolean
}

/** A row about a person. */
export function about<N extends OperationName>(
  who: (setting: Setting) => string | Promise<string>,
  input: (username: string) => InputOf<N>,
  { shows, ...options }: Options<N> = {},
): Row<N> {
  return {
    ...options,
    async play(setting): Promise<Played<N>> {
      const username = await who(setting)
      return {
        input: input(username),
        ...(shows && { shows: (output: OutputOf<N>) => shows(output, username) }),
      }
    },
  }
}

export const oneself = ({ actor }: Setting) => actor.username || 'oneself'
export const another = ({ stage }: Setting) => stage.person()
export const nobody = () => unique('nobody')
export const deleted = async ({ stage }: Setting) => {
  const username = await stage.person()
  await stage.act('anybody', 'users.deleteUser', { username })
  return username
}
export const disabled = async ({ stage }: Setting) => {
  const username = await stage.person()
  await stage.act('anybody', 'users.disableUser', { username })
  return username
}
const aGuest = async ({ stage }: Setting) => (await stage.actor('guest')).username
const anAdmin = async ({ stage }: Setting) => (await stage.actor('admin')).username

/** A row for everyone whom an operation may be about. */
export const people = <N extends OperationName>(
  input: (username: string) => InputOf<N>,
  options: Options<N> = {},
): Rows<N> => ({
  oneself: about(oneself, input, options),
  another: about(another, input, options),
  deleted: about(deleted, input, options),
  absent: about(nobody, input, options),
})

const ADMINS: readonly CallerKind[] = ['admin', 'key']

/** The only admin of a service who can sign in: the caller, or for a key an account that is. */
const lastAdmin = <N extends OperationName>(input: (username: string) => InputOf<N>): Row<N> =>
  about(
    async ({ actor, stage }) => {
      const last = actor.kind === 'admin' ? actor : await stage.actor('admin')
      const { username } = await stage.actor('admin')
      await stage.act('anybody', 'users.disableUser', { username })
      return last.username
    },
    input,
    { alone: {}, only: ADMINS },
  )

type InItems = { items: readonly { username: string }[] }
const listed = ({ items }: InItems, username: string) =>
  items.some((each) => each.username === username)

const found = <N extends 'users.searchUsers'>(
  who: (setting: Setting) => string | Promise<string>,
) =>
  about<N>(who, (term) => ({ term }) as InputOf<N>, {
    shows: (output, username) => listed(output as InItems, username),
  })

const block = async ({ stage, actor, doors }: Setting): Promise<string> => {
  const username = await stage.person()
  if (actor.caller) await doors.call('rest', 'users.blockUser', { username })
  return username
}

/** Somebody whom another has blocked, or listed. */
const elsewhere = async (setting: Setting): Promise<string> => {
  const username = await setting.stage.person()
  await setting.stage.act(setting.stage.host, 'users.blockUser', { username })
  await setting.stage.act(setting.stage.host, 'contacts.addContact', { username })
  return username
}

/** Whether what `elsewhere` did is still there. */
const stillThere = async ({ stage }: Setting, username: string): Promise<boolean> => {
  const blocked = await stage.act(stage.host, 'users.listBlocked', { limit: 200 })
  const { items } = await stage.act(stage.host, 'contacts.listContacts', { limit: 200 })
  return listed(blocked, username) && items.some(({ user }) => user.username === username)
}

/** A row about somebody whom another, too, has blocked and listed: they keep it so. */
const sparing = <N extends OperationName>(
  input: (username: string, setting: Setting) => InputOf<N> | Promise<InputOf<N>>,
): Row<N> => ({
  alone: {},
  async play(setting) {
    const username = await elsewhere(setting)
    return {
      input: await input(username, setting),
      spares: () => stillThere(setting, username),
    }
  },
})

const inList = async ({ stage, actor, doors }: Setting): Promise<string> => {
  const username = await stage.person()
  if (actor.caller) await doors.call('rest', 'contacts.addContact', { username })
  return username
}

const users: Pick<PeopleTable, Extract<keyof PeopleTable, `users.${string}`>> = {
  'users.getMe': always({}),
  'users.updateMe': always({ displayName: 'Renamed' }),
  'users.getUser': {
    ...people((username) => ({ username })),
    'a disabled person': about(disabled, (username) => ({ username })),
  },
  'users.getUsers': people((username) => ({ usernames: [username] }), { shows: listed }),
  'users.searchUsers': {
    another: found(another),
    'a guest': found(aGuest),
    'a disabled person': found(disabled),
    deleted: found(deleted),
    'by e-mail': plain({ term: 'x', fields: ['email'] }),
    'by last name': plain({ term: 'x', fields: ['lastName'] }),
    'in the order of e-mails': {
      ...plain({ term: 'x', orderBy: { field: 'email' } }),
      doors: ['socket'],
    },
  },
  'users.setProperty': {
    '—': plain({ name: 'color', value: 'green' }),
    ...people((username) => ({ name: 'color', value: 'green', username })),
  },
  'users.removeProperty': {
    '—': plain({ name: 'color' }),
    ...people((username) => ({ name: 'color', username })),
  },
  'users.blockUser': people((username) => ({ username })),
  'users.unblockUser': {
    blocked: about(block, (username) => ({ username })),
    'whom another blocked too': sparing(async (username, { actor, doors }) => {
      if (actor.caller) await doors.call('rest', 'users.blockUser', { username })
      return { username }
    }),
    'not blocked': about(another, (username) => ({ username })),
    absent: about(nobody, (username) => ({ username })),
  },
  'users.listBlocked': {
    'whom one blocked': about(block, () => ({ limit: 200 }), { shows: listed }),
    'whom another blocked': about(elsewhere, () => ({ limit: 200 }), { shows: listed }),
  },
  'users.exportMe': {
    'what is kept of oneself': about(oneself, () => ({}), {
      shows: (output, username) => JSON.stringify(output).includes(username),
    }),
    "another's contacts": about(elsewhere, () => ({}), {
      shows: (output, username) => JSON.stringify(output).includes(username),
    }),
  },
  'users.deleteMe': {
    '—': plain({}, { fresh: true }),
    'an account with a password, without it': plain(
      async ({ stage, actor }) => {
        if (actor.kind !== 'anonymous' && actor.kind !== 'key' && actor.kind !== 'reader')
          await stage.setPassword(actor.username)
        return {}
      },
      { fresh: true },
    ),
    'an account with a password, with another': plain(
      async ({ stage, actor }) => {
        if (actor.kind !== 'anonymous' && actor.kind !== 'key' && actor.kind !== 'reader')
          await stage.setPassword(actor.username)
        return { password: 'not the password' }
      },
      { fresh: true },
    ),
    'the last admin': plain({}, { alone: {}, only: ['admin'] }),
  },
  'users.createUser': {
    'a free name': plain(() => ({ username: unique('new') })),
    'a taken name': about(another, (username) => ({ username })),
    'an admin': plain(() => ({ username: unique('new'), role: 'admin' })),
    'a name that the service gives out': plain(() => ({ username: unique('guest') })),
    'the id of an API key': about(
      async ({ stage }) => (await stage.key(['users:read'])).apiKey,
      (username) => ({ username }),
    ),
  },
  'users.updateUser': {
    ...people((username) => ({ username, displayName: 'Renamed' })),
    'oneself, with a new password': about(
      oneself,
      (username) => ({ username, password: PASSWORD }),
      { fresh: true },
    ),
  },
  'users.setRole': {
    ...people((username) => ({ username, role: 'admin' })),
    oneself: about(oneself, (username) => ({ username, role: 'admin' }), { fresh: true }),
    'a guest': about(aGuest, (username) => ({ username, role: 'admin' })),
    'another admin': about(anAdmin, (username) => ({ username, role: 'user' })),
    'the last admin': lastAdmin((username) => ({ username, role: 'user' })),
  },
  'users.disableUser': {
    ...people((username) => ({ username })),
    oneself: about(oneself, (username) => ({ username }), { fresh: true }),
    'another admin': about(anAdmin, (username) => ({ username })),
    'the last admin': lastAdmin((username) => ({ username })),
  },
  'users.enableUser': {
    ...people((username) => ({ username })),
    'a disabled person': about(disabled, (username) => ({ username })),
  },
  'users.deleteUser': {
    ...people((username) => ({ username })),
    'another, and nobody else': sparing(async (_listed, { stage }) => ({
      username: await stage.person(),
    })),
    oneself: about(oneself, (username) => ({ username }), { fresh: true }),
    'another admin': about(anAdmin, (username) => ({ username })),
    'the last admin': lastAdmin((username) => ({ username })),
  },
}

/** A group that the caller is in, where a caller can be in one. */
const ownGroup = async ({ stage, actor }: Setting): Promise<string> => {
  const name = unique('group')
  const inIt = actor.kind === 'anonymous' || actor.kind === 'key' || actor.kind === 'reader'
  await stage.act('anybody', 'groups.createGroup', {
    name,
    members: [...(inIt ? [] : [actor.username]), stage.bystander.username],
  })
  return name
}
const othersGroup = async ({ stage }: Setting): Promise<string> => {
  const name = unique('group')
  await stage.act('anybody', 'groups.createGroup', { name, members: [stage.bystander.username] })
  return name
}

const byName = <N extends OperationName>(
  input: (name: string) => InputOf<N>,
  options: Options<N> = {},
): Rows<N> => ({
  own: about(ownGroup, input, options),
  "others'": about(othersGroup, input, { ...options, hidden: true }),
  absent: about(nobody, input, { ...options, hidden: true }),
})

const named = ({ items }: { items: readonly { name: string }[] }, name: string) =>
  items.some((each) => each.name === name)

/** The groups of somebody in a group that the caller is in, or is not. */
const ofUser = (group: (setting: Setting) => Promise<string>): Row<'groups.listGroupsOfUser'> => ({
  async play(setting) {
    const name = await group(setting)
    // Somebody who stands by is in many groups by then: from just before this one on.
    const cursor = encodeCursor(name.slice(0, -1))
    const input = { username: setting.stage.bystander.username, cursor }
    return { input, shows: (output) => named(output, name) }
  },
})

const putting = (
  group: (setting: Setting) => Promise<string>,
  who: (setting: Setting) => string | Promise<string>,
): Row<'groups.addGroupMembers'> =>
  plain(async (setting) => ({ name: await group(setting), usernames: [await who(setting)] }))

const groups: Pick<PeopleTable, Extract<keyof PeopleTable, `groups.${string}`>> = {
  'groups.listGroups': {
    own: about(ownGroup, () => ({ limit: 200 }), { shows: named, alone: {} }),
    "others'": about(othersGroup, () => ({ limit: 200 }), { shows: named, alone: {} }),
  },
  'groups.getGroup': byName((name) => ({ name })),
  'groups.listGroupsOfUser': {
    "another's, shared": ofUser(ownGroup),
    "another's": ofUser(othersGroup),
    "one's own": {
      async play(setting) {
        const name = await ownGroup(setting)
        return { input: { username: oneself(setting) }, shows: (output) => named(output, name) }
      },
    },
    "nobody's": about(nobody, (username) => ({ username })),
  },
  'groups.createGroup': {
    'a free name': plain(() => ({ name: unique('group') })),
    'a taken name': about(othersGroup, (name) => ({ name })),
    'with nobody in it': plain(() => ({ name: unique('group'), members: [unique('nobody')] })),
    'with a deleted person': about(deleted, (username) => ({
      name: unique('group'),
      members: [username],
    })),
  },
  'groups.updateGroup': byName((name) => ({ name, description: 'Described' })),
  'groups.deleteGroup': byName((name) => ({ name })),
  'groups.addGroupMembers': {
    own: putting(ownGroup, another),
    'own, with nobody': putting(ownGroup, nobody),
    "others'": { ...putting(othersGroup, another), hidden: true },
    absent: { ...putting(async () => nobody(), another), hidden: true },
  },
  'groups.removeGroupMembers': byName((name) => ({ name, usernames: ['taken-out'] })),
}

const contacts: Pick<PeopleTable, Extract<keyof PeopleTable, `contacts.${string}`>> = {
  'contacts.listContacts': {
    'whom one listed': about(inList, () => ({ limit: 200 }), {
      shows: ({ items }, username) => items.some(({ user }) => user.username === username),
    }),
    'whom another listed': about(elsewhere, () => ({ limit: 200 }), {
      shows: ({ items }, username) => items.some(({ user }) => user.username === username),
    }),
  },
  'contacts.addContact': people((username) => ({ username })),
  'contacts.updateContact': {
    'whom one listed': about(inList, (username) => ({ username, nickname: 'Nick' })),
    'whom another listed': about(elsewhere, (username) => ({ username, nickname: 'Nick' }), {
      hidden: true,
    }),
    absent: about(nobody, (username) => ({ username, nickname: 'Nick' }), { hidden: true }),
  },
  'contacts.removeContact': {
    'whom one listed': about(inList, (username) => ({ username })),
    'whom another listed': sparing((username) => ({ username })),
    absent: about(nobody, (username) => ({ username })),
  },
}

export const peopleTable: PeopleTable = { ...users, ...groups, ...contacts }
