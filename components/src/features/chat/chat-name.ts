import type { Chat, User } from '@collab-kit/protocol'
import type { Localize } from '../../kit/localize/localize.ts'

export interface ChatNameContext {
  me: string | undefined
  users: Readonly<Record<string, User>>
  localize: Localize
}

/** What to call a chat: its name, the people of a direct chat, else its id; empty while it is not known. */
export function chatName(chat: Chat | undefined, { me, users, localize }: ChatNameContext): string {
  if (!chat) return ''
  if (chat.name) return chat.name
  const others = chat.members?.filter((username) => username !== me) ?? []
  if (others.length === 0) return chat.chatId
  return localize.formats.list(others.map((username) => users[username]?.displayName ?? username))
}
