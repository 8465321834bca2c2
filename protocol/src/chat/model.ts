import { z } from 'zod'
import { ChatId, CommandId, MessageId, Seq, Timestamp, Username } from '../kit/ids.ts'
import { subject } from '../kit/subject.ts'
import { isBlank } from '../kit/text.ts'

/**
 * - `room`: you are in it while one of your connections is
 * - `channel`: lasting members, public or private
 * - `direct`: a fixed set of two or more people
 */
export const chatKinds = ['room', 'channel', 'direct'] as const
export const ChatKind = z.enum(chatKinds).meta({ id: 'ChatKind' })
export type ChatKind = z.output<typeof ChatKind>

export const Visibility = z.enum(['public', 'private']).meta({ id: 'Visibility' })
export const HistoryVisibility = z.enum(['all', 'since_joined']).meta({ id: 'HistoryVisibility' })

export const chatPermissions = [
  'join',
  'send',
  'add_members',
  'remove_members',
  'set_name',
  'set_topic',
  'moderate',
  'manage',
  'remove',
] as const
export const ChatPermission = z.enum(chatPermissions).meta({ id: 'ChatPermission' })
export type ChatPermission = z.output<typeof ChatPermission>

/**
 * - `world`: every signed-in person, guests too
 * - `members`: whoever is a member
 * - `group:NAME`, `user:NAME`
 */
export const PermissionSubject = subject(['world', 'members']).meta({
  id: 'PermissionSubject',
  description: '`world`, `members`, `group:NAME` or `user:NAME`.',
})
export type PermissionSubject = z.output<typeof PermissionSubject>

/** Why somebody was put out or silenced, for people to read. */
export const Reason = z
  .string()
  .max(500)
  .refine((text) => !isBlank(text), {
    message: 'a reason has something that can be seen',
    params: { reason: 'invalid_text' },
  })
  .meta({ id: 'Reason' })

/** JSON that an app attaches; kept as it is. */
export const Data = z.record(z.string(), z.unknown()).meta({ id: 'Data' })

export const Message = z
  .object({
    messageId: MessageId,
    chatId: ChatId,
    /** Position in the chat's stream. */
    seq: Seq,
    /** Counts the chat's messages: 1 is the first. */
    number: z.int(),
    sender: Username,
    body: z.string(),
    data: Data.optional(),
    replyTo: MessageId.optional(),
    mentions: z.array(Username),
    attachments: z.array(z.unknown()),
    reactions: z.record(z.string(), z.array(Username)),
    createdAt: Timestamp,
    editedAt: Timestamp.optional(),
    deletedAt: Timestamp.optional(),
    clientMessageId: CommandId,
  })
  .meta({ id: 'Message' })
export type Message = z.output<typeof Message>

/** What a chat means to the one who asks. */
export const Membership = z
  .object({
    role: z.enum(['owner', 'member']),
    joinedAt: Timestamp,
    /** Number of the last message read. */
    readNumber: z.int(),
    /** Position up to which everything is read. */
    readSeq: Seq,
    unread: z.int(),
  })
  .meta({ id: 'Membership' })
export type Membership = z.output<typeof Membership>

export const Chat = z
  .object({
    chatId: ChatId,
    kind: ChatKind,
    visibility: Visibility,
    historyVisibility: HistoryVisibility,
    name: z.string().optional(),
    topic: z.string().optional(),
    createdBy: Username.optional(),
    createdAt: Timestamp,
    memberCount: z.int(),
    /** The people of a direct chat. */
    members: z.array(Username).optional(),
    /** Number of the newest message; 0 when there is none. */
    lastNumber: z.int(),
    lastMessage: Message.optional(),
    /** Head of the stream at this snapshot. */
    head: Seq,
    /** Absent for one who is no member. */
    membership: Membership.optional(),
    /** What the caller may do here. */
    permissions: z.array(ChatPermission),
  })
  .meta({ id: 'Chat' })
export type Chat = z.output<typeof Chat>

export const Member = z
  .object({
    username: Username,
    displayName: z.string(),
    guest: z.boolean(),
    picture: z.string().optional(),
    role: z.enum(['owner', 'member']),
    joinedAt: Timestamp,
  })
  .meta({ id: 'Member' })
export type Member = z.output<typeof Member>

export const MemberRef = z.object({ chatId: ChatId, username: Username })
