import { createHash } from 'node:crypto'
import type { ChatPermission } from '@collab-kit/protocol'
import type { Caller } from '../../kernel/context.ts'
import type { ChatRow, MemberRow } from './store.ts'

/** Chosen ids never look like the ids of direct chats. */
const DIRECT = 'direct-'

/** The one id of the direct chat of these people, whoever opens it. */
export function directId(usernames: readonly string[]): string {
  const people = JSON.stringify([...new Set(usernames)].sort())
  return DIRECT + createHash('sha256').update(people).digest('base64url').slice(0, 22)
}

export const isReservedChatId = (chatId: string): boolean => chatId.startsWith(DIRECT)

/** The people of a direct chat: the caller and those named, each once. */
export const peopleOf = (caller: Caller, usernames: readonly string[]): string[] =>
  [...new Set([caller.username, ...usernames])].sort()

const MAKER: readonly ChatPermission[] = [
  'join',
  'send',
  'add_members',
  'remove_members',
  'set_name',
  'set_topic',
  'moderate',
  'manage',
  'remove',
]

/**
 * What a person may do in a chat: the defaults of the permissions. An empty answer for one who is no member of a
 * private chat means that it must look absent.
 */
export function permissionsIn(
  chat: ChatRow,
  member: MemberRow | undefined,
  caller: Caller,
): ReadonlySet<ChatPermission> {
  const permissions = new Set<ChatPermission>()
  if (chat.kind !== 'direct' && chat.visibility === 'public') permissions.add('join')
  if (member) {
    permissions.add('send')
    if (chat.kind !== 'direct') permissions.add('join')
  }
  const owns =
    member?.role === 'owner' || (chat.created_by === caller.username && caller.role !== 'guest')
  if (owns && chat.kind !== 'direct') for (const each of MAKER) permissions.add(each)
  if (caller.role === 'admin') for (const each of MAKER) permissions.add(each)
  // Sending from outside is nobody's right: one has to be in.
  if (!member) permissions.delete('send')
  return permissions
}

/** The last position that a reader may not see: joining itself is the first thing one sees. */
export const hiddenUpTo = (chat: ChatRow, member: MemberRow | undefined): number =>
  chat.history_visibility === 'since_joined'
    ? member
      ? member.joined_seq - 1
      : Number.MAX_SAFE_INTEGER
    : 0

/** A read mark never moves back, nor past the end. */
export function nextReadMark(
  mark: { readSeq: number; readNumber: number },
  wanted: { seq: number; number: number },
  head: number,
): { readSeq: number; readNumber: number } | undefined {
  const seq = Math.min(wanted.seq, head)
  if (seq <= mark.readSeq && wanted.number <= mark.readNumber) return undefined
  return {
    readSeq: Math.max(mark.readSeq, seq),
    readNumber: Math.max(mark.readNumber, wanted.number),
  }
}

/** A message's name: its chat's key and its position. */
export const toMessageId = (chatKey: string, seq: number): string =>
  `${chatKey}-${seq.toString(36)}`

/** Position of a message named within this chat, or nothing when it is another's. */
export function seqOfMessage(chatKey: string, messageId: string): number | undefined {
  const [key, position, ...rest] = messageId.split('-')
  const seq = Number.parseInt(position ?? '', 36)
  return key === chatKey && rest.length === 0 && toMessageId(chatKey, seq) === messageId
    ? seq
    : undefined
}
