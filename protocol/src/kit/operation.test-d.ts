import { z } from 'zod'
import type { Api, DataOf, InputOf, OperationName, OutputOf } from '../registry.ts'
import type { Errors, Emits } from './operation.ts'
import { command, domain, event, query } from './operation.ts'
import type { joinChat, sendMessage } from '../chat/operations.ts'
import type { messageSent } from '../chat/events.ts'
import type { Message } from '../chat/model.ts'

// What must not compile, checked by `tsc`: a line marked @ts-expect-error that compiles is itself an error.

const base = {
  summary: 'x',
  access: 'signed_in',
  input: z.strictObject({ chatId: z.string() }),
  output: z.object({}),
} as const

export const good = query('chat.x', { ...base, rest: 'GET /chats/{chatId}' })
export const withoutRest = query('chat.x', { ...base, rest: null })

// @ts-expect-error a path parameter is absent from the input
export const noSuchParameter = query('chat.x', { ...base, rest: 'GET /chats/{chat}' })
// @ts-expect-error one of two path parameters is absent from the input
export const oneMissing = query('chat.x', { ...base, rest: 'GET /chats/{chatId}/x/{messageId}' })
// @ts-expect-error a REST line starts with a method
export const noMethod = query('chat.x', { ...base, rest: '/chats/{chatId}' })
// @ts-expect-error of a known kind
export const strangeMethod = query('chat.x', { ...base, rest: 'BREW /chats/{chatId}' })
// @ts-expect-error an operation is named domain.verbNoun
export const noDomain = query('x', { ...base, rest: null })
// @ts-expect-error without an access rule there is no operation
export const openDoor = query('chat.x', {
  summary: 'x',
  input: base.input,
  output: base.output,
  rest: null,
})

export const ofResource = query('chat.x', {
  ...base,
  rest: null,
  access: { can: 'send', of: 'chatId' },
})
export const ofNothing = query('chat.x', {
  ...base,
  rest: null,
  // @ts-expect-error access.of is no key of the input
  access: { can: 'send', of: 'roomId' },
})
export const memberOfNothing = query('chat.x', {
  ...base,
  rest: null,
  // @ts-expect-error neither is access.member
  access: { member: 'roomId' },
})
export const readOfNothing = query('chat.x', {
  ...base,
  rest: null,
  // @ts-expect-error nor access.read
  access: { read: 'roomId' },
})
export const strangePermission = query('chat.x', {
  ...base,
  rest: null,
  // @ts-expect-error a permission is one of the vocabulary
  access: { can: 'fly', of: 'chatId' },
})
// @ts-expect-error an error is one of the catalogue
export const strangeError = query('chat.x', { ...base, rest: null, errors: ['oops'] })

const happened = event('chat.happened', {
  summary: 'x',
  payload: z.object({}),
  stream: null,
  durable: false,
})
export const group = domain('chat', { x: good }, { happened })
// @ts-expect-error the registry key differs from the declared name
export const misnamed = domain('chat', { y: good }, {})
// @ts-expect-error the domain differs from the declared name
export const misplaced = domain('talk', { x: good }, {})
// @ts-expect-error the same for events
export const misnamedEvent = domain('chat', {}, { occurred: happened })
// @ts-expect-error an event is named domain.nounVerbed
export const noEventDomain = event('happened', {
  summary: 'x',
  payload: z.object({}),
  stream: null,
  durable: false,
})

type Expect<T extends true> = T
type Same<A, B> = [A, B] extends [B, A] ? true : false

/** A handler cannot fail with what its operation does not declare. */
type Undeclared = Expect<
  Same<Extract<Errors<typeof sendMessage>, 'already_exists' | 'conflict'>, never>
>
/** Nor emit what it does not declare. */
type Foreign = Expect<Same<Extract<Emits<typeof joinChat>, typeof messageSent>, never>>
type CommandTakesId = Expect<Same<InputOf<'chat.joinChat'>['commandId'], string | undefined>>
type QueryTakesNone = Expect<
  Same<'commandId' extends keyof InputOf<'chat.getChat'> ? true : false, false>
>
type Answer = Expect<Same<OutputOf<'chat.sendMessage'>, Message>>
type EventData = Expect<Same<DataOf<'chat.messageSent'>, Message>>
type ApiCall = Expect<Same<Parameters<Api['chat']['getChat']>[0], { chatId: string }>>
export type Checks = [
  Undeclared,
  Foreign,
  CommandTakesId,
  QueryTakesNone,
  Answer,
  EventData,
  ApiCall,
]

// @ts-expect-error an operation that is not declared has no name
export const unknownName: OperationName = 'chat.fly'
// @ts-expect-error a command that needs a body does not do without
export const noBody: InputOf<'chat.sendMessage'> = { chatId: 'lobby', clientMessageId: 'x' }
// @ts-expect-error an input takes no field beyond the declared ones
export const tooMuch: InputOf<'chat.getChat'> = { chatId: 'lobby', role: 'admin' }

export const change = command('chat.y', { ...base, rest: null })
