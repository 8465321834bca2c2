import type { CollabError } from '@collab-kit/client'
import type { ServiceInfo } from '@collab-kit/protocol'
import type { Messages } from '../../kit/localize/messages.ts'
import { graphemes } from '../../kit/person.ts'

/** Ways in. */
export type Way = 'guest' | 'account' | 'register'
export type FieldName = 'displayName' | 'username' | 'password'
export type Values = Record<FieldName, string>

/** Texts without values. */
export type PlainText = {
  [K in keyof Messages]: Messages[K] extends string ? K : never
}[keyof Messages]

/** What is wrong, at a field or with the whole. */
export interface Problem {
  field?: FieldName
  text: PlainText
}

/** Shortest password the service takes, characters. */
const PASSWORD = 8
/** Most characters of a name. */
const NAME = 80

/** The fields of a way in, in their order. */
export const fieldsOf: Record<Way, readonly FieldName[]> = {
  guest: ['displayName'],
  account: ['username', 'password'],
  register: ['displayName', 'username', 'password'],
}

/** The ways that a service offers, the easiest first. Signing in with an account is always one. */
export function waysOf(service: ServiceInfo): Way[] {
  return [
    ...(service.guests === 'on' ? (['guest'] as const) : []),
    'account',
    ...(service.registration === 'open' ? (['register'] as const) : []),
  ]
}

/** What can be seen to be wrong before anyone is asked; in the order of the fields. */
export function check(way: Way, values: Values): Problem[] {
  return fieldsOf[way].flatMap((field) => {
    const text = checkField(way, field, values[field])
    return text ? [{ field, text }] : []
  })
}

function checkField(way: Way, field: FieldName, value: string): PlainText | undefined {
  switch (field) {
    case 'displayName':
      if (value.trim() === '') return 'nameMissing'
      return graphemes(value) > NAME ? 'nameInvalid' : undefined
    case 'username':
      if (value.trim() === '') return 'usernameMissing'
      return way === 'register' && !/^[^\s/:#]{1,128}$/u.test(value) ? 'usernameInvalid' : undefined
    case 'password':
      if (value === '') return 'passwordMissing'
      return way === 'register' && value.length < PASSWORD ? 'passwordShort' : undefined
  }
}

/** The service's answer in words: what is wrong, where, and how to mend it. */
export function explain(way: Way, error: CollabError): Problem {
  switch (error.code) {
    case 'unauthenticated':
      return { text: way === 'account' ? 'wrongPassword' : 'error_other' }
    case 'already_exists':
      return { field: 'username', text: 'usernameTaken' }
    case 'invalid_payload':
    case 'too_large':
      return invalid(way, error.details)
    case 'forbidden':
    case 'not_supported':
    case 'not_found':
      return {
        text:
          way === 'guest'
            ? 'guestsClosed'
            : way === 'register'
              ? 'registrationClosed'
              : 'wrongPassword',
      }
    case 'rate_limited':
    case 'limit_exceeded':
      return { text: 'error_rate_limited' }
    case 'unavailable':
    case 'outcome_unknown':
      return { text: 'error_unavailable' }
    default:
      return { text: 'error_other' }
  }
}

function invalid(way: Way, details: CollabError['details']): Problem {
  const path = JSON.stringify(details?.['path'] ?? '')
  const field = fieldsOf[way].find((name) => path.includes(name))
  switch (field) {
    case 'displayName':
      return { field, text: 'nameInvalid' }
    case 'username':
      return { field, text: way === 'account' ? 'wrongPassword' : 'usernameInvalid' }
    case 'password':
      return { field, text: way === 'account' ? 'wrongPassword' : 'passwordShort' }
    case undefined:
      return { text: 'error_other' }
  }
}
