import { z } from 'zod'
import { event } from '../kit/operation.ts'
import { Closing, resetReasons, Welcome } from './model.ts'

export const echoed = event('system.echoed', {
  summary: 'The message of `system.echo`.',
  payload: z.object({ message: z.string() }),
  stream: null,
  durable: false,
})

export const welcome = event('system.welcome', {
  summary: 'First item of a connection: who and where you are.',
  payload: Welcome,
  stream: null,
  durable: false,
})

export const heads = event('system.heads', {
  summary: 'Heads of the streams that moved since the last one, every 10 seconds.',
  payload: z.record(z.string(), z.int()),
  stream: null,
  durable: false,
})

export const closing = event('system.closing', {
  summary: 'The server is about to close this connection.',
  payload: Closing,
  stream: null,
  durable: false,
})

export const reset = event('system.reset', {
  summary: 'An event stream begins anew: load what you hold again, or only these streams.',
  payload: z.object({ reason: z.enum(resetReasons), streams: z.array(z.string()).optional() }),
  stream: null,
  durable: false,
})
