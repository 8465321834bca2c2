import { activityStream, chatStream, serviceStream, userStream } from '@collab-kit/protocol'
import { makeActivity, OPEN } from './activities.ts'
import { callerKinds } from './callers.ts'
import { inChat } from './chats.ts'
import type { DoorName } from './doors.ts'
import type { Outcome, Probe } from './probe.ts'
import type { Row, Setting } from './row.ts'
import { unique } from './stage.ts'

/** A stream of a cell, and how to make something happen on it. */
interface Watched {
  stream: string
  /** Makes an event whose data hold this text. */
  happen(text: string): Promise<unknown>
  /** Ends the right to read, after the caller has begun to. */
  end?(): Promise<unknown>
}

type Watch = (setting: Setting, door: DoorName) => Promise<Watched | undefined>

/** A chat whose topic is changed by one who may. */
function chatOf(
  place: Parameters<typeof inChat>[0],
  end?: (setting: Setting, chatId: string) => Promise<unknown>,
): Watch {
  const row: Row<'chat.getChat'> = inChat(place, ({ chatId }) => ({ chatId }))
  return async (setting) => {
    const played = await row.play(setting)
    if (!played) return undefined
    const { chatId } = played.input
    const { stage } = setting
    return {
      stream: chatStream(chatId),
      ...(end && { end: () => end(setting, chatId) }),
      happen: async (topic) => stage.act('anybody', 'chat.setTopic', { chatId, topic }),
    }
  }
}

/** An activity whose shared state is changed by one who may. */
const activityOf =
  (options: {
    inside: boolean
    end?(setting: Setting, name: { type: string; id: string }): Promise<unknown>
  }): Watch =>
  async (setting, door) => {
    const { stage, doors } = setting
    const facts = await makeActivity(setting, { world: OPEN })
    if (!facts) return undefined
    const { type, id } = facts
    const { inside, end } = options
    const joining = inside && (await doors.call(door, 'activities.joinActivity', { type, id }))
    if (joining && !joining.ok) return undefined
    return {
      stream: activityStream(type, id),
      ...(end && { end: () => end(setting, { type, id }) }),
      happen: async (value) =>
        stage.act('anybody', 'activities.setShared', { type, id, key: 'n', value }),
    }
  }

const listOf = async ({ stage }: Setting, username: string): Promise<Watched> => ({
  stream: userStream(username),
  happen: async (nickname) =>
    stage.act({ caller: { username, role: 'user' } }, 'contacts.addContact', {
      username: stage.bystander.username,
      nickname,
    }),
})

const isPerson = ({ actor: { kind } }: Setting): boolean =>
  kind !== 'anonymous' && kind !== 'key' && kind !== 'reader'

const watches: Record<string, { event: string; watch: Watch }> = {
  own: { event: 'chat.topicChanged', watch: chatOf('own') },
  "another's": { event: 'chat.topicChanged', watch: chatOf("another's") },
  public: { event: 'chat.topicChanged', watch: chatOf('public') },
  'public room': { event: 'chat.topicChanged', watch: chatOf('public room') },
  'public, closed since': {
    event: 'chat.topicChanged',
    watch: chatOf('public', ({ stage }, chatId) =>
      stage.act('anybody', 'chat.removePermissions', { chatId, subject: 'world' }),
    ),
  },
  'public, banned since': {
    event: 'chat.topicChanged',
    watch: async (setting, door) =>
      isPerson(setting)
        ? chatOf('public', ({ stage, actor: { username } }, chatId) =>
            stage.act('anybody', 'chat.banMember', { chatId, username }),
          )(setting, door)
        : undefined,
  },
  'activity, open': { event: 'activities.sharedChanged', watch: activityOf({ inside: false }) },
  'activity, open, being in it': {
    event: 'activities.sharedChanged',
    watch: activityOf({ inside: true }),
  },
  'activity, put out since': {
    event: 'activities.sharedChanged',
    watch: activityOf({
      inside: true,
      end: ({ stage, actor: { username } }, name) =>
        stage.act('anybody', 'activities.removeParticipant', { ...name, username }),
    }),
  },
  'activity, without `view_state` since': {
    event: 'activities.sharedChanged',
    watch: activityOf({
      inside: true,
      end: ({ stage }, name) =>
        stage.act('anybody', 'activities.removePermissions', {
          ...name,
          subject: 'world',
          permissions: ['view_state'],
        }),
    }),
  },
  "one's own stream": {
    event: 'contacts.contactAdded',
    async watch(setting) {
      const { kind, username } = setting.actor
      return kind === 'key' || kind === 'reader'
        ? undefined
        : listOf(setting, username || 'oneself')
    },
  },
  "another person's stream": {
    event: 'contacts.contactAdded',
    watch: async (setting) => listOf(setting, await setting.stage.person()),
  },
  'the stream `service`': {
    event: 'users.userRegistered',
    watch: async ({ stage }) => ({
      stream: serviceStream(),
      happen: (username) => stage.act('anybody', 'users.createUser', { username }),
    }),
  },
}

