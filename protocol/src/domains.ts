import { activities } from './activities/index.ts'
import { auth } from './auth/index.ts'
import { chat } from './chat/index.ts'
import { contacts } from './contacts/index.ts'
import { groups } from './groups/index.ts'
import { presence } from './presence/index.ts'
import { streams } from './streams/index.ts'
import { system } from './system/index.ts'
import { users } from './users/index.ts'

/** Every domain of the protocol; all else is derived from it. */
export const domains = {
  system,
  streams,
  auth,
  users,
  groups,
  contacts,
  presence,
  activities,
  chat,
} as const
export type Domains = typeof domains
