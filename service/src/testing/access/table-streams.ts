import {
  activityStream,
  chatStream,
  presenceStream,
  toStreamKey,
  userStream,
  type InputOf,
  type OutputOf,
} from '@collab-kit/protocol'
import { inActivity, type Wanted } from './activities.ts'
import { inChat, inMade, sayBlocked, sinceJoined } from './chats.ts'
import { always, plain, type Row, type Rows, type Setting, type Table } from './row.ts'
import { unique } from './stage.ts'

const INSIDE = 'activity, open, being in it'

type StreamTable = Pick<Table, Extract<keyof Table, `streams.${string}` | `system.${string}`>>
type AboutStream = 'streams.join' | 'streams.leave' | 'streams.readSince' | 'streams.resume'

interface Shown<N extends AboutStream> {
  (output: OutputOf<N>, stream: string): boolean
}

/** A row for every stream that somebody may ask for. */
function streams<N extends AboutStream>(
  input: (stream: string, setting: Setting) => InputOf<N>,
  shows?: Shown<N>,
): Rows<N> {
  const ofChat = (place: Parameters<typeof inChat>[0]): Row<N> =>
    inChat<N>(
      place,
      ({ chatId }, setting) => input(chatStream(chatId), setting),
      shows && ((output, { chatId }) => shows(output, chatStream(chatId))),
    )
  const ofActivity = (wanted: Wanted): Row<N> =>
    inActivity<N>(wanted, ({ type, id }, setting) => input(activityStream(type, id), setting), {
      shows: shows && ((output, { type, id }) => shows(output, activityStream(type, id))),
    })
  const named = (name: (setting: Setting) => string | Promise<string>): Row<N> => ({
    async play(setting) {
      const stream = await name(setting)
      return {
        input: input(stream, setting),
        ...(shows && { shows: (output: OutputOf<N>) => shows(output, stream) }),
      }
    },
  })
  return {
    "one's own": named(({ actor }) => userStream(actor.username || 'oneself')),
    "another person's": named(async ({ stage }) => userStream(await stage.person())),
    'own chat': ofChat('own'),
    "another's": ofChat("another's"),
    absent: ofChat('absent'),
    removed: ofChat('removed'),
    'public chat': ofChat('public'),
    'public chat, since joined': inMade<N>(
      sinceJoined,
      ({ chatId }, setting) => input(chatStream(chatId), setting),
      shows && ((output, { chatId }) => shows(output, chatStream(chatId))),
    ),
    'public room': ofChat('public room'),
    direct: ofChat('direct'),
    'presence of another': named(async ({ stage }) => presenceStream(await stage.person())),
    'activity, open': ofActivity({ world: ['join', 'view_state', 'set_state'] }),
    [INSIDE]: ofActivity({ world: ['join', 'view_state'], inside: true }),
    'activity, open, having been in it': ofActivity({
      world: ['join', 'view_state'],
      inside: 'before',
    }),
    'activity with `lurk` for everybody': ofActivity({ world: ['join', 'view_state', 'lurk'] }),
    'activity with `lurk` alone': ofActivity({ world: ['lurk'] }),
    "another's activity": ofActivity({}),
    service: named(() => 'service'),
    'of another kind, named as a public chat': inChat<N>(
      'public',
      ({ chatId }, setting) => input(toStreamKey('session', chatId), setting),
      shows && ((output, { chatId }) => shows(output, toStreamKey('session', chatId))),
    ),
  }
}

const leaving = streams<'streams.leave'>((stream) => ({ stream }))
// One is in by the connection of one door, and leaves with that alone.
leaving[INSIDE]!.doors = ['socket']

export const streamsTable: StreamTable = {
  'system.echo': always({ message: 'hello' }),
  'system.getInfo': always({}),
  'system.getLimits': always({}),
  'streams.join': streams<'streams.join'>((stream) => ({ stream })),
  'streams.leave': leaving,
  'streams.resume': {
    ...streams<'streams.resume'>(
      (stream, { stage }) => ({ epoch: stage.epoch, heads: { [stream]: 0 } }),
      ({ heads }, stream) => stream in heads,
    ),
    'another epoch': plain(() => ({ epoch: unique('epoch'), heads: {} })),
  },
  'streams.readSince': {
    ...streams<'streams.readSince'>((stream) => ({ stream, seq: 0 })),
    'own chat, said by one whom another blocked': inMade(
      {},
      async ({ chatId }, setting) => {
        await sayBlocked(setting, chatId)
        return { stream: chatStream(chatId), seq: 0 }
      },
      ({ events }) => events.some(({ name }) => name === 'chat.messageSent'),
    ),
  },
  'streams.createTicket': always({}),
}
