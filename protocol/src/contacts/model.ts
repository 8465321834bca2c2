import { z } from 'zod'
import { Timestamp } from '../kit/ids.ts'
import { DisplayName } from '../kit/text.ts'
import { Presence } from '../presence/model.ts'
import { User } from '../users/model.ts'

export const Label = z.string().min(1).max(64).meta({ id: 'Label' })

export const Contact = z
  .object({
    user: User,
    /** What you call them. */
    nickname: z.string().optional(),
    labels: z.array(Label),
    createdAt: Timestamp,
    /** How they are here; only in answers of `listContacts`. */
    presence: Presence.optional(),
  })
  .meta({ id: 'Contact', description: 'A person in your list.' })
export type Contact = z.output<typeof Contact>

export const about = {
  nickname: DisplayName.nullable().optional(),
  labels: z.array(Label).max(20).optional(),
}
