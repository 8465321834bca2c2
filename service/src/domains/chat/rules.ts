import { createHash } from 'node:crypto'
import { chatPermissions, type ChatPermission } from '@collab-kit/protocol'
import type { Caller } from '../../kernel/context.ts'
import type { Grants, Vocabulary } from '../../kernel/grants.ts'
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

/** What decides in a chat beside its defaults. */
export interface Facts {
  /** What is granted in place of the defaults, by subject. */
  grants: Grants<ChatPermission>
  /** What the person is granted something as, beside as a member. */
  subjects: readonly string[]
  /** What is in force against the person. */
  sanctions: ReadonlySet<'ban' | 'mute'>
}

export const NO_FACTS: Facts = { grants: new Map(), subjects: ['world'], sanctions: new Set() }

/** Who one is in a chat. */
export interface Person {
  caller: Pick<Caller, 'username' | 'role'>
  member: MemberRow | undefined
  facts?: Facts
}

/** Whether a chat is known of and joined by whoever is signed in, unless grants say otherwise. */
export const isOpen = ({ kind, visibility }: Pick<ChatRow, 'kind' | 'visibility'>): boolean =>
  kind !== 'direct' && visibility === 'public'

/** What a subject may do as long as nobody has granted it anything. */
export function defaultGrant(chat: ChatRow, subject: string): readonly ChatPermission[] {
  if (subject === 'members') return ['send']
  return subject === 'world' && isOpen(chat) ? ['join'] : []
}

export const isPower = (permission: ChatPermission): boolean =>
  permission !== 'join' && permission !== 'send'

export const vocabulary: Vocabulary<ChatPermission> = { permissions: chatPermissions, isPower }

/**
 * What a person may do in a chat: the union of what is granted to them, and none of it where a sanction is in force.
 * An empty answer for one who is no member means that the chat must look absent.
 */
export function permissionsIn(
  chat: ChatRow,
  { member, caller, facts: { grants, subjects, sanctions } = NO_FACTS }: Person,
): ReadonlySet<ChatPermission> {
  const admin = caller.role === 'admin'
  if (sanctions.has('ban') && !admin) return new Set()
  const permissions = new Set<ChatPermission>(
    holdsAll(chat, { member, caller }) ? chatPermissions : [],
  )
  for (const subject of member ? ['members', ...subjects] : subjects) {
    for (const each of grants.get(subject) ?? defaultGrant(chat, subject)) permissions.add(each)
  }
  // Who is in may come in again, with another connection or another time.
  if (member && chat.kind !== 'direct') permissions.add('join')
  // Sending from outside is nobody's right: one has to be in.
  if (!member || (sanctions.has('mute') && !admin)) permissions.delete('send')
  return permissions
}

/** Admins, owners, and the account that made the chat; a direct chat is nobody's. */
function holdsAll(
  chat: ChatRow,
  { member, caller: { username, role } }: Omit<Person, 'facts'>,
): boolean {
  if (role === 'admin') return true
  if (chat.kind === 'direct') return false
  return member?.role === 'owner' || (chat.created_by === username && role !== 'guest')
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
