import { z } from 'zod'
import { Timestamp } from '../kit/ids.ts'
import { Me } from '../users/model.ts'

/** Tokens of a new or renewed sign-in. */
export const SignIn = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresAt: Timestamp,
    user: Me,
  })
  .meta({ id: 'SignIn' })
export type SignIn = z.output<typeof SignIn>

export const Password = z
  .string()
  .min(8, 'a password has at least 8 characters')
  .max(256)
  .meta({ id: 'Password' })
