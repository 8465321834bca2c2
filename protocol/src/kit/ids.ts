import { z } from 'zod'
import { parseStreamKey } from './stream-key.ts'

export * from './stream-key.ts'

/** 1–128 printable characters, NFC, no white space, `/`, `:` or `#`; case-sensitive. */
export function isName(value: string): boolean {
  return (
    NAME.test(value) &&
    !UNPRINTABLE.test(value) &&
    value.isWellFormed() &&
    value.normalize('NFC') === value &&
    // As a part of a path these two mean another path, encoded or not.
    value !== '.' &&
    value !== '..'
  )
}
const NAME = /^[^\s/:#]{1,128}$/u
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

const name = (what: string, fits: (value: string) => boolean = isName) =>
  z
    .string()
    .min(1)
    .max(161)
    .refine(fits, {
      message: `${what}: 1–128 printable characters, NFC, without white space, "/", ":" or "#"`,
      params: { reason: 'invalid_text' },
    })

/** The name of an issuer of tokens, which its people and groups begin with. */
export const ISSUER_NAME = /^[a-z0-9-]{1,32}$/

/** A name, or one that begins with its issuer's: `NAME:name`. */
export function isIssuedName(value: string): boolean {
  const colon = value.indexOf(':')
  return isName(value.slice(colon + 1)) && (colon < 0 || ISSUER_NAME.test(value.slice(0, colon)))
}

export const Username = name('username', isIssuedName).meta({
  id: 'Username',
  description: 'Names a person; of another issuer than the primary one as `NAME:name`.',
})
export type Username = z.output<typeof Username>

/** A name that a person may choose for an account of the service. */
export const LocalUsername = name('username').meta({ id: 'LocalUsername' })

export const GroupName = name('group', isIssuedName).meta({
  id: 'GroupName',
  description: 'Names a group; one that tokens manage as `NAME:group`.',
})
export type GroupName = z.output<typeof GroupName>

export const ChatId = name('chatId').meta({ id: 'ChatId', description: 'Names a chat.' })
export type ChatId = z.output<typeof ChatId>

export const ActivityType = name('type').meta({
  id: 'ActivityType',
  description: 'What kind of thing an activity is: the app names it.',
})
export const ActivityId = name('id').meta({
  id: 'ActivityId',
  description: 'Names an activity among those of its type.',
})

export const ConnectionId = z.string().min(1).max(64).meta({ id: 'ConnectionId' })
export type ConnectionId = z.output<typeof ConnectionId>

/** Number of a state; it rises with every change. */
export const Rev = z.int().min(0).meta({ id: 'Rev' })
export type Rev = z.output<typeof Rev>

/** Names one message for good; unique over the whole service. */
export const MessageId = z.string().min(1).max(64).meta({ id: 'MessageId' })
export type MessageId = z.output<typeof MessageId>

/** Chosen by the caller so that a command can be repeated safely. */
export const CommandId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, '1–64 of A–Z a–z 0–9 _ -')
  .meta({ id: 'CommandId' })
export type CommandId = z.output<typeof CommandId>

/** A position in a stream; 0 is before the first event. */
export const Seq = z.int().min(0).meta({ id: 'Seq', errorCode: 'invalid_cursor' })
export type Seq = z.output<typeof Seq>

/** Moment in ISO 8601, UTC, with milliseconds. */
export const Timestamp = z.iso.datetime().meta({ id: 'Timestamp' })

export const StreamName = z
  .string()
  .min(1)
  .max(1024)
  .refine((key) => parseStreamKey(key) !== undefined, {
    message: 'a stream is named kind:id, with the id percent-encoded',
    params: { reason: 'invalid_stream' },
  })
  .meta({ id: 'StreamName' })
