import { z } from 'zod'
import { Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, query } from '../kit/operation.ts'
import { contactAdded, contactRemoved, contactUpdated } from './events.ts'
import { about, Contact } from './model.ts'

const mine = { access: 'person', writes: ['user:{me}'] } as const

export const listContacts = query('contacts.listContacts', {
  summary: 'The people in your list, by name.',
  rest: 'GET /contacts',
  access: 'person',
  input: z.strictObject(page),
  output: listOf(Contact),
})

export const addContact = command('contacts.addContact', {
  ...mine,
  summary: 'Put a person into your list; they are not told.',
  rest: 'PUT /contacts/{username}',
  input: z.strictObject({ username: Username, ...about }),
  output: Contact,
  emits: [contactAdded, contactUpdated],
})

export const updateContact = command('contacts.updateContact', {
  ...mine,
  summary: 'Change what you call a person in your list.',
  rest: 'PATCH /contacts/{username}',
  input: z.strictObject({ username: Username, ...about }),
  output: Contact,
  emits: [contactUpdated],
})

export const removeContact = command('contacts.removeContact', {
  ...mine,
  summary: 'Take a person out of your list; repeating it changes nothing.',
  rest: 'DELETE /contacts/{username}',
  input: z.strictObject({ username: Username }),
  output: Nothing,
  emits: [contactRemoved],
})
