import type { Formats } from '../formats.ts'

/** What `<collab-chat>` says. */
export const chat = {
  // Connection
  live: 'Connected',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',

  // Chat
  chat: 'Chat',
  messagesOf: (_f: Formats, name: string) => `Messages of ${name}`,
  members: (f: Formats, count: number) => f.plural(count, { one: '# member', other: '# members' }),
  loading: 'Loading messages…',
  guest: 'Guest',
  you: 'You',
  unreadSince: (f: Formats, count: number, since: string) =>
    f.plural(count, { other: `# unread since ${since}` }),
  edited: 'edited',
  deleted: 'This message was deleted.',
  loadOlder: 'Load older messages',
  loadingOlder: 'Loading older messages…',
  olderFailed: 'Older messages could not be loaded.',
  loadingNewer: 'Loading newer messages…',
  newerFailed: 'Newer messages could not be loaded.',
  beginning: 'This is where the conversation begins.',
  jumpUnread: (f: Formats, count: number) =>
    f.plural(count, {
      one: '# unread message, jump to it',
      other: '# unread messages, jump to the first',
    }),
  jump: 'Jump to latest',
  jumpNew: (f: Formats, count: number) =>
    f.plural(count, {
      one: 'Jump to latest, # new message',
      other: 'Jump to latest, # new messages',
    }),

  // Sending
  stateQueued: 'Waiting to be sent',
  stateSending: 'Sending…',
  stateSent: 'Sent',
  stateFailed: 'Not sent',

  // Composer
  composerLabel: (_f: Formats, name: string) => `Message ${name}`,
  composerPlain: 'Message',
  send: 'Send',
  leftToWrite: (f: Formats, count: number) =>
    f.plural(count, { one: '# character left', other: '# characters left' }),
  tooLong: (f: Formats, count: number) =>
    f.plural(count, {
      one: 'Too long by # character. Shorten it to send.',
      other: 'Too long by # characters. Shorten it to send.',
    }),
  readOnly: 'You can read this chat, but not write in it.',
  typingOne: (_f: Formats, name: string) => `${name} is typing…`,
  typingTwo: (_f: Formats, one: string, two: string) => `${one} and ${two} are typing…`,
  typingSeveral: 'Several people are typing…',
}
