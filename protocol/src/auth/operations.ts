import { z } from 'zod'
import { Timestamp, Username } from '../kit/ids.ts'
import { Nothing } from '../kit/list.ts'
import { command } from '../kit/operation.ts'
import { DisplayName } from '../kit/text.ts'
import { Password, SignIn } from './model.ts'
import { tokenExpiring } from './events.ts'

const beforeSignIn = { access: 'anyone', before: 'sign_in', secret: true, output: SignIn } as const

export const register = command('auth.register', {
  ...beforeSignIn,
  summary: 'Make an account of your own and sign in.',
  rest: 'POST /auth/register',
  cost: 10,
  input: z.strictObject({
    username: Username,
    password: Password,
    displayName: DisplayName.optional(),
    firstName: DisplayName.optional(),
    lastName: DisplayName.optional(),
    email: z.email().max(254).optional(),
  }),
  errors: ['already_exists'],
})

export const signIn = command('auth.signIn', {
  ...beforeSignIn,
  summary: 'Sign in with a name and a password.',
  rest: 'POST /auth/sign-in',
  cost: 10,
  input: z.strictObject({
    username: z.string().min(1).max(128),
    password: z.string().min(1).max(256),
  }),
})

export const continueAsGuest = command('auth.continueAsGuest', {
  ...beforeSignIn,
  summary: 'Sign in as a guest with nothing but a name to show.',
  rest: 'POST /auth/guest',
  cost: 5,
  input: z.strictObject({ displayName: DisplayName }),
})

export const refresh = command('auth.refresh', {
  ...beforeSignIn,
  summary: 'Exchange a refresh token for a new pair; using an old one again ends the sign-in.',
  rest: 'POST /auth/refresh',
  takesCommandId: true,
  input: z.strictObject({ refreshToken: z.string().min(1).max(256) }),
})

export const renew = command('auth.renew', {
  summary: 'Give the live connection a newer token of the same person.',
  rest: 'POST /auth/renew',
  access: 'signed_in',
  connection: true,
  secret: true,
  input: z.strictObject({ token: z.string().min(1).max(8192) }),
  output: z.object({ tokenExpiresAt: Timestamp }),
  emits: [tokenExpiring],
})

export const signOut = command('auth.signOut', {
  summary: "End this device's sign-in and its connections.",
  rest: 'POST /auth/sign-out',
  access: 'signed_in',
  secret: true,
  writes: [],
  input: z.strictObject({}),
  output: Nothing,
})
