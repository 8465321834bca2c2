import { z } from 'zod'
import { live, query } from '../kit/operation.ts'
import { LimitValues, ServiceInfo } from './model.ts'
import { echoed } from './events.ts'

export const echo = live('system.echo', {
  summary: 'Answer with the same message, and as an event to the same connection.',
  rest: 'POST /system/echo',
  access: 'signed_in',
  input: z.strictObject({ message: z.string() }),
  output: z.object({ message: z.string() }),
  emits: [echoed],
})

export const getInfo = query('system.getInfo', {
  summary: 'What this service is and which ways in it offers.',
  rest: 'GET /system/info',
  access: 'anyone',
  input: z.strictObject({}),
  output: ServiceInfo,
})

export const getLimits = query('system.getLimits', {
  summary: 'The limits in force.',
  rest: 'GET /system/limits',
  access: 'anyone',
  input: z.strictObject({}),
  output: LimitValues,
})
