import { z } from 'zod'
import { Timestamp, Username } from '../kit/ids.ts'
import { DisplayName } from '../kit/text.ts'

export const User = z
  .object({
    username: Username,
    displayName: z.string(),
    /** Whether this is a guest: nobody vouches for the name. */
    guest: z.boolean(),
    picture: z.string().optional(),
    /** Set when the account is gone; what it wrote is gone too. */
    deleted: z.literal(true).optional(),
  })
  .meta({ id: 'User', description: 'A person as others see them.' })
export type User = z.output<typeof User>

export const roles = ['guest', 'user', 'admin'] as const
export type Role = (typeof roles)[number]

/** Values that an app keeps with a person, seen by that person, admins and API keys. */
export const Properties = z.record(z.string(), z.unknown())

export const Me = User.extend({
  role: z.enum(roles),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional(),
  createdAt: Timestamp,
  /** The host whose tokens speak for this person; absent for accounts of the service. */
  issuer: z.string().optional(),
  properties: Properties.optional(),
}).meta({ id: 'Me', description: 'A person as they see themselves.' })
export type Me = z.output<typeof Me>

export const Account = Me.extend({
  disabledAt: Timestamp.optional(),
}).meta({ id: 'Account', description: 'A person as admins see them.' })
export type Account = z.output<typeof Account>

/** Address of a picture; pages load it, so it is https. */
export const Picture = z
  .url({ protocol: /^https$/ })
  .max(2048)
  .meta({ id: 'Picture' })

/** What may be said of a person; `null` takes a value away. */
export const profile = {
  displayName: DisplayName.optional(),
  firstName: DisplayName.nullable().optional(),
  lastName: DisplayName.nullable().optional(),
  email: z.email().max(254).nullable().optional(),
  picture: Picture.nullable().optional(),
}

export const PropertyName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, '1–64 of A–Z a–z 0–9 _ . -')
  .meta({ id: 'PropertyName' })

export const searchFields = ['username', 'displayName', 'firstName', 'lastName', 'email'] as const
export const SearchField = z.enum(searchFields)
export type SearchField = z.output<typeof SearchField>
