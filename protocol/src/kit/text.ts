import { z } from 'zod'
import { isBlank } from './visible-text.ts'

export * from './visible-text.ts'

/** What a person writes. Kept and returned unchanged; its size in bytes is limited by configuration. */
export const MessageBody = z
  .string()
  .refine((text) => !isBlank(text), {
    message: 'a message needs something that can be seen',
    params: { reason: 'invalid_text' },
  })
  .meta({ id: 'MessageBody', limit: 'messageBytes' })

const BIDI_CONTROL = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u

/** A name shown to people, without line breaks or direction controls; its length is limited by configuration. */
export const DisplayName = z
  .string()
  .refine(
    (text) => !isBlank(text) && !BIDI_CONTROL.test(text) && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
    {
      message: 'a name has visible characters on one line, without direction controls',
      params: { reason: 'invalid_text' },
    },
  )
  .meta({
    id: 'DisplayName',
    limit: 'nameCharacters',
    description: 'Up to `nameCharacters` characters as a reader counts them, on one line.',
  })

/** How many characters a reader counts. */
export function graphemes(text: string): number {
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
