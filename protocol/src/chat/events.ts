import { z } from 'zod'
import { ChatId, chatStream, Seq, userStream, Username } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { Chat, MemberRef, Message } from './model.ts'

export const messageSent = event('chat.messageSent', {
  summary: 'A message was added.',
  payload: Message,
  stream: chatStream,
  durable: true,
})

export const memberJoined = event('chat.memberJoined', {
  summary: 'A person became a member by themselves; not in the log of a room.',
  payload: MemberRef,
  stream: chatStream,
  durable: 'varies',
  admits: (member) => member.username,
})

export const memberAdded = event('chat.memberAdded', {
  summary: 'A person was made a member.',
  payload: MemberRef,
  stream: chatStream,
  durable: true,
  admits: (member) => member.username,
})

export const memberLeft = event('chat.memberLeft', {
  summary: 'A person is a member no more; not in the log of a room.',
  payload: MemberRef,
  stream: chatStream,
  durable: 'varies',
  dismisses: (member) => member.username,
})

export const typingChanged = event('chat.typingChanged', {
  summary: 'A person started or stopped writing.',
  payload: z.object({ chatId: ChatId, username: Username, typing: z.boolean() }),
  stream: chatStream,
  durable: false,
})

export const readMarked = event('chat.readMarked', {
  summary: 'A member read up to here; only in chats of up to 100 members.',
  payload: z.object({ chatId: ChatId, username: Username, readSeq: Seq, readNumber: z.int() }),
  stream: chatStream,
  durable: false,
})

export const chatAdded = event('chat.chatAdded', {
  summary: 'You became a member of a chat.',
  payload: Chat,
  stream: userStream,
  durable: true,
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
