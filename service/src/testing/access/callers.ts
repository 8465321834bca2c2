import type { Caller } from '../../kernel/context.ts'

/** Who calls, in the order of the page's columns. */
export const callerKinds = [
  'anonymous',
  'guest',
  'user',
  'member',
  'muted',
  'banned',
  'removed',
  'group',
  'owner',
  'admin',
  'key',
  'acting',
  'reader',
] as const
export type CallerKind = (typeof callerKinds)[number]

/** How the page names them, and what they are. */
export const callers: Record<CallerKind, { label: string; meaning: string }> = {
  anonymous: { label: 'anonymous', meaning: 'shows no credentials' },
  guest: {
    label: 'guest',
    meaning: 'signed in with a name alone; a member of private chats that are "own"',
  },
  user: { label: 'stranger', meaning: 'an account that has nothing to do with what is asked for' },
  member: { label: 'member', meaning: 'a member of the chat' },
  muted: { label: 'muted', meaning: 'a member who is muted there' },
  banned: { label: 'banned', meaning: 'one who was a member and is banned there' },
  removed: { label: 'ex-member', meaning: 'one who was a member and was put out' },
  group: {
    label: 'by group',
    meaning:
      'no member, but in a group that is granted `join`, `add_members`, `remove_members`, `set_topic` and `manage` there',
  },
  owner: { label: 'owner', meaning: 'the account that made the chat' },
  admin: { label: 'admin', meaning: 'an account with the role `admin`' },
  key: { label: 'key `*`', meaning: 'an API key with the scope `*` that acts for nobody' },
  acting: {
    label: 'key for a person',
    meaning: 'an API key with the scope `*` that acts for an account; that account is a member',
  },
  reader: { label: 'key `users:read`', meaning: 'an API key with this scope alone' },
}

/** Whose standing depends on a chat are columns of the domains that are about chats. */
const PLAIN: readonly CallerKind[] = [
  'anonymous',
  'guest',
  'user',
  'admin',
  'key',
  'acting',
  'reader',
]

export const callersOf = (domain: string): readonly CallerKind[] =>
  domain === 'chat' || domain === 'streams' ? callerKinds : PLAIN

export interface Credentials {
  token?: string
  apiKey?: string
  secret?: string
  actAs?: string
  /** Opens an event stream, once. */
  ticket?: string
}

/** One who calls. */
export interface Actor {
  kind: CallerKind
  /** The person's name, or the key's id; empty for nobody. */
  username: string
  /** Absent for nobody. */
  caller: Caller | undefined
  credentials: Credentials
}
