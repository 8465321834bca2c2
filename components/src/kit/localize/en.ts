import type { Formats } from './formats.ts'

// Every text a person can see or hear. Whole sentences, never pieces to put together; a text with values is a function
// whose first parameter formats them. Names arrive isolated (`f.isolate`), so that they cannot turn a sentence around.
// The service speaks in codes: the sentences for them stand under "error".
export const en = {
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
  tryAgain: 'Try again',

  // Chat
  chat: 'Chat',
  messagesOf: (_f: Formats, name: string) => `Messages of ${name}`,
  members: (f: Formats, count: number) => f.plural(count, { one: '# member', other: '# members' }),
  loading: 'Loading messages…',
  emptyTitle: 'No messages yet',
  emptyText: 'Say hello. Everyone here will see it.',
  emptyReadOnly: 'When someone writes, it shows up here.',
  writeFirst: 'Write a message',
  guest: 'Guest',
  you: 'You',
  newMarker: 'New',
  edited: 'edited',
  deleted: 'This message was deleted.',
  loadOlder: 'Load older messages',
  loadingOlder: 'Loading older messages…',
  olderFailed: 'Older messages could not be loaded.',
  beginning: 'This is where the conversation begins.',
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
  failedBecause: (_f: Formats, reason: string) => `Not sent: ${reason}`,
  retry: 'Retry',
  discard: 'Delete',
  retryMessage: (f: Formats, body: string) => `Retry ${f.isolate(body)}`,
  discardMessage: (f: Formats, body: string) => `Delete ${f.isolate(body)}`,

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

  // Said, not shown
  sayMessage: (_f: Formats, name: string, body: string) => `${name}: ${body}`,
  sayNew: (f: Formats, count: number) =>
    f.plural(count, { one: '# new message', other: '# new messages' }),
  sayUnread: (f: Formats, count: number) =>
    f.plural(count, { one: '# unread message', other: '# unread messages' }),
  sayOlder: (f: Formats, count: number) =>
    f.plural(count, { one: '# older message loaded', other: '# older messages loaded' }),
  sayFailed: 'Message not sent. Retry and Delete are at the message.',

  // When there is nothing to show
  originDeniedTitle: 'This page is not allowed here yet',
  originDenied:
    'The chat service does not know this page. Its operator has to add this origin to allowedOrigins:',
  forbiddenTitle: 'You can’t open this chat',
  forbidden: 'It is private. Ask one of its members to add you.',
  notFoundTitle: 'There is no such chat',
  notFound: 'It may have been removed, or it is private.',
  removedTitle: 'This chat is gone',
  noChatTitle: 'No chat is chosen',
  noChat: 'Set the attribute chat-id of this element to the chat it should show.',
  noServiceTitle: 'The chat has no address',
  noService: 'Set the attribute service-url of this element to the address of your service.',
  endedTitle: 'Your session has ended',
  ended: 'Reload the page, or try again.',
  refusedTitle: 'The chat can’t be opened',
  refused: 'The service refused the connection.',
  refusedCode: (_f: Formats, code: string) => `Code: ${code}`,

  // Sign-in
  signIn: 'Sign in',
  signInTitle: 'Join the conversation',
  accountTitle: 'Welcome back',
  registerTitle: 'Create your account',
  guestIntro: 'Pick a name that others will see.',
  accountIntro: 'Sign in with your account.',
  registerIntro: 'It takes less than a minute.',
  noWayIn: 'Sign-in is closed here. Ask whoever runs this page.',
  displayName: 'Your name',
  username: 'Username',
  password: 'Password',
  passwordHint: 'At least 8 characters',
  showPassword: 'Show password',
  continueAsGuest: 'Continue as guest',
  createAccount: 'Create account',
  haveAccount: 'I have an account',
  newHere: 'New here? Create an account',
  beGuest: 'Continue as guest instead',
  working: 'One moment…',
  loadingSignIn: 'Loading sign-in…',
  nameMissing: 'Enter a name, so that others know who is talking.',
  nameInvalid: 'Use 1 to 80 characters on one line.',
  usernameMissing: 'Enter your username.',
  usernameInvalid: 'Use letters, digits and signs, without spaces, “/”, “:” or “#”.',
  usernameTaken: 'This username is taken. Choose another one.',
  passwordMissing: 'Enter your password.',
  passwordShort: 'Use at least 8 characters.',
  wrongPassword: 'Username and password don’t match. Check both and try again.',
  registrationClosed:
    'New accounts are not open here. Continue with what you have, or ask whoever runs this page.',
  guestsClosed: 'Guests are not welcome here at the moment. Sign in with an account.',

  // error
  error_rate_limited: 'Too many tries in a short time. Wait a moment, then try again.',
  error_unavailable: 'The service can’t be reached right now. Check your connection and try again.',
  error_too_large: 'The message is too long.',
  error_forbidden: 'you are not allowed to write here.',
  error_not_found: 'the chat is gone.',
  error_invalid_payload: 'it was not accepted.',
  error_other: 'Something went wrong. Try again.',
}

/** A whole catalogue; other languages give a part of it, and English fills in. */
export type Messages = typeof en
