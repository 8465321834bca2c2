import type { Buffer } from 'node:buffer'
import type { RawConnection } from './raw-connection.ts'

/** How somebody is here, as far as a watcher needs it. */
export interface Seen {
  username: string
  rev: number
  status?: string
}

/** One connected person who watches others, and is watched. */
export interface Watcher {
  readonly username: string
  readonly connection: RawConnection
  /** Follow these people from now on; answers how they are. */
  watch(usernames: readonly string[]): Promise<readonly Seen[]>
  /** How these people are, as the server knows it. */
  look(usernames: readonly string[]): Promise<readonly Seen[]>
  /** Say something else of oneself. */
  setStatus(status: string, onReply: (payload: Buffer) => void): void
}

/** Both servers take the same calls; `open` takes their replies apart. */
export function watcher(
  username: string,
  connection: RawConnection,
  open: (reply: unknown) => unknown,
): Watcher {
  const ask = async (operation: string, usernames: readonly string[]) => {
    const reply = open(await connection.call(operation, { usernames }))
    return (reply as { items: readonly Seen[] }).items
  }
  return {
    username,
    connection,
    watch: (usernames) => ask('presence.subscribe', usernames),
    look: (usernames) => ask('presence.getPresence', usernames),
    setStatus: (status, onReply) =>
      connection.emit('presence.setPresence', `{"status":"${status}"}`, onReply),
  }
}
