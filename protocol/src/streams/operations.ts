import { z } from 'zod'
import { Seq, StreamName, Timestamp } from '../kit/ids.ts'
import { Nothing, PageLimit } from '../kit/list.ts'
import { command, live, query } from '../kit/operation.ts'
import { Resumed, StreamPage } from './model.ts'
import { removed, withheld } from './events.ts'

export const join = live('streams.join', {
  summary: 'Receive the events of a stream that you may read; repeating it changes nothing.',
  rest: 'POST /streams/join',
  access: 'signed_in',
  connection: true,
  input: z.strictObject({ stream: StreamName }),
  output: z.object({ stream: z.string(), head: Seq, epoch: z.string() }),
})

export const leave = live('streams.leave', {
  summary: 'Receive the events of a joined stream no more; streams you are a member of stay.',
  rest: 'POST /streams/leave',
  access: 'signed_in',
  connection: true,
  input: z.strictObject({ stream: StreamName }),
  output: Nothing,
  emits: [removed],
})

export const resume = query('streams.resume', {
  summary: 'Compare the positions you hold with the heads, after any absence.',
  rest: 'POST /streams/resume',
  // One call after any absence, however many chats a person has.
  keys: 4096,
  access: 'signed_in',
  input: z.strictObject({
    epoch: z.string().max(64),
    heads: z.record(StreamName, Seq).meta({ errorCode: 'invalid_cursor' }),
  }),
  output: Resumed,
  errors: ['epoch_changed'],
})

export const readSince = query('streams.readSince', {
  summary: 'The events of a stream after a position, in order and without a gap.',
  rest: 'GET /streams/{stream}/events',
  access: 'signed_in',
  input: z.strictObject({
    stream: StreamName,
    seq: Seq,
    limit: PageLimit.default(200),
  }),
  output: StreamPage,
  emits: [withheld],
})

export const createTicket = command('streams.createTicket', {
  summary: 'A ticket that opens the event stream once, for clients that cannot send a header.',
  rest: 'POST /events/ticket',
  access: 'signed_in',
  secret: true,
  writes: [],
  input: z.strictObject({}),
  output: z.object({ ticket: z.string(), expiresAt: Timestamp }),
})
