import { presenceStream, userStream } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { Audience, OwnPresence, Presence } from './model.ts'

export const presenceChanged = event('presence.presenceChanged', {
  summary: 'A person came, went, or is here in another way.',
  payload: Presence,
  stream: presenceStream,
  durable: false,
  blockable: true,
  doer: ({ username }) => username,
  rev: ({ username, rev }) => ({ of: username, rev }),
})

export const ownPresenceChanged = event('presence.ownPresenceChanged', {
  summary: 'You say something else of yourself, on this or another device.',
  payload: OwnPresence,
  stream: userStream,
  durable: true,
})

export const audienceChanged = event('presence.audienceChanged', {
  summary: 'How many of a place are here; at most once a second.',
  payload: Audience,
  stream: null,
  durable: false,
})
