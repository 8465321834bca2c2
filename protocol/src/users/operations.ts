import { z } from 'zod'
import { Username } from '../kit/ids.ts'
import { query } from '../kit/operation.ts'
import { Me, User } from './model.ts'

export const getMe = query('users.getMe', {
  summary: 'Yourself.',
  rest: 'GET /me',
  access: 'signed_in',
  input: z.strictObject({}),
  output: Me,
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
