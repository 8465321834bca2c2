import { z } from 'zod'
import { Timestamp, Username } from '../kit/ids.ts'

export const User = z
  .object({
    username: Username,
    displayName: z.string(),
    /** Whether this is a guest: nobody vouches for the name. */
    guest: z.boolean(),
    picture: z.string().optional(),
  })
  .meta({ id: 'User', description: 'A person as others see them.' })
export type User = z.output<typeof User>

export const roles = ['guest', 'user', 'admin'] as const
export type Role = (typeof roles)[number]

export const Me = User.extend({
  role: z.enum(roles),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional(),
  createdAt: Timestamp,
}).meta({ id: 'Me', description: 'A person as they see themselves.' })
export type Me = z.output<typeof Me>
