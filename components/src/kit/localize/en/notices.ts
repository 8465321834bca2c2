import type { Formats } from '../formats.ts'

/** What stands in the place of messages. */
export const notices = {
  emptyTitle: 'No messages yet',
  emptyText: 'Say hello. Everyone here will see it.',
  emptyReadOnly: 'When someone writes, it shows up here.',
  writeFirst: 'Write a message',
  originDeniedTitle: 'This page is not allowed here yet',
  originDenied:
    'The chat service does not know this page. Its operator has to add this origin to allowedOrigins:',
  forbiddenTitle: 'You can’t open this chat',
  forbidden: 'It is private. Ask one of its members to add you.',
  notFoundTitle: 'There is no such chat',
  notFound: 'It may have been removed, or it is private.',
  noChatTitle: 'No chat is chosen',
  noChat: 'Set the attribute chat-id of this element to the chat it should show.',
  noServiceTitle: 'The chat has no address',
  noService: 'Set the attribute service-url of this element to the address of your service.',
  endedTitle: 'Your session has ended',
  ended: 'Reload the page, or try again.',
  refusedTitle: 'The chat can’t be opened',
  refused: 'The service refused the connection.',
  refusedCode: (_f: Formats, code: string) => `Code: ${code}`,
}
