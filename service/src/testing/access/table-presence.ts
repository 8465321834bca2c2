import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { callerKinds } from './callers.ts'
import { inActivity, makeActivity, type Wanted } from './activities.ts'
import { inChat } from './chats.ts'
import { always, type Row, type Rows, type Setting, type Table } from './row.ts'
import { another, nobody, oneself } from './table-people.ts'
import { unique } from './stage.ts'

type PresenceTable = Pick<Table, Extract<keyof Table, `presence.${string}`>>

const PLACES = ['own', "another's", 'absent', 'removed', 'public', 'public room', 'direct'] as const

/** A row for every place whose people one may ask for. */
const places = <N extends OperationName>(input: (chatId: string) => InputOf<N>): Rows<N> =>
  Object.fromEntries(
    PLACES.map((place) => [
      place,
      { ...inChat<N>(place, ({ chatId }) => input(chatId)), only: callerKinds },
    ]),
  )

/** The same for activities, which one reads from inside. */
const activities = <N extends OperationName>(
  input: (activity: { type: string; id: string }) => InputOf<N>,
  shows: (output: OutputOf<N>, username: string) => boolean,
): Rows<N> => {
  const within = (wanted: Wanted, who: 'maker' | 'other') =>
    inActivity<N>(wanted, ({ type, id }) => input({ type, id }), {
      shows: (output, facts) => shows(output, facts[who]),
    })
  const world: Wanted['world'] = ['join', 'view_state']
  return {
    'activity, open': within({ world }, 'maker'),
    'activity, open, being in it': within({ world, inside: true }, 'maker'),
    'activity, of one who left': within({ world, inside: true, other: 'before' }, 'other'),
    'activity, of one who lurks': within({ world, inside: true, other: 'lurking' }, 'other'),
  }
}

/** Somebody who says that they are not to be disturbed. */
async function busy({ stage }: Setting): Promise<string> {
  const person = await stage.actor('user')
  await stage.act(person, 'presence.setPresence', { status: 'Busy' })
  return person.username
}

/** The same, of whom the caller wants to hear nothing. */
async function blocked(setting: Setting): Promise<string> {
  const username = await busy(setting)
  await setting.stage.act(setting.actor, 'users.blockUser', { username })
  return username
}

type Shown = OutputOf<OfPeople>
type OfPeople = 'presence.getPresence' | 'presence.subscribe'

/** A row about a person; it shows them where what they say is in the answer. */
const person = <N extends OfPeople>(
  who: (setting: Setting) => string | Promise<string>,
  options: Omit<Row<N>, 'play'> = {},
): Row<N> => ({
  ...options,
  async play(setting) {
    const username = await who(setting)
    return {
      input: { usernames: [username] } as InputOf<N>,
      shows: (output: OutputOf<N>) =>
        (output as Shown).items.some(({ status }) => status === 'Busy'),
    }
  },
})

type Scene = (setting: Setting, username: string) => Promise<unknown>

/** Somebody busy, who has something to do with somebody else. */
const busyWith =
  (scene: Scene) =>
  async (setting: Setting): Promise<string> => {
    const username = await busy(setting)
    await scene(setting, username)
    return username
  }

const asPerson = (username: string) => ({ caller: { username, role: 'user' } }) as const

const listing =
  (who: (setting: Setting) => string): Scene =>
  (setting, username) =>
    setting.stage.act(asPerson(username), 'contacts.addContact', { username: who(setting) })

const chatting =
  (who: (setting: Setting) => string): Scene =>
  (setting, username) =>
    setting.stage.act(asPerson(username), 'chat.createChat', {
      kind: 'channel',
      members: [who(setting)],
    })

const bystander = ({ stage }: Setting): string => stage.bystander.username
const ALONE = ['user', 'admin', 'key'] as const
const PERSON = ['user'] as const

/** One of an activity who is busy, where only a common place lets know of it. */
const within = (wanted: Wanted, who: 'maker' | 'other'): Row<'presence.getPresence'> =>
  person(
    async (setting) => {
      const facts = (await makeActivity(setting, { world: ['join', 'view_state'], ...wanted }))!
      await setting.stage.act(asPerson(facts[who]), 'presence.setPresence', { status: 'Busy' })
      return facts[who]
    },
    { only: PERSON, alone: { presenceVisibility: 'shared' } },
  )

/** Where not everybody may know of everybody. */
const limited: Rows<'presence.getPresence'> = {
  'one in the same activity, where a common place lets know': within({ inside: true }, 'maker'),
  'one in an activity, where a common place lets know': within({}, 'maker'),
  'one in an activity that the caller was in, where a common place lets know': within(
    { inside: 'before' },
    'maker',
  ),
  'one who was in the same activity, where a common place lets know': within(
    { inside: true, other: 'before' },
    'other',
  ),
  'another, who lists somebody else, where contacts may know': person(
    busyWith(listing(bystander)),
    { only: ALONE, alone: { presenceVisibility: 'contacts' } },
  ),
  'another, who lists the caller, where contacts may know': person(busyWith(listing(oneself)), {
    only: PERSON,
    alone: { presenceVisibility: 'contacts' },
  }),
  'another, in a chat with somebody else, where a common place lets know': person(
    busyWith(chatting(bystander)),
    { only: ALONE, alone: { presenceVisibility: 'shared' } },
  ),
  'another, in a chat with the caller, where a common place lets know': person(
    busyWith(chatting(oneself)),
    { only: PERSON, alone: { presenceVisibility: 'shared' } },
  ),
}

const people = <N extends OfPeople>(): Rows<N> => ({
  another: person(busy),
  blocked: person(blocked, { only: ['guest', 'user', 'member', 'admin', 'acting'] }),
})

const isShown = ({ items }: { items: readonly { username: string }[] }, username: string) =>
  items.some((each) => each.username === username)

export const presenceTable: PresenceTable = {
  'presence.setPresence': always({ state: 'dnd' }),
  'presence.getOwnPresence': always({}),
  'presence.setIdle': always({ idle: false }),
  'presence.getPresence': {
    ...people<'presence.getPresence'>(),
    oneself: about(oneself),
    'another who said nothing': about(another),
    absent: about(nobody),
    ...limited,
  },
  'presence.subscribe': {
    ...people<'presence.subscribe'>(),
    ...places<'presence.subscribe'>((chatId) => ({ chatId })),
    ...activities<'presence.subscribe'>((activity) => ({ activity }), isShown),
    contacts: always<'presence.subscribe'>({ contacts: true })['—']!,
    "contacts, of another's list": {
      async play({ stage }) {
        const username = await stage.person()
        await stage.act(stage.host, 'contacts.addContact', { username })
        return { input: { contacts: true }, shows: (output) => isShown(output, username) }
      },
    },
    'absent activity': always<'presence.subscribe'>({
      activity: { type: 'board', id: unique('none') },
    })['—']!,
  },
  'presence.unsubscribe': always({}),
  'presence.listAudience': {
    ...places<'presence.listAudience'>((chatId) => ({ chatId })),
    ...activities<'presence.listAudience'>((activity) => ({ activity }), isShown),
    'absent activity': always<'presence.listAudience'>({
      activity: { type: 'board', id: unique('none') },
    })['—']!,
  },
}

/** A row about a person of whom nothing is to be seen. */
function about(who: (setting: Setting) => string | Promise<string>): Row<'presence.getPresence'> {
  return { play: async (setting) => ({ input: { usernames: [await who(setting)] } }) }
}
