import { z } from 'zod'
import { Timestamp, Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, live, query } from '../kit/operation.ts'
import { ownPresenceChanged, presenceChanged } from './events.ts'
import {
  ActivityName,
  Audience,
  ChosenState,
  exclusive,
  oneOf,
  OwnPresence,
  Presence,
  PresenceData,
  StatusText,
  whose,
} from './model.ts'

export const setPresence = command('presence.setPresence', {
  summary: 'Say how you are here; what is left out stays as it is, `null` takes it away.',
  rest: 'PUT /me/presence',
  access: 'person',
  writes: ['user:{me}'],
  input: z.strictObject({
    state: ChosenState.optional(),
    status: StatusText.nullable().optional(),
    statusExpiresAt: Timestamp.nullable().optional(),
    data: PresenceData.nullable().optional(),
    showLastSeen: z.boolean().optional(),
  }),
  output: OwnPresence,
  emits: [presenceChanged, ownPresenceChanged],
})

export const getOwnPresence = query('presence.getOwnPresence', {
  summary: 'What you say of yourself.',
  rest: 'GET /me/presence',
  access: 'person',
  input: z.strictObject({}),
  output: OwnPresence,
})

export const setIdle = live('presence.setIdle', {
  summary:
    'Whether nobody is at this device; when nobody is at any, an available person is away. An event stream that says it once says it again within 20 s, or is taken for gone.',
  rest: 'PUT /me/presence/idle',
  access: 'person',
  connection: true,
  input: z.strictObject({ idle: z.boolean() }),
  output: Nothing,
})

export const getPresence = query('presence.getPresence', {
  summary: 'Whether and how these people are here; those you may not know of are offline.',
  rest: 'GET /presence',
  access: 'signed_in',
  input: z.strictObject({ usernames: z.array(Username).min(1).max(200) }),
  output: listOf(Presence),
})

export const subscribe = live('presence.subscribe', {
  summary:
    'Follow the presence of people, of your contacts, or of those in a place, as they come to belong to it; above the limit of a place only their number.',
  rest: 'POST /presence/subscribe',
  access: 'person',
  connection: true,
  input: z
    .strictObject(whose)
    .refine(
      oneOf('usernames', 'contacts', 'chatId', 'activity'),
      exclusive('usernames', 'contacts', 'chatId', 'activity'),
    ),
  output: z.object({ items: z.array(Presence), audience: Audience.optional() }),
})

export const unsubscribe = live('presence.unsubscribe', {
  summary: 'Follow them no more; without a field, nobody.',
  rest: 'POST /presence/unsubscribe',
  access: 'person',
  connection: true,
  input: z.strictObject(whose),
  output: Nothing,
})

export const listAudience = query('presence.listAudience', {
  summary: 'The people of a place with their presence, page by page.',
  rest: 'POST /presence/audience',
  access: 'signed_in',
  input: z
    .strictObject({ chatId: whose.chatId, activity: ActivityName.optional(), ...page })
    .refine(oneOf('chatId', 'activity'), exclusive('chatId', 'activity')),
  output: listOf(Presence).extend({ online: z.int() }),
})
