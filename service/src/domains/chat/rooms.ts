import type { Connection, Edge } from '../../kernel/context.ts'

/** How long somebody is still in a room without a connection in it: a reload is not a leave. */
export const ROOM_GRACE_MS = 15_000

/** Which connections are in which room: a person is in it while one of theirs is. */
export interface Rooms {
  enter(edge: Edge, chatId: string): void
  leave(username: string, chatId: string): void
  disconnected(edge: Edge, connection: Connection): void
}

export function createRooms(): Rooms {
  /** Connections by person and room. */
  const present = new Map<string, Set<string>>()
  /** Departures under way, to be called off by a return. */
  const leaving = new Map<string, () => void>()
  /** Rooms by connection. */
  const entered = new Map<string, Set<string>>()
  const place = (username: string, chatId: string) => `${username}\n${chatId}`

  const stay = (key: string) => {
    leaving.get(key)?.()
    leaving.delete(key)
  }

  return {
    enter(edge, chatId) {
      const { connection, caller } = edge
      if (!connection) return
      const key = place(caller.username, chatId)
      stay(key)
      present.set(key, (present.get(key) ?? new Set()).add(connection.id))
      entered.set(connection.id, (entered.get(connection.id) ?? new Set()).add(chatId))
    },
    leave(username, chatId) {
      const key = place(username, chatId)
      stay(key)
      for (const id of present.get(key) ?? []) entered.get(id)?.delete(chatId)
      present.delete(key)
    },
    disconnected(edge, { id, caller: { username } }) {
      const chatIds = entered.get(id) ?? new Set()
      entered.delete(id)
      for (const chatId of chatIds) {
        const key = place(username, chatId)
        const others = present.get(key)
        others?.delete(id)
        if (others?.size) continue
        present.delete(key)
        const giveUp = () => {
          leaving.delete(key)
          // A database that cannot take it now is asked again later.
          edge.internal('chat.$leaveRoom', { chatId, username }).catch(wait)
        }
        const wait = () => leaving.set(key, edge.after(ROOM_GRACE_MS, giveUp))
        wait()
      }
    },
  }
}
