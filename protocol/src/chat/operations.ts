import { z } from 'zod'
import { ChatId, CommandId, MessageId, Seq, Timestamp, Username } from '../kit/ids.ts'
import { listOf, Nothing, page, PageLimit } from '../kit/list.ts'
import { command, live, query } from '../kit/operation.ts'
import { DisplayName, MessageBody } from '../kit/text.ts'
import {
  chatAdded,
  chatLeft,
  chatRemoved,
  memberAdded,
  memberJoined,
  memberLeft,
  memberRemoved,
  messageSent,
  nameChanged,
  permissionsChanged,
  readMarked,
  readMoved,
  topicChanged,
  typingChanged,
} from './events.ts'
import {
  Chat,
  ChatKind,
  ChatPermission,
  Data,
  HistoryVisibility,
  Member,
  Message,
  PermissionSubject,
  Reason,
  Visibility,
} from './model.ts'

const Topic = z.string().max(640)

export const createChat = command('chat.createChat', {
  summary: 'Make a room or a channel; you hold every permission in it.',
  rest: 'POST /chats',
  access: { can: 'create_chat' },
  writes: 'resolved',
  input: z.strictObject({
    kind: z.enum(['room', 'channel']),
    chatId: ChatId.optional(),
    name: DisplayName.optional(),
    topic: Topic.optional(),
    /** Default: a room is public, a channel private. */
    visibility: Visibility.optional(),
    members: z.array(Username).max(200).optional(),
    historyVisibility: HistoryVisibility.optional(),
    ifExists: z.enum(['error', 'return']).default('error'),
  }),
  output: Chat,
  errors: ['already_exists'],
  emits: [memberAdded, memberJoined, chatAdded],
})

export const openDirect = command('chat.openDirect', {
  summary: 'The chat of exactly these people and you, made on first use.',
  rest: 'POST /chats/direct',
  access: 'signed_in',
  person: true,
  writes: 'resolved',
  input: z.strictObject({ usernames: z.array(Username).min(1).max(200) }),
  output: Chat,
  emits: [memberAdded, memberJoined, chatAdded],
})

export const getChat = query('chat.getChat', {
  summary: 'One chat, with the head of its stream.',
  rest: 'GET /chats/{chatId}',
  access: { read: 'chatId' },
  input: z.strictObject({ chatId: ChatId }),
  output: Chat,
})

export const listChats = query('chat.listChats', {
  summary: 'The chats you are a member of, the latest talk first.',
  rest: 'GET /chats',
  access: 'signed_in',
  input: z.strictObject({ kinds: z.array(ChatKind).optional(), ...page }),
  output: listOf(Chat),
})

export const joinChat = command('chat.joinChat', {
  summary: 'Become a member; repeating it changes nothing.',
  rest: 'POST /chats/{chatId}/join',
  access: { can: 'join', of: 'chatId' },
  person: true,
  writes: ['chat:{chatId}', 'user:{me}'],
  input: z.strictObject({ chatId: ChatId }),
  output: Chat,
  emits: [memberJoined, memberAdded, chatAdded],
})

export const leaveChat = command('chat.leaveChat', {
  summary: 'Be a member no more; repeating it changes nothing.',
  rest: 'POST /chats/{chatId}/leave',
  access: { read: 'chatId' },
  person: true,
  writes: ['chat:{chatId}', 'user:{me}'],
  input: z.strictObject({ chatId: ChatId }),
  output: Nothing,
  emits: [memberLeft, chatLeft],
})

export const listMembers = query('chat.listMembers', {
  summary: 'The members of a chat by name.',
  rest: 'GET /chats/{chatId}/members',
  access: { read: 'chatId' },
  input: z.strictObject({ chatId: ChatId, ...page }),
  output: listOf(Member),
})

