import { z } from 'zod'
import { GroupName, LocalUsername, Timestamp, Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, query } from '../kit/operation.ts'
import { DisplayName } from '../kit/text.ts'
import { userRegistered } from '../users/events.ts'
import { signedIn, signedOut, tokenExpiring } from './events.ts'
import { ApiKey, AuditEntry, Device, Password, Scope, SignIn } from './model.ts'

const beforeSignIn = {
  access: 'anyone',
  before: 'sign_in',
  secret: true,
  writes: ['service'],
  output: SignIn,
} as const

export const register = command('auth.register', {
  ...beforeSignIn,
  summary: 'Make an account of your own and sign in.',
  rest: 'POST /auth/register',
  cost: 10,
  input: z.strictObject({
    username: LocalUsername,
    password: Password,
    displayName: DisplayName.optional(),
    firstName: DisplayName.optional(),
    lastName: DisplayName.optional(),
    email: z.email().max(254).optional(),
  }),
  errors: ['already_exists'],
  emits: [userRegistered, signedIn],
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
  emits: [signedIn],
})

export const continueAsGuest = command('auth.continueAsGuest', {
  ...beforeSignIn,
  summary: 'Sign in as a guest with nothing but a name to show.',
  rest: 'POST /auth/guest',
  cost: 5,
  input: z.strictObject({ displayName: DisplayName }),
  emits: [signedIn],
})

export const refresh = command('auth.refresh', {
  ...beforeSignIn,
  summary: 'Exchange a refresh token for a new pair; using an old one again ends the sign-in.',
  rest: 'POST /auth/refresh',
  takesCommandId: true,
  input: z.strictObject({ refreshToken: z.string().min(1).max(256) }),
  emits: [signedOut],
})

export const renew = command('auth.renew', {
  summary: 'Give the live connection a newer token of the same person.',
  rest: 'POST /auth/renew',
  access: 'person',
  connection: true,
  secret: true,
  input: z.strictObject({ token: z.string().min(1) }),
  output: z.object({ tokenExpiresAt: Timestamp }),
  emits: [tokenExpiring],
})

export const signOut = command('auth.signOut', {
  summary: "End this device's sign-in and its connections.",
  rest: 'POST /auth/sign-out',
  access: 'person',
  secret: true,
  writes: ['service'],
  input: z.strictObject({}),
  output: Nothing,
  emits: [signedOut],
})

export const changePassword = command('auth.changePassword', {
  summary: 'Change your password; all your other sign-ins end.',
  rest: 'POST /auth/change-password',
  access: 'person',
  secret: true,
  cost: 10,
  writes: ['service'],
  input: z.strictObject({ currentPassword: z.string().min(1).max(256), newPassword: Password }),
  output: Nothing,
  emits: [signedOut],
})

export const listSignIns = query('auth.listSignIns', {
  summary: 'Your devices that are signed in, the latest first.',
  rest: 'GET /auth/sign-ins',
  access: 'person',
  input: z.strictObject(page),
  output: listOf(Device),
})

export const revokeSignIn = command('auth.revokeSignIn', {
  summary: "End one of your devices' sign-in and its connections.",
  rest: 'DELETE /auth/sign-ins/{id}',
  access: 'person',
  secret: true,
  writes: ['service'],
  input: z.strictObject({ id: z.string().min(1).max(64) }),
  output: Nothing,
  emits: [signedOut],
})

export const issueToken = command('auth.issueToken', {
  summary:
    'A token for a person of a backend that has no keys of its own; the account is made on first use.',
  rest: 'POST /auth/tokens',
  access: 'admin',
  secret: true,
  writes: ['service'],
  input: z.strictObject({
    username: LocalUsername,
    displayName: DisplayName.optional(),
    /** Replaces the groups that earlier tokens named. */
    groups: z.array(GroupName).max(100).optional(),
    /** Seconds. Default: `tokenTtl`. */
    ttl: z.int().min(5).max(86_400).optional(),
  }),
  output: z.object({ token: z.string(), expiresAt: Timestamp }),
  errors: ['conflict'],
  emits: [userRegistered, signedIn],
})

export const revokeTokens = command('auth.revokeTokens', {
  summary: "End a person's sign-ins and connections; tokens issued before are worth nothing.",
  rest: 'POST /auth/tokens/revoke',
  access: 'admin',
  secret: true,
  writes: ['service'],
  input: z.strictObject({
    username: Username,
    /** Only what was issued before this moment. Default: now. */
    before: Timestamp.optional(),
  }),
  output: Nothing,
  emits: [signedOut],
})

export const createApiKey = command('auth.createApiKey', {
  summary: 'A key for a backend; its secret is told this once.',
  rest: 'POST /auth/keys',
  access: 'admin',
  secret: true,
  input: z.strictObject({ name: DisplayName, scopes: z.array(Scope).min(1).max(32) }),
  output: ApiKey.extend({ secret: z.string() }),
})

export const listApiKeys = query('auth.listApiKeys', {
  summary: 'The keys of backends, the newest first.',
  rest: 'GET /auth/keys',
  access: 'admin',
  input: z.strictObject(page),
  output: listOf(ApiKey),
})

export const revokeApiKey = command('auth.revokeApiKey', {
  summary: 'End a key and its connections; repeating it changes nothing.',
  rest: 'DELETE /auth/keys/{id}',
  access: 'admin',
  secret: true,
  input: z.strictObject({ id: z.string().min(1).max(64) }),
  output: Nothing,
})

export const listAudit = query('auth.listAudit', {
  summary: 'Security events, the latest first.',
  rest: 'GET /auth/audit',
  access: 'admin',
  input: z.strictObject({ subject: z.string().max(200).optional(), ...page }),
  output: listOf(AuditEntry),
})