/** What an event stream is taken up with after an absence: what happens and what ends meanwhile. */
const absences: Record<string, { event: string; joins?: true; watch: Watch }> = {
  'own, missed meanwhile': { event: 'chat.topicChanged', watch: chatOf('own') },
  "another's, missed meanwhile": { event: 'chat.topicChanged', watch: chatOf("another's") },
  'public, missed meanwhile': { event: 'chat.topicChanged', watch: chatOf('public') },
  'public, joined, missed meanwhile': {
    event: 'chat.topicChanged',
    joins: true,
    watch: chatOf('public'),
  },
  'public, joined, closed meanwhile': {
    event: 'chat.topicChanged',
    joins: true,
    watch: watches['public, closed since']!.watch,
  },
  'the stream `service`, missed meanwhile': {
    event: 'users.userRegistered',
    watch: watches['the stream `service`']!.watch,
  },
}

const absenceProbes = (): Probe[] =>
  Object.entries(absences).flatMap(([row, { event, joins, watch }]) =>
    callerKinds
      .filter((caller) => caller !== 'reader')
      .map((caller): Probe => ({
        domain: 'delivery',
        operation: event,
        row,
        caller,
        door: 'sse',
        main: true,
        fresh: true,
        play: async (setting) => comeBack(setting, { joins, watch }),
      })),
  )

/** A stream that was caught up with has told everything after so many answers. */
const ANSWERS = 10

async function comeBack(
  setting: Setting,
  { joins, watch }: { joins: true | undefined; watch: Watch },
): Promise<Outcome> {
  const { doors } = setting
  if (!(await doors.delivered('sse'))) return { got: 'unauthenticated' }
  const watched = await watch(setting, 'sse')
  if (!watched) return { got: undefined }
  const { stream, happen, end } = watched
  if (joins) await doors.call('sse', 'streams.join', { stream })
  await doors.delivered('sse')
  await doors.leaveEvents()
  await end?.()
  const text = unique('meanwhile')
  await happen(text)
  for (let asked = 0; asked < ANSWERS; asked++) {
    const items = (await doors.delivered('sse')) ?? []
    const came = items.some(
      (item) => item.stream === stream && JSON.stringify(item.data ?? null).includes(text),
    )
    if (came) return { got: 'yes' }
  }
  return { got: 'no' }
}

/** What reaches the connections of each caller, without asking and after asking. */
export function deliveryProbes(): Probe[] {
  const live = Object.entries(watches).flatMap(([row, { event, watch }]) =>
    callerKinds.flatMap((caller) =>
      // The key of one scope may not even ask for an echo, by which an event stream tells that it is up to date.
      (caller === 'reader' ? (['socket'] as const) : (['socket', 'sse'] as const)).map(
        (door): Probe => ({
          domain: 'delivery',
          operation: event,
          row,
          caller,
          door,
          main: door === 'socket',
          fresh: true,
          play: async (setting) => deliver(setting, { door, watch }),
        }),
      ),
    ),
  )
  return [...live, ...absenceProbes()]
}

async function deliver(
  setting: Setting,
  { door, watch }: { door: DoorName; watch: Watch },
): Promise<Outcome> {
  const { doors } = setting
  const before = await doors.delivered(door)
  if (!before) return { got: 'unauthenticated' }
  const watched = await watch(setting, door)
  if (!watched) return { got: undefined }
  const { stream, happen, end } = watched
  const seen = async (text: string) => {
    await happen(text)
    const items = (await doors.delivered(door)) ?? []
    return items.some(
      (item) => item.stream === stream && JSON.stringify(item.data ?? null).includes(text),
    )
  }
  const first = await seen(unique('first'))
  if (first && !end) return { got: 'yes' }
  const { ok } = await doors.call(door, 'streams.join', { stream })
  await end?.()
  const joined = await seen(unique('second'))
  if (end) return { got: joined ? (first ? 'yes' : 'by joining') : 'no' }
  if (joined && !ok) return { got: 'though refused' }
  return { got: joined ? 'by joining' : 'no' }
}
