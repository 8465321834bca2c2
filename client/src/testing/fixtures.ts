import type { Chat, Limits, Me, Message, ServiceInfo, User } from '@collab-kit/protocol'
import { limitDefaults } from '@collab-kit/protocol/runtime'

const AT = '2026-01-01T00:00:00.000Z'

export const toUser = (user: Partial<User> & { username: string }): User => ({
  displayName: user.username.replace(/^./, (letter) => letter.toUpperCase()),
  guest: false,
  ...user,
})

export const toMe = (me: Partial<Me> & { username: string }): Me => ({
  ...toUser(me),
  role: 'user',
  createdAt: AT,
  ...me,
})

export const toInfo = (info: Partial<ServiceInfo> = {}): ServiceInfo => ({
  name: 'collab-kit',
  version: '0.0.0',
  protocol: 1,
  epoch: 'epoch-1',
  serverTime: AT,
  registration: 'open',
  guests: 'on',
  remember: 'on',
  demo: 'off',
  ...info,
})

export const toLimits = (limits: Partial<Limits> = {}): Limits => ({ ...limitDefaults, ...limits })

export const toChat = (chat: Partial<Chat> & { chatId: string }): Chat => ({
  kind: 'channel',
  visibility: 'public',
  historyVisibility: 'all',
  createdAt: AT,
  memberCount: 1,
  lastNumber: 0,
  head: 0,
  permissions: ['join', 'send'],
  ...chat,
})

export const toMessage = (
  message: Partial<Message> & { chatId: string; seq: number },
): Message => ({
  messageId: `m-${message.chatId}-${message.seq}`,
  number: message.seq,
  sender: 'ben',
  body: `message ${message.seq}`,
  mentions: [],
  attachments: [],
  reactions: {},
  createdAt: AT,
  clientMessageId: `c-${message.chatId}-${message.seq}`,
  ...message,
})
