import { CollabChatElement } from './collab-chat.ts'

export { CollabChatElement } from './collab-chat.ts'
export * from '../chat/chat.events.ts'

CollabChatElement.define()
