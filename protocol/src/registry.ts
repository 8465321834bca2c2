import type { z } from 'zod'
import { domains, type Domains } from './domains.ts'
import type {
  EventDefinition,
  Input,
  OperationDefinition,
  Output,
  Payload,
} from './kit/operation.ts'

type ValueOf<T> = T[keyof T]
type OperationUnion = ValueOf<{ [D in keyof Domains]: ValueOf<Domains[D]['operations']> }>
type EventUnion = ValueOf<{ [D in keyof Domains]: ValueOf<Domains[D]['events']> }>

export type OperationName = OperationUnion['name']
export type EventName = EventUnion['name']

type OperationOf<N extends OperationName> = Extract<OperationUnion, { name: N }>
type EventOf<N extends EventName> = Extract<EventUnion, { name: N }>

/** Input of an operation by its name. */
export type InputOf<N extends OperationName> = Input<OperationOf<N>>
/** Answer of an operation by its name. */
export type OutputOf<N extends OperationName> = Output<OperationOf<N>>
/** Data of an event by its name. */
export type DataOf<N extends EventName> = Payload<EventOf<N>>

/** `api.<domain>.<operation>(input)`, typed by the contract. */
export type Api = {
  [D in keyof Domains]: {
    [K in keyof Domains[D]['operations']]: Domains[D]['operations'][K] extends OperationDefinition
      ? (input: Input<Domains[D]['operations'][K]>) => Promise<Output<Domains[D]['operations'][K]>>
      : never
  }
}

/** All operations by name, in a map without prototype: names come from the wire. */
export const operations: ReadonlyMap<string, OperationDefinition> = new Map(
  Object.values(domains).flatMap((domain) =>
    Object.values<OperationDefinition>(domain.operations).map((each) => [each.name, each] as const),
  ),
)

/** All events by name. */
export const events: ReadonlyMap<string, EventDefinition<string, z.ZodType>> = new Map(
  Object.values(domains).flatMap((domain) =>
    Object.values<EventDefinition<string, z.ZodType>>(domain.events).map(
      (each) => [each.name, each] as const,
    ),
  ),
)
