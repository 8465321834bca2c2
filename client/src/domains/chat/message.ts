import type { Limits } from '@collab-kit/protocol'
import { CollabError, isBlank, isText, limitDefaults } from '@collab-kit/protocol/runtime'

/** What to send: a text, or a text with more. */
export type MessageDraft =
  | string
  | { body: string; data?: Record<string, unknown>; replyTo?: string; mentions?: string[] }

/** Room that the envelope of a message takes of a frame, bytes. */
const ENVELOPE = 1024

const bytesOf = (text: string) => new TextEncoder().encode(text).length

/**
 * Refuses what the service would refuse: a frame that is too large ends the whole connection.
 * @throws CollabError `invalid_payload`, `too_large`
 */
export function checkMessage(
  draft: MessageDraft,
  limits: Partial<Limits> = limitDefaults,
): Exclude<MessageDraft, string> {
  const message = typeof draft === 'string' ? { body: draft } : draft
  const { messageBytes = limitDefaults.messageBytes, frameBytes = limitDefaults.frameBytes } =
    limits
  if (isBlank(message.body) || !isText(message.body)) {
    throw new CollabError('invalid_payload', {
      message: 'A message needs something that can be seen.',
      details: { reason: 'invalid_text', path: 'body' },
    })
  }
  tooLarge(bytesOf(message.body), 'messageBytes', messageBytes)
  tooLarge(bytesOf(JSON.stringify(message)) + ENVELOPE, 'frameBytes', frameBytes)
  return message
}

function tooLarge(size: number, limit: keyof Limits, max: number) {
  if (size > max) throw new CollabError('too_large', { details: { limit, max, size } })
}
