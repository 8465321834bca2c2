import { presence, presenceStream, type Presence } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import type { Follower } from './follower.ts'
import type { StatesAnswer } from './questions.ts'

const { presenceChanged } = presence.events

/** Read what is so, then let go what was held: nothing is lost in between. */
export async function readStates(
  edge: Edge,
  usernames: readonly string[],
  held: readonly string[],
): Promise<Presence[]> {
  const connection = edge.connection!
  try {
    const reader = edge.caller
    const answer = await edge.lookup('presence.?snapshot', { usernames, reader })
    return (answer as { items: Presence[] }).items
  } finally {
    for (const username of held) connection.release(presenceStream(username), 0)
  }
}

/** Tell those who follow somebody from now on how they are, and let go what was held of them. */
export async function tellStates(
  edge: Pick<Edge, 'lookup'>,
  held: readonly [{ follower: Follower }, readonly string[]][],
): Promise<void> {
  const usernames = [...new Set(held.flatMap(([, names]) => names))]
  if (usernames.length === 0) return
  const readers = [...new Set(held.map(([{ follower }]) => follower.username))]
  try {
    const answer = await edge.lookup('presence.?states', { usernames, readers })
    const { items, blocks } = answer as StatesAnswer
    const states = new Map(items.map((item) => [item.username, item]))
    const blocked = new Set(blocks.map(({ owner, username }) => `${owner}\n${username}`))
    for (const [{ follower }, names] of held) {
      for (const username of names) {
        const item = states.get(username)
        if (!item || item.rev === 0 || !follower.follows(username)) continue
        if (blocked.has(`${follower.username}\n${username}`)) continue
        follower.connection.tell(presenceChanged, item, username)
      }
    }
  } finally {
    for (const [{ follower }, names] of held)
      for (const username of names) follower.connection.release(presenceStream(username), 0)
  }
}
