import type { PersonState } from '../../kernel/context.ts'
import type { UserRow } from './store.ts'

/** What of a person decides about their connections. */
export const toState = (user: UserRow): PersonState => ({
  username: user.username,
  role: user.role,
  gone: user.disabled_at !== null || user.deleted_at !== null,
  ...(user.tokens_from !== null && { tokensFrom: Date.parse(user.tokens_from) }),
})

/** Tokens tell when they were issued in whole seconds: those of the present one may be older than this moment. */
export const nextSecond = (now: string): string =>
  new Date((Math.floor(Date.parse(now) / 1000) + 1) * 1000).toISOString()
