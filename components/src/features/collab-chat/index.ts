import { CollabChatElement } from './collab-chat.ts'

export { CollabChatElement } from './collab-chat.ts'
export * from './collab-chat.events.ts'

CollabChatElement.define()
