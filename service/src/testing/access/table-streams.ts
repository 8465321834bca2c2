import {
  chatStream,
  toStreamKey,
  userStream,
  type InputOf,
  type OutputOf,
} from '@collab-kit/protocol'
import { inChat, inMade, sayBlocked, sinceJoined } from './chats.ts'
import { always, plain, type Row, type Rows, type Setting, type Table } from './row.ts'
import { unique } from './stage.ts'

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
    service: named(() => 'service'),
    'of another kind, named as a public chat': inChat<N>(
      'public',
      ({ chatId }, setting) => input(toStreamKey('presence', chatId), setting),
      shows && ((output, { chatId }) => shows(output, toStreamKey('presence', chatId))),
    ),
  }
}

export const streamsTable: StreamTable = {
  'system.echo': always({ message: 'hello' }),
  'system.getInfo': always({}),
  'system.getLimits': always({}),
  'streams.join': streams<'streams.join'>((stream) => ({ stream })),
  'streams.leave': streams<'streams.leave'>((stream) => ({ stream })),
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
