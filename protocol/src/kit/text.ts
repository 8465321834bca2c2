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

/** A name shown to people: up to 80 characters as a reader counts them, without line breaks or direction controls. */
export const DisplayName = z
  .string()
  .max(640)
  .refine(
    (text) =>
      !isBlank(text) &&
      !BIDI_CONTROL.test(text) &&
      !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) &&
      graphemes(text) <= 80,
    {
      message: 'a name has 1–80 visible characters on one line, without direction controls',
      params: { reason: 'invalid_text' },
    },
  )
  .meta({ id: 'DisplayName' })

/** How many characters a reader counts. */
export function graphemes(text: string): number {
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
