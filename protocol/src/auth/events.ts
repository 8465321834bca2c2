import { z } from 'zod'
import { Timestamp } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'

export const tokenExpiring = event('auth.tokenExpiring', {
  summary: 'The token of this connection ends in 60 seconds: renew it.',
  payload: z.object({ expiresAt: Timestamp }),
  stream: null,
  durable: false,
})
