import type { ErrorShape, InputOf } from '@collab-kit/protocol'
import type { PendingMessage } from '../domains/chat/model.ts'

/** A message to send, as it is kept until the service has it. */
export interface OutboxRecord {
  message: Omit<PendingMessage, 'state' | 'error'>
  /** Rises with the order of sending. */
  order: number
  /** The tab that sends it. */
  owner: string
  /** It was refused for good: only its writer decides what becomes of it. */
  error?: ErrorShape
}

export function isRecord(value: unknown): value is OutboxRecord {
  const { message, order, owner } = (value ?? {}) as Partial<OutboxRecord>
  return (
    typeof message?.clientMessageId === 'string' &&
    typeof order === 'number' &&
    typeof owner === 'string'
  )
}

export function toInput({ message }: OutboxRecord): InputOf<'chat.sendMessage'> {
  const { createdAt: _createdAt, ...input } = message
  return input
}
