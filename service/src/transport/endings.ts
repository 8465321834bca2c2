import { mayGoOn } from '../kernel/context.ts'
import type { Doors } from '../kernel/dispatch.ts'
import type { Authenticator } from './authenticator.ts'
import type { LiveConnection } from './connection.ts'
import type { Hub } from './hub.ts'

/** How this node ends what somebody has no right to any more. */
export interface Endings extends Pick<Doors, 'endSignIn' | 'endPerson'> {
  /** End what the same ticket opened before this connection. */
  endReplaced(by: { username: string; ticket: string; connectionId: string }): void
}

export function createEndings(hub: Hub, authenticator: Authenticator): Endings {
  return {
    endSignIn(signInId, code) {
      authenticator.forget(signInId)
      for (const reader of [...hub.readers()] as LiveConnection[]) {
        if (reader.caller.signInId === signInId)
          reader.close({ code, reconnect: false, afterMs: 0 })
      }
    },
    endReplaced({ username, ticket, connectionId }) {
      for (const reader of hub.readersOf(username) as LiveConnection[]) {
        if (reader.ticket === ticket && reader.id !== connectionId)
          reader.close({ code: 'replaced', reconnect: false, afterMs: 0 })
      }
    },
    endPerson(state) {
      authenticator.forgetPerson(state.username)
      for (const reader of [...hub.readersOf(state.username)] as LiveConnection[]) {
        const { caller } = reader
        if (!mayGoOn(state, caller)) reader.close({ code: 'revoked', reconnect: false, afterMs: 0 })
        // Another role: the connection begins anew with it.
        else if (caller.role !== state.role)
          reader.close({ code: 'revoked', reconnect: true, afterMs: 0 })
      }
    },
  }
}
