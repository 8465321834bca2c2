import { createHash } from 'node:crypto'
import { CollabError } from '@collab-kit/protocol'
import type { Session } from './store.ts'

export interface CommandKey {
  actor: string
  operation: string
  commandId: string
}

/** Hash of an input that does not depend on the order of its keys. */
export function hashInput(input: unknown): string {
  return createHash('sha256').update(canonical(input)).digest('base64url')
}

/** JSON with sorted keys: equal for equal values. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
  return `{${fields.join(',')}}`
}

/** The remembered reply of a command, as JSON; refuses the same id with another input. */
export async function recall(
  { db }: Session,
  key: CommandKey,
  inputHash: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('commands')
    .select(['input_hash', 'reply'])
    .where('actor', '=', key.actor)
    .where('operation', '=', key.operation)
    .where('command_id', '=', key.commandId)
    .executeTakeFirst()
  if (!row) return undefined
  if (row.input_hash !== inputHash) {
    throw new CollabError('idempotency_conflict', { details: { commandId: key.commandId } })
  }
  return row.reply
}

export async function remember(
  { db }: Session,
  key: CommandKey,
  entry: { inputHash: string; reply: string; at: string },
): Promise<void> {
  await db
    .insertInto('commands')
    .values({
      actor: key.actor,
      operation: key.operation,
      command_id: key.commandId,
      input_hash: entry.inputHash,
      reply: entry.reply,
      at: entry.at,
    })
    .execute()
}

/** Replies are kept for 7 days. */
export const REMEMBERED_MS = 7 * 24 * 3600 * 1000
