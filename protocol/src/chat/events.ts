import { z } from 'zod'
import { ChatId, chatStream, Seq, userStream, Username } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { Chat, ChatPermission, MemberRef, Message, PermissionSubject, Reason } from './model.ts'

export const messageSent = event('chat.messageSent', {
  summary: 'A message was added.',
  payload: Message,
  stream: chatStream,
  durable: true,
  blockable: true,
})

export const memberJoined = event('chat.memberJoined', {
  summary: 'A person became a member by themselves; not in the log of a room.',
  payload: MemberRef,
  stream: chatStream,
  durable: 'varies',
  admits: (member) => member.username,
  people: ({ username }) => ({ came: username }),
})

export const memberAdded = event('chat.memberAdded', {
  summary: 'A person was made a member.',
  payload: MemberRef,
  stream: chatStream,
  durable: true,
  admits: (member) => member.username,
  people: ({ username }) => ({ came: username }),
})

export const memberLeft = event('chat.memberLeft', {
  summary: 'A person is a member no more; not in the log of a room.',
  payload: MemberRef,
  stream: chatStream,
  durable: 'varies',
  dismisses: (member) => member.username,
  people: ({ username }) => ({ went: username }),
})

export const memberRemoved = event('chat.memberRemoved', {
  summary: 'A person was put out; not in the log of a room.',
  payload: MemberRef.extend({
    /** They may not come back. */
    banned: z.boolean(),
    reason: Reason.optional(),
  }),
  stream: chatStream,
  durable: 'varies',
  dismisses: (member) => member.username,
  people: ({ username }) => ({ went: username }),
  reason: ({ banned }) => (banned ? 'banned' : 'removed'),
})

export const nameChanged = event('chat.nameChanged', {
  summary: 'The chat has another name, or none.',
  payload: z.object({ chatId: ChatId, name: z.string().optional() }),
  stream: chatStream,
  durable: true,
})

export const topicChanged = event('chat.topicChanged', {
  summary: 'The chat has another topic, or none.',
  payload: z.object({ chatId: ChatId, topic: z.string().optional() }),
  stream: chatStream,
  durable: true,
})

export const permissionsChanged = event('chat.permissionsChanged', {
  summary:
    'What a subject may do here changed: its grants, and for a person the role, a mute or a ban too.',
  payload: z.object({
    chatId: ChatId,
    subject: PermissionSubject,
    /** What is granted to the subject now. */
    permissions: z.array(ChatPermission),
  }),
  stream: chatStream,
  durable: true,
  rechecks: ({ subject }) => (subject.startsWith('user:') ? subject.slice(5) : true),
})

export const chatRemoved = event('chat.chatRemoved', {
  summary: 'The chat is gone, with everything that was said in it.',
  payload: z.object({ chatId: ChatId }),
  stream: chatStream,
  durable: true,
  ends: 'chat_removed',
})

export const typingChanged = event('chat.typingChanged', {
  summary: 'A person started or stopped writing.',
  payload: z.object({ chatId: ChatId, username: Username, typing: z.boolean() }),
  stream: chatStream,
  durable: false,
  blockable: true,
})

export const readMarked = event('chat.readMarked', {
  summary: 'A member read up to here; only in chats of up to 100 members.',
  payload: z.object({ chatId: ChatId, username: Username, readSeq: Seq, readNumber: z.int() }),
  stream: chatStream,
  durable: false,
  blockable: true,
})

export const chatAdded = event('chat.chatAdded', {
  summary: 'You became a member of a chat; what was said last in it is left to reading.',
  payload: Chat.omit({ lastMessage: true }),
  stream: userStream,
  durable: true,
  blockable: true,
})

export const chatLeft = event('chat.chatLeft', {
  summary: 'You are a member of a chat no more.',
  payload: z.object({ chatId: ChatId }),
  stream: userStream,
  durable: true,
})

export const readMoved = event('chat.readMoved', {
  summary: 'Your own read mark moved, on this or another device.',
  payload: z.object({ chatId: ChatId, readSeq: Seq, readNumber: z.int(), unread: z.int() }),
  stream: userStream,
  durable: true,
})
