import { PresenceListElement } from './presence-list.ts'

export { PresenceListElement } from './presence-list.ts'
export * from '../presence/presence.events.ts'

PresenceListElement.define()
