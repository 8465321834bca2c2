import { PresenceStatusElement } from './presence-status.ts'

export { PresenceStatusElement } from './presence-status.ts'
export * from './presence-status.events.ts'

PresenceStatusElement.define()
