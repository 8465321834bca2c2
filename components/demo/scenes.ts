import type { ChatState, CollabState, PendingMessage } from '@collab-kit/client'
import type { ErrorShape, Message } from '@collab-kit/protocol'
import { ann, chatOf, messageOf, readyChat, serviceInfo, userOf } from './fake-client.ts'

const users = {
  ann,
  bo: userOf('bo', 'Bo Lindqvist'),
  chidi: userOf('chidi', 'Chidi Okafor'),
  mina: userOf('mina', 'مينا حسن', true),
  yuki: userOf('yuki', '高橋 ゆき'),
}

/** Messages of yesterday and today; minutes are those before now. */
function conversation(): Message[] {
  const lines: [minutes: number, sender: string, body: string][] = [
    [
      1560,
      'bo',
      'Morning! The new onboarding flow is on staging: https://staging.example.com/onboarding?step=2',
    ],
    [1559, 'bo', 'Would love a second pair of eyes on the empty states.'],
    [1548, 'ann', 'On it. First impression: much calmer than before.'],
    [1547, 'ann', 'The illustration on step 3 is lovely 👏'],
    [
      1543,
      'chidi',
      'Agreed. One thing: the button says “Continue” twice in a row, maybe name the next step instead?',
    ],
    [95, 'yuki', 'おはようございます。日本語の文言も入れました。'],
    [94, 'mina', 'رائع! سأراجع النسخة العربية اليوم، مع الأرقام 12:30.'],
    [62, 'bo', 'Perfect timing'],
    [61, 'bo', '🎉'],
    [
      40,
      'ann',
      'I’ve written up what we agreed:\n\n1. Name the next step on the button\n2. Keep the illustration\n3. Ship on Tuesday',
    ],
    [39, 'ann', 'Anything missing?'],
    [12, 'chidi', 'Looks complete to me.'],
    [
      11,
      'chidi',
      'I can take the first one this afternoon, it touches only one file and the copy is already in the sheet that Bo shared last week (mailto:copy@example.com if you need access).',
    ],
    [4, 'bo', 'Great, thank you both!'],
    [2, 'ann', 'Then let’s do it 🚀'],
  ]
  return lines.map(([minutes, sender, body], index) =>
    messageOf(index + 1, {
      sender,
      body,
      createdAt: new Date(Date.now() - minutes * 60_000).toISOString(),
    }),
  )
}

const longAgo = () => Date.now() - 60_000
const refusal = (code: ErrorShape['code']): ErrorShape => ({
  code,
  message: code,
  retryable: false,
  requestId: 'r',
})

function pendingOf(
  state: PendingMessage['state'],
  body: string,
  code?: ErrorShape['code'],
): PendingMessage {
  return {
    clientMessageId: `p-${state}-${body.length}`,
    chatId: 'lobby',
    body,
    createdAt: new Date().toISOString(),
    state,
    ...(code && { error: refusal(code) }),
  }
}

function scene(chat: Partial<ChatState>, state: Partial<CollabState> = {}): Partial<CollabState> {
  return { users, chats: { lobby: readyChat('lobby', conversation(), chat) }, ...state }
}

function unread(): Partial<CollabState> {
  const messages = conversation()
  const chat = chatOf('lobby', {
    membership: {
      role: 'member',
      joinedAt: '2026-01-01T00:00:00.000Z',
      readNumber: 6,
      readSeq: 6,
      unread: 9,
    },
  })
  return { users, chats: { lobby: readyChat('lobby', messages, { chat }) } }
}

/** One message of every kind, two of them still here. */
function kinds(): Partial<CollabState> {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const waits = (state: PendingMessage['state'], body: string, minutes: number) => ({
    ...pendingOf(state, body, state === 'failed' ? 'forbidden' : undefined),
    createdAt: at(minutes),
  })
  const chat = chatOf('lobby', {
    membership: {
      role: 'member',
      joinedAt: '2026-01-01T00:00:00.000Z',
      readNumber: 2,
      readSeq: 2,
      unread: 2,
    },
  })
  const messages = [
    messageOf(1, { createdAt: at(16), body: 'Hello' }),
    messageOf(2, { createdAt: at(15), body: 'see https://example.com/a' }),
    messageOf(3, { createdAt: at(14), body: 'مرحبا', sender: 'mina', editedAt: at(13) }),
    messageOf(4, { createdAt: at(13), body: 'secret', deletedAt: at(12) }),
    messageOf(5, { createdAt: at(12), body: 'Mine', sender: 'ann' }),
  ]
  const pending = [waits('failed', 'Lost', 11), waits('queued', 'Soon', 10)]
  return {
    users,
    chats: { lobby: readyChat('lobby', messages, { chat, pending, typing: ['bo'] }) },
  }
}

/** States of an element by name; the demo shows them, tests check them. */
export const scenes: Record<string, () => Partial<CollabState>> = {
  full: () => scene({ typing: ['bo'] }),
  unread,
  kinds,
  older: () => scene({ hasOlder: true, loadingOlder: true }),
  empty: () => scene({ messages: [], chat: chatOf('lobby') }),
  loading: () => ({
    connection: { status: 'connecting', since: longAgo(), attempt: 0 },
    chats: {},
  }),
  offline: () =>
    scene(
      {
        pending: [pendingOf('queued', 'Sent from the tunnel'), pendingOf('queued', 'and one more')],
      },
      { connection: { status: 'offline', since: longAgo(), attempt: 3 } },
    ),
  reconnecting: () =>
    scene({}, { connection: { status: 'reconnecting', since: longAgo(), attempt: 2 } }),
  failed: () =>
    scene({
      pending: [
        pendingOf(
          'failed',
          'This one was refused, and it is long enough to wrap in a narrow column.',
          'forbidden',
        ),
        pendingOf('sending', 'This one is on its way'),
      ],
      typing: ['bo', 'chidi'],
    }),
  refused: () => ({
    connection: {
      status: 'refused',
      since: longAgo(),
      attempt: 1,
      error: refusal('origin_denied'),
    },
  }),
  'not-found': () => scene({ status: 'refused', error: refusal('not_found'), messages: [] }),
  readonly: () =>
    scene({ chat: chatOf('lobby', { permissions: ['join'], name: 'Announcements' }) }),
  'sign-in': () => ({
    connection: { status: 'signed_out', since: longAgo(), attempt: 0 },
    service: serviceInfo,
  }),
  'long-names': () =>
    scene({
      chat: chatOf('lobby', {
        name: 'A channel with a name that goes on for very much longer than any header is wide',
        topic:
          'And a topic which does the same, because nobody stops people from writing whatever they like here',
        memberCount: 12_345,
      }),
      messages: [
        messageOf(1, { body: 'W'.repeat(400) }),
        messageOf(2, { sender: 'mina', body: `https://example.com/${'path/'.repeat(40)}` }),
        messageOf(3, { sender: 'ann', body: `https://example.com/${'path/'.repeat(20)}` }),
      ],
    }),
}
