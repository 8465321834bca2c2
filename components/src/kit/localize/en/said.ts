import type { Formats } from '../formats.ts'

/** What is said of what happens, and of the connection shown as well; fetched with what says it. */
export const said = {
  reconnectingBanner: 'Connection lost. Reconnecting…',
  offlineBanner: 'You’re offline. Messages are sent when you’re back.',
  offlineQueued: (f: Formats, count: number) =>
    f.plural(count, {
      one: 'You’re offline. # message is sent when you’re back.',
      other: 'You’re offline. # messages are sent when you’re back.',
    }),
  backOnline: 'Connected again',
  sayMessage: (_f: Formats, name: string, body: string) => `${name}: ${body}`,
  sayNew: (f: Formats, count: number) =>
    f.plural(count, { one: '# new message', other: '# new messages' }),
  sayUnread: (f: Formats, count: number) =>
    f.plural(count, { one: '# unread message', other: '# unread messages' }),
  sayOlder: (f: Formats, count: number) =>
    f.plural(count, { one: '# older message loaded', other: '# older messages loaded' }),
  sayFailed: 'Message not sent. Retry and Delete are at the message.',
}
