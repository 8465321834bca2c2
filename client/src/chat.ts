// What `@collab-kit/client/chat` is: importing it gives chats to every client of the page, those that are there too.
import { create } from './domains/chat/chat.ts'
import { installed } from './domains/installed.ts'

installed.chat = create

export type { ChatHandle } from './domains/chat/handle.ts'
export type { MessageDraft } from './domains/chat/message.ts'
export type { ChatState, PendingMessage } from './domains/chat/model.ts'
export {
  selectChat,
  selectMessages,
  selectPending,
  selectTyping,
  selectUnread,
} from './domains/chat/selectors.ts'
