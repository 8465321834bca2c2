import { z } from 'zod'
import { Username, serviceStream, userStream } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { PropertyName, User } from './model.ts'

export const userUpdated = event('users.userUpdated', {
  summary: 'Something about you changed.',
  payload: User,
  stream: userStream,
  durable: true,
})

export const blockedChanged = event('users.blockedChanged', {
  summary: 'You hear nothing of a person any more, or hear them again.',
  payload: z.object({ username: Username, blocked: z.boolean() }),
  stream: userStream,
  durable: true,
  blocks: ({ username, blocked }) => ({ username, blocked }),
})

const ofService = { stream: serviceStream, durable: true } as const

export const userRegistered = event('users.userRegistered', {
  ...ofService,
  summary: 'An account was made.',
  payload: User,
})

export const userRemoved = event('users.userRemoved', {
  ...ofService,
  summary: 'An account is gone.',
  payload: z.object({ username: Username }),
})

export const userDisabled = event('users.userDisabled', {
  ...ofService,
  summary: 'A person may not sign in for now.',
  payload: z.object({ username: Username }),
})

export const userEnabled = event('users.userEnabled', {
  ...ofService,
  summary: 'A person may sign in again.',
  payload: z.object({ username: Username }),
})

export const roleChanged = event('users.roleChanged', {
  ...ofService,
  summary: "A person's role changed.",
  payload: z.object({ username: Username, role: z.enum(['user', 'admin']) }),
})

export const propertyChanged = event('users.propertyChanged', {
  ...ofService,
  summary: 'A value that an app keeps with a person changed; without a value it was removed.',
  payload: z.object({ username: Username, name: PropertyName, value: z.unknown().optional() }),
})
