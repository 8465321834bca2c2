import { CollabMessagesElement } from './collab-messages.ts'

export * from '../chat/chat.events.ts'
export { CollabMessagesElement } from './collab-messages.ts'

CollabMessagesElement.define()