export const sendMessage = command('chat.sendMessage', {
  summary: 'Add a message to a chat, or to the direct chat with the people of `to`.',
  rest: 'POST /chats/{chatId}/messages',
  access: { can: 'send', of: 'chatId' },
  person: true,
  writes: 'resolved',
  input: z
    .strictObject({
      chatId: ChatId.optional(),
      to: z.array(Username).min(1).max(200).optional(),
      clientMessageId: CommandId,
      body: MessageBody,
      data: Data.optional(),
      replyTo: MessageId.optional(),
      mentions: z.array(Username).max(50).optional(),
    })
    .refine(({ chatId, to }) => (chatId === undefined) !== (to === undefined), {
      message: 'give either chatId or to',
      path: ['chatId'],
      params: { reason: 'exclusive' },
    }),
  output: Message,
  emits: [messageSent, memberAdded, memberJoined, chatAdded],
})

export const readHistory = query('chat.readHistory', {
  summary:
    'Messages of a chat in order: before, after or around a position, the newest without one.',
  rest: 'GET /chats/{chatId}/messages',
  access: { read: 'chatId' },
  input: z
    .strictObject({
      chatId: ChatId,
      before: Seq.optional(),
      after: Seq.optional(),
      around: Seq.optional(),
      limit: PageLimit.default(50),
    })
    .refine(
      ({ before, after, around }) =>
        [before, after, around].filter((each) => each !== undefined).length < 2,
      {
        message: 'give one of before, after and around',
        path: ['before'],
        params: { reason: 'exclusive' },
      },
    ),
  output: z.object({ items: z.array(Message), head: Seq, nextCursor: z.string().optional() }),
})

export const markRead = command('chat.markRead', {
  summary: 'Everything up to this position is read; a mark never moves back.',
  rest: 'PUT /chats/{chatId}/read',
  access: { member: 'chatId' },
  person: true,
  writes: ['user:{me}'],
  input: z.strictObject({ chatId: ChatId, seq: Seq }),
  output: z.object({ readSeq: Seq, readNumber: z.int(), unread: z.int() }),
  emits: [readMarked, readMoved],
})

export const setTyping = live('chat.setTyping', {
  summary: 'Say that you are writing, or have stopped; others forget it after 10 seconds.',
  rest: 'PUT /chats/{chatId}/typing',
  access: { can: 'send', of: 'chatId' },
  person: true,
  connection: true,
  input: z.strictObject({ chatId: ChatId, typing: z.boolean() }),
  output: Nothing,
  emits: [typingChanged],
})

const ofMember = z.strictObject({ chatId: ChatId, username: Username })
const sanction = ofMember.extend({
  /** When it ends by itself; without it never. */
  until: Timestamp.optional(),
  reason: Reason.optional(),
})

export const addMembers = command('chat.addMembers', {
  summary: 'Make people members of a channel; those who are stay.',
  rest: 'POST /chats/{chatId}/members',
  access: { can: 'add_members', of: 'chatId' },
  writes: 'resolved',
  input: z.strictObject({ chatId: ChatId, usernames: z.array(Username).min(1).max(200) }),
  output: Nothing,
  emits: [memberAdded, memberJoined, chatAdded],
})

export const removeMember = command('chat.removeMember', {
  summary:
    'Put a person out, who may come back where joining is open; repeating it changes nothing.',
  rest: 'DELETE /chats/{chatId}/members/{username}',
  access: { can: 'remove_members', of: 'chatId' },
  writes: ['chat:{chatId}', 'user:{username}'],
  input: ofMember.extend({ reason: Reason.optional() }),
  output: Nothing,
  emits: [memberRemoved, chatLeft],
})

