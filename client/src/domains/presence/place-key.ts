import type { PresenceTarget } from './model.ts'

/** The same for the same people, in whichever order they are named. */
export function placeKey(target: PresenceTarget): string {
  if ('contacts' in target) return 'contacts'
  if ('chatId' in target) return `chat:${target.chatId}`
  if ('activity' in target) return `activity:${target.activity.type}/${target.activity.id}`
  return `users:${[...new Set(target.usernames)].sort().join(' ')}`
}
