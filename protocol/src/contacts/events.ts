import { z } from 'zod'
import { Username, userStream } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { Contact } from './model.ts'

const own = { stream: userStream, durable: true } as const

export const contactAdded = event('contacts.contactAdded', {
  ...own,
  summary: 'You put a person into your list.',
  payload: Contact,
  people: ({ user }) => ({ came: user.username }),
})

export const contactUpdated = event('contacts.contactUpdated', {
  ...own,
  summary: 'You changed what you call a person.',
  payload: Contact,
})

export const contactRemoved = event('contacts.contactRemoved', {
  ...own,
  summary: 'You took a person out of your list.',
  payload: z.object({ username: Username }),
  people: ({ username }) => ({ went: username }),
})