export const setMemberRole = command('chat.setMemberRole', {
  summary: 'Make a member an owner, who holds every permission, or one no more.',
  rest: 'PUT /chats/{chatId}/members/{username}/role',
  access: { can: 'manage', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: ofMember.extend({ role: z.enum(['owner', 'member']) }),
  output: Nothing,
  emits: [permissionsChanged],
})

export const muteMember = command('chat.muteMember', {
  summary: 'Let a person read but not send, whatever is granted to them.',
  rest: 'PUT /chats/{chatId}/mutes/{username}',
  access: { can: 'moderate', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: sanction,
  output: Nothing,
  emits: [permissionsChanged],
})

export const unmuteMember = command('chat.unmuteMember', {
  summary: 'Let a muted person send again; repeating it changes nothing.',
  rest: 'DELETE /chats/{chatId}/mutes/{username}',
  access: { can: 'moderate', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: ofMember,
  output: Nothing,
  emits: [permissionsChanged],
})

export const banMember = command('chat.banMember', {
  summary: 'Put a person out and keep them out, whatever is granted to them.',
  rest: 'PUT /chats/{chatId}/bans/{username}',
  access: { can: 'moderate', of: 'chatId' },
  writes: ['chat:{chatId}', 'user:{username}'],
  input: sanction,
  output: Nothing,
  emits: [permissionsChanged, memberRemoved, chatLeft],
})

export const unbanMember = command('chat.unbanMember', {
  summary: 'Let a banned person come back; repeating it changes nothing.',
  rest: 'DELETE /chats/{chatId}/bans/{username}',
  access: { can: 'moderate', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: ofMember,
  output: Nothing,
  emits: [permissionsChanged],
})

export const getPermissions = query('chat.getPermissions', {
  summary:
    'What is granted to whom, defaults included, and what you may do; without `manage` only what concerns you.',
  rest: 'GET /chats/{chatId}/permissions',
  access: { read: 'chatId' },
  input: z.strictObject({ chatId: ChatId, subject: PermissionSubject.optional() }),
  output: z.object({
    permissions: z.record(PermissionSubject, z.array(ChatPermission)),
    mine: z.array(ChatPermission),
  }),
})

const granted = z.object({ subject: PermissionSubject, permissions: z.array(ChatPermission) })

export const setPermissions = command('chat.setPermissions', {
  summary: 'Grant permissions to a subject beside those it has, or with `replace` instead of them.',
  rest: 'POST /chats/{chatId}/permissions',
  access: { can: 'manage', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: z.strictObject({
    chatId: ChatId,
    subject: PermissionSubject,
    permissions: z.array(ChatPermission).max(16),
    replace: z.boolean().default(false),
  }),
  output: granted,
  emits: [permissionsChanged],
})

export const removePermissions = command('chat.removePermissions', {
  summary: 'Take permissions from a subject, all of them when none is named.',
  rest: 'DELETE /chats/{chatId}/permissions',
  access: { can: 'manage', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: z.strictObject({
    chatId: ChatId,
    subject: PermissionSubject,
    permissions: z.array(ChatPermission).max(16).optional(),
  }),
  output: granted,
  emits: [permissionsChanged],
})

export const setName = command('chat.setName', {
  summary: 'Give a chat another name; `null` takes it away.',
  rest: 'PUT /chats/{chatId}/name',
  access: { can: 'set_name', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: z.strictObject({ chatId: ChatId, name: DisplayName.nullable() }),
  output: Nothing,
  emits: [nameChanged],
})

export const setTopic = command('chat.setTopic', {
  summary: 'Give a chat another topic; `null` takes it away.',
  rest: 'PUT /chats/{chatId}/topic',
  access: { can: 'set_topic', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: z.strictObject({ chatId: ChatId, topic: Topic.nullable() }),
  output: Nothing,
  emits: [topicChanged],
})

export const removeChat = command('chat.removeChat', {
  summary: 'Remove a chat with everything that was said in it, for good; its id stays taken.',
  rest: 'DELETE /chats/{chatId}',
  access: { can: 'remove', of: 'chatId' },
  writes: ['chat:{chatId}'],
  input: z.strictObject({ chatId: ChatId }),
  output: Nothing,
  emits: [chatRemoved],
})
