import { z } from 'zod'
import { event } from '../kit/operation.ts'
import { removalReasons } from './model.ts'

export const withheld = event('streams.withheld', {
  summary: 'An event that you may not see took this `seq`.',
  payload: z.object({}),
  stream: null,
  durable: false,
})

export const removed = event('streams.removed', {
  summary: 'The last thing that comes of a stream: it may not be read any more.',
  payload: z.object({ stream: z.string(), reason: z.enum(removalReasons) }),
  stream: null,
  durable: false,
})
