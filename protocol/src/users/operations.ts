import { z } from 'zod'
import { LocalUsername, Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, query } from '../kit/operation.ts'
import { Password } from '../auth/model.ts'
import { chatLeft, memberLeft } from '../chat/events.ts'
import {
  blockedChanged,
  propertyChanged,
  roleChanged,
  userDisabled,
  userEnabled,
  userRegistered,
  userRemoved,
  userUpdated,
} from './events.ts'
import { Account, Me, profile, Properties, PropertyName, SearchField, User } from './model.ts'

export const getMe = query('users.getMe', {
  summary: 'Yourself.',
  rest: 'GET /me',
  access: 'person',
  input: z.strictObject({}),
  output: Me,
})

export const updateMe = command('users.updateMe', {
  summary: 'Change what others see of you; `null` takes a value away.',
  rest: 'PATCH /me',
  access: 'person',
  writes: ['user:{me}'],
  input: z.strictObject(profile),
  output: Me,
  emits: [userUpdated],
})

export const getUser = query('users.getUser', {
  summary: 'One person.',
  rest: 'GET /users/{username}',
  access: 'signed_in',
  input: z.strictObject({ username: Username }),
  output: User,
})

export const getUsers = query('users.getUsers', {
  summary: 'Several people at once; names that nobody has are left out.',
  rest: 'GET /users',
  access: 'signed_in',
  input: z.strictObject({ usernames: z.array(Username).min(1).max(200) }),
  output: z.object({ items: z.array(User) }),
})

export const searchUsers = query('users.searchUsers', {
  summary: 'People whose names contain a text, whatever its case.',
  rest: 'GET /search/users',
  access: 'signed_in',
  cost: 2,
  input: z
    .strictObject({
      term: z.string().max(80),
      /** Where to look. Only admins and API keys look at names beyond what everybody sees. */
      fields: z.array(SearchField).min(1).optional(),
      orderBy: z
        .strictObject({ field: SearchField, ascending: z.boolean().default(true) })
        .optional(),
      offset: z.int().min(0).max(10_000).optional(),
      ...page,
    })
    .refine(({ cursor, offset }) => cursor === undefined || offset === undefined, {
      message: 'give either cursor or offset',
      path: ['offset'],
      params: { reason: 'exclusive' },
    }),
  output: listOf(User),
})

const property = { name: PropertyName, username: Username.optional() }

export const setProperty = command('users.setProperty', {
  summary: 'Keep a value with yourself; admins with anybody.',
  rest: 'PUT /me/properties/{name}',
  access: 'signed_in',
  writes: ['service'],
  input: z.strictObject({ ...property, value: z.unknown() }),
  output: Properties,
  errors: ['already_exists'],
  emits: [propertyChanged],
})

export const removeProperty = command('users.removeProperty', {
  summary: 'Drop a value that is kept with yourself; repeating it changes nothing.',
  rest: 'DELETE /me/properties/{name}',
  access: 'signed_in',
  writes: ['service'],
  input: z.strictObject(property),
  output: Properties,
  emits: [propertyChanged],
})

export const blockUser = command('users.blockUser', {
  summary: 'Hear nothing of a person any more; they are not told.',
  rest: 'PUT /me/blocked/{username}',
  access: 'person',
  writes: ['user:{me}'],
  input: z.strictObject({ username: Username }),
  output: Nothing,
  emits: [blockedChanged],
})

export const unblockUser = command('users.unblockUser', {
  summary: 'Hear a person again; repeating it changes nothing.',
  rest: 'DELETE /me/blocked/{username}',
  access: 'person',
  writes: ['user:{me}'],
  input: z.strictObject({ username: Username }),
  output: Nothing,
  emits: [blockedChanged],
})

export const listBlocked = query('users.listBlocked', {
  summary: 'The people you hear nothing of, by name.',
  rest: 'GET /me/blocked',
  access: 'person',
  input: z.strictObject(page),
  output: listOf(User),
})

export const exportMe = query('users.exportMe', {
  summary: 'Everything that the service keeps about you, by domain.',
  rest: 'GET /me/export',
  access: 'person',
  cost: 20,
  input: z.strictObject({}),
  output: z.record(z.string(), z.unknown()),
})

export const deleteMe = command('users.deleteMe', {
  summary: 'Delete your account and everything you wrote, for good.',
  rest: 'POST /me/delete',
  access: 'person',
  cost: 10,
  writes: 'resolved',
  input: z.strictObject({
    /** Needed where the account has one. */
    password: z.string().min(1).max(256).optional(),
  }),
  output: Nothing,
  errors: ['conflict'],
  emits: [userRemoved, memberLeft, chatLeft],
})

export const createUser = command('users.createUser', {
  summary: 'Make an account; without a password nobody signs in to it by themselves.',
  rest: 'POST /users',
  access: 'admin',
  writes: ['service'],
  input: z.strictObject({
    username: LocalUsername,
    password: Password.optional(),
    role: z.enum(['user', 'admin']).default('user'),
    ...profile,
  }),
  output: Account,
  errors: ['already_exists'],
  emits: [userRegistered],
})

export const updateUser = command('users.updateUser', {
  summary: 'Change what is said of a person; a new password ends their sign-ins.',
  rest: 'PATCH /users/{username}',
  access: 'admin',
  writes: ['user:{username}'],
  input: z.strictObject({ username: Username, password: Password.optional(), ...profile }),
  output: Account,
  emits: [userUpdated],
})

export const setRole = command('users.setRole', {
  summary: 'Make a person an admin, or one no more; their connections begin anew.',
  rest: 'PUT /users/{username}/role',
  access: 'admin',
  writes: ['service'],
  input: z.strictObject({ username: Username, role: z.enum(['user', 'admin']) }),
  output: Account,
  errors: ['conflict'],
  emits: [roleChanged],
})

export const disableUser = command('users.disableUser', {
  summary: 'End every sign-in and connection of a person and let them in no more.',
  rest: 'POST /users/{username}/disable',
  access: 'admin',
  writes: ['service'],
  input: z.strictObject({ username: Username }),
  output: Account,
  errors: ['conflict'],
  emits: [userDisabled],
})

export const enableUser = command('users.enableUser', {
  summary: 'Let a person in again; repeating it changes nothing.',
  rest: 'POST /users/{username}/enable',
  access: 'admin',
  writes: ['service'],
  input: z.strictObject({ username: Username }),
  output: Account,
  emits: [userEnabled],
})

export const deleteUser = command('users.deleteUser', {
  summary: 'Delete an account and everything it wrote, for good.',
  rest: 'DELETE /users/{username}',
  access: 'admin',
  writes: 'resolved',
  input: z.strictObject({ username: Username }),
  output: Nothing,
  errors: ['conflict'],
  emits: [userRemoved, memberLeft, chatLeft],
})
