import { auth } from './auth/index.ts'
import { chat } from './chat/index.ts'
import { streams } from './streams/index.ts'
import { system } from './system/index.ts'
import { users } from './users/index.ts'

/** Every domain of the protocol; all else is derived from it. */
export const domains = { system, streams, auth, users, chat } as const
export type Domains = typeof domains
