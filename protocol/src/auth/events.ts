import { z } from 'zod'
import { serviceStream, Timestamp, Username } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'

export const tokenExpiring = event('auth.tokenExpiring', {
  summary: 'The token of this connection ends in 60 seconds: renew it.',
  payload: z.object({ expiresAt: Timestamp }),
  stream: null,
  durable: false,
})

export const signedIn = event('auth.signedIn', {
  summary: 'A person signed in on a device.',
  payload: z.object({
    username: Username,
    guest: z.boolean(),
    /** `password`, `guest`, `issued` by a backend, or `host`: a host-signed token for the first time. */
    by: z.enum(['password', 'guest', 'issued', 'host']),
  }),
  stream: serviceStream,
  durable: true,
})

export const signedOut = event('auth.signedOut', {
  summary: "A device's sign-in ended, or all of a person's.",
  payload: z.object({ username: Username, reason: z.enum(['signed_out', 'revoked']) }),
  stream: serviceStream,
  durable: true,
})
