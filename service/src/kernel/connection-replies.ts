import { CollabError } from '@collab-kit/protocol'
import type { Connection } from './context.ts'
import { hashInput } from './idempotency.ts'

/** Replies that are remembered of one connection at most. */
const MOST = 64
/** Their text in all at most, characters. */
const MOST_CHARACTERS = 256 * 1024

interface Remembered {
  inputHash: string
  reply: Promise<string>
  /** 0 until the reply is there. */
  characters: number
}

/** One call that may come again. */
export interface Repeatable {
  operation: string
  commandId: string
  input: unknown
}

/** The last replies to what is kept nowhere, as long as the connections last that it was said on. */
export class ConnectionReplies {
  readonly #of = new WeakMap<Connection, Map<string, Remembered>>()

  /**
   * The first reply to this call, which is made unless it was before.
   * @throws CollabError `idempotency_conflict` where the id came with another input
   */
  once(
    connection: Connection,
    { operation, commandId, input }: Repeatable,
    call: () => Promise<string>,
  ): Promise<string> {
    const known = this.#of.get(connection) ?? new Map<string, Remembered>()
    this.#of.set(connection, known)
    const key = `${operation} ${commandId}`
    const inputHash = hashInput(input)
    const before = known.get(key)
    if (before && before.inputHash !== inputHash)
      throw new CollabError('idempotency_conflict', { details: { commandId } })
    if (before) return before.reply
    const remembered = { inputHash, reply: call(), characters: 0 }
    known.set(key, remembered)
    if (known.size > MOST) forgetOldest(known)
    remembered.reply.then(
      (json) => {
        remembered.characters = json.length
        while (charactersOf(known) > MOST_CHARACTERS) forgetOldest(known)
      },
      // Refused, which the caller is told: it is decided anew when it is repeated.
      () => void (known.get(key) === remembered && known.delete(key)),
    )
    return remembered.reply
  }
}

const charactersOf = (known: ReadonlyMap<string, Remembered>): number =>
  [...known.values()].reduce((sum, { characters }) => sum + characters, 0)

function forgetOldest(known: Map<string, Remembered>): void {
  for (const key of known.keys()) return void known.delete(key)
}
