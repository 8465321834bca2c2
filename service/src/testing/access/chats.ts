import type { ChatPermission, InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import type { Actor, CallerKind } from './callers.ts'
import type { Played, Row, Rows, Setting } from './row.ts'
import { GROUP, unique } from './stage.ts'

/** What the group of the callers "by group" is granted in a chat. */
export const GROUP_GRANT: ChatPermission[] = [
  'join',
  'add_members',
  'remove_members',
  'set_topic',
  'manage',
]

/** A chat that a cell is about. */
export interface ChatFacts {
  chatId: string
  /** A member of it who is not the caller. */
  member: string
  /** An owner of it who is not the caller. */
  ownedBy: string
  me: string
}

type Standing = 'none' | 'member' | 'muted' | 'banned' | 'removed' | 'group' | 'owner'

const STANDINGS: Record<CallerKind, Standing> = {
  anonymous: 'none',
  guest: 'member',
  user: 'none',
  member: 'member',
  muted: 'muted',
  banned: 'banned',
  removed: 'removed',
  group: 'group',
  owner: 'owner',
  admin: 'none',
  key: 'none',
  acting: 'member',
  reader: 'none',
}

type ChatInput = InputOf<'chat.createChat'>

interface Wanted {
  /** How the caller stands in it. Default: as the column says. */
  standing?: Standing
  chat?: Partial<ChatInput>
  /** It was removed again. */
  gone?: boolean
  /** The caller came in after the message. */
  late?: boolean
}

/** Makes a chat in which the caller stands as wanted. */
export async function makeChat(setting: Setting, wanted: Wanted = {}): Promise<ChatFacts> {
  const { stage, actor } = setting
  const standing = wanted.standing ?? STANDINGS[actor.kind]
  const mine = standing === 'owner'
  const maker = mine ? actor : stage.host
  const kind = wanted.chat?.kind ?? 'channel'
  const comesIn = standing !== 'none' && standing !== 'group' && !mine
  const members = [stage.bystander.username, ...(comesIn && !wanted.late ? [actor.username] : [])]
  const { chatId } = await stage.act(maker, 'chat.createChat', {
    kind: 'channel',
    visibility: 'private',
    ...wanted.chat,
    ...(kind === 'channel' && { members: [...members, ...(mine ? [stage.host.username] : [])] }),
  })
  if (mine && kind === 'channel') {
    const owner = { chatId, username: stage.host.username, role: 'owner' } as const
    await stage.act(actor, 'chat.setMemberRole', owner)
  }
  if (kind === 'room' && (comesIn || mine))
    await setting.doors.call('socket', 'chat.joinChat', { chatId })
  if (wanted.late) await say(setting, chatId)
  if (wanted.late && comesIn)
    await stage.act(maker, 'chat.addMembers', { chatId, usernames: [actor.username] })
  await fall(setting, { standing, chatId, maker })
  if (wanted.gone) await stage.act(maker, 'chat.removeChat', { chatId })
  return {
    chatId,
    member: stage.bystander.username,
    ownedBy: stage.host.username,
    me: actor.username,
  }
}

/** Somebody else who is in a chat says something there; answers the message's id. */
export async function say({ stage }: Setting, chatId: string): Promise<string> {
  const sent = await stage.act(stage.host, 'chat.sendMessage', {
    chatId,
    clientMessageId: unique('m'),
    body: 'hello',
  })
  return sent.messageId
}

/** Somebody whom a person hears nothing of says something in a chat. */
export async function sayBlocked(
  { stage }: Setting,
  chatId: string,
  blocker: Actor = stage.bystander,
): Promise<void> {
  const speaker = await stage.actor('user')
  const { username } = speaker
  await stage.act('anybody', 'chat.addMembers', { chatId, usernames: [username] })
  await stage.act(blocker, 'users.blockUser', { username })
  await stage.act(speaker, 'chat.sendMessage', {
    chatId,
    clientMessageId: unique('m'),
    body: 'hello',
  })
}

/** What happens to a member afterwards. */
async function fall(
  { stage, actor }: Setting,
  { standing, chatId, maker }: { standing: Standing; chatId: string; maker: Actor },
): Promise<void> {
  const about = { chatId, username: actor.username }
  if (standing === 'muted') await stage.act(maker, 'chat.muteMember', about)
  if (standing === 'banned') await stage.act(maker, 'chat.banMember', about)
  if (standing === 'removed') await stage.act(maker, 'chat.removeMember', about)
  if (standing === 'group') {
    const grant = { chatId, subject: `group:${GROUP}`, permissions: GROUP_GRANT }
    await stage.act(maker, 'chat.setPermissions', grant)
  }
}

/** In what everybody may find, guests and strangers are those who have just found it. */
const inPublic = ({ kind }: Actor): Standing => (kind === 'guest' ? 'none' : STANDINGS[kind])

/** The direct chat of a person and another; of two others for those who are no person. */
async function makeDirect(setting: Setting): Promise<ChatFacts | undefined> {
  const { stage, actor } = setting
  if (['muted', 'banned', 'removed', 'group'].includes(actor.kind)) return undefined
  const inside = ['guest', 'member', 'owner', 'acting'].includes(actor.kind)
  const first = inside ? actor : stage.host
  const other = await stage.person()
  const { chatId } = await stage.act(first, 'chat.openDirect', { usernames: [other] })
  return { chatId, member: other, ownedBy: other, me: actor.username }
}

const places = {
  own: { make: (setting) => makeChat(setting) },
  "another's": { make: (setting) => makeChat(setting, { standing: 'none' }), hidden: true },
  absent: {
    make: async (setting) => ({
      chatId: unique('absent'),
      member: setting.stage.bystander.username,
      ownedBy: setting.stage.host.username,
      me: setting.actor.username,
    }),
    hidden: true,
  },
  removed: { make: (setting) => makeChat(setting, { standing: 'none', gone: true }), hidden: true },
  public: {
    make: (setting) =>
      makeChat(setting, { standing: inPublic(setting.actor), chat: { visibility: 'public' } }),
  },
  'public room': {
    make: (setting) =>
      makeChat(setting, {
        standing: inPublic(setting.actor),
        chat: { visibility: 'public', kind: 'room' },
      }),
  },
  direct: { make: makeDirect },
} satisfies Record<
  string,
  { make: (setting: Setting) => Promise<ChatFacts | undefined>; hidden?: boolean }
>
type Place = keyof typeof places

type ToInput<N extends OperationName> = (
  facts: ChatFacts,
  setting: Setting,
) => InputOf<N> | Promise<InputOf<N>>

/** One row about a chat of this place. */
export function inChat<N extends OperationName>(
  place: Place,
  input: ToInput<N>,
  shows?: (output: OutputOf<N>, facts: ChatFacts) => boolean,
): Row<N> {
  const {
    make,
    hidden,
  }: { make: (setting: Setting) => Promise<ChatFacts | undefined>; hidden?: boolean } =
    places[place]
  return toRow(make, input, { shows, hidden })
}

/** One row about a chat that is made for it. */
export const inMade = <N extends OperationName>(
  wanted: Wanted | ((setting: Setting) => Wanted),
  input: ToInput<N>,
  shows?: (output: OutputOf<N>, facts: ChatFacts) => boolean,
): Row<N> =>
  toRow(
    (setting) => makeChat(setting, typeof wanted === 'function' ? wanted(setting) : wanted),
    input,
    { shows },
  )

function toRow<N extends OperationName>(
  make: (setting: Setting) => Promise<ChatFacts | undefined>,
  input: ToInput<N>,
  {
    shows,
    hidden,
  }: {
    shows?: ((output: OutputOf<N>, facts: ChatFacts) => boolean) | undefined
    hidden?: boolean | undefined
  } = {},
): Row<N> {
  return {
    ...(hidden && { hidden }),
    async play(setting): Promise<Played<N> | undefined> {
      const facts = await make(setting)
      if (!facts) return undefined
      return {
        input: await input(facts, setting),
        ...(shows && { shows: (output: OutputOf<N>) => shows(output, facts) }),
      }
    },
  }
}

/** A row for every place that a chat may be in. */
export function chats<N extends OperationName>(
  input: ToInput<N>,
  shows?: (output: OutputOf<N>, facts: ChatFacts) => boolean,
): Rows<N> {
  return Object.fromEntries(
    Object.keys(places).map((place) => [place, inChat(place as Place, input, shows)]),
  )
}

/** Public, and what was said before one came in is not shown. */
export const sinceJoined = (setting: Setting): Wanted => ({
  standing: inPublic(setting.actor),
  chat: { visibility: 'public', historyVisibility: 'since_joined' },
})
