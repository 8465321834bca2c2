import type { PresenceTarget } from '@collab-kit/client'

/** The attributes by which a page says whose presence it wants. */
export interface TargetAttributes {
  contacts: boolean
  chatId: string | undefined
  activityType: string | undefined
  activityId: string | undefined
  usernames: string | readonly string[] | undefined
}

/** Whose presence is meant; the first of several that are given, in this order. */
export function targetOf(given: TargetAttributes): PresenceTarget | undefined {
  const { contacts, chatId, activityType: type, activityId: id, usernames } = given
  if (chatId) return { chatId }
  if (type && id) return { activity: { type, id } }
  const names = namesOf(usernames)
  if (names.length > 0) return { usernames: names }
  return contacts ? { contacts: true } : undefined
}

/** Usernames hold neither spaces nor commas. */
function namesOf(usernames: string | readonly string[] | undefined): string[] {
  const names = typeof usernames === 'string' ? usernames.split(/[\s,]+/u) : (usernames ?? [])
  return [...new Set(names.filter(Boolean))]
}
