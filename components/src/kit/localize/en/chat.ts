import type { Formats } from '../formats.ts'

/** What `<collab-chat>` says. */
export const chat = {
  // Connection
  live: 'Connected',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
  reconnectingBanner: 'Connection lost. Reconnecting…',
  offlineBanner: 'You’re offline. Messages are sent when you’re back.',
  offlineQueued: (f: Formats, count: number) =>
    f.plural(count, {
      one: 'You’re offline. # message is sent when you’re back.',
      other: 'You’re offline. # messages are sent when you’re back.',
    }),
  backOnline: 'Connected again',

  // Chat
  chat: 'Chat',
  messagesOf: (_f: Formats, name: string) => `Messages of ${name}`,
  members: (f: Formats, count: number) => f.plural(count, { one: '# member', other: '# members' }),
  loading: 'Loading messages…',
  guest: 'Guest',
  you: 'You',
  newMarker: 'New',
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
  signInToWrite: 'Sign in to write.',
  messageMissing: 'Write a message.',
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

  // Said, not shown
  sayMessage: (_f: Formats, name: string, body: string) => `${name}: ${body}`,
  sayUnread: (f: Formats, count: number) =>
    f.plural(count, { one: '# unread message', other: '# unread messages' }),
  sayOlder: (f: Formats, count: number) =>
    f.plural(count, { one: '# older message loaded', other: '# older messages loaded' }),
  sayFailed: 'Message not sent. Retry and Delete are at the message.',
}
