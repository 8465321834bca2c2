import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import type { ConfigInput } from '../../config.ts'
import type { Actor, CallerKind } from './callers.ts'
import type { DoorName, Doors } from './doors.ts'
import type { Stage } from './stage.ts'

/** Where one cell is played: the caller, and a service to put things on. */
export interface Setting {
  stage: Stage
  actor: Actor
  /** The caller's own ways in, for what has to happen on a connection before. */
  doors: Doors
}

/** What is asked for in one cell. */
export interface Played<N extends OperationName> {
  input: InputOf<N>
  /** In a list: whether what the row is about is in the answer. */
  shows?: (output: OutputOf<N>) => boolean
  /** When it was done: whether what belongs to others is as it was. */
  spares?: () => Promise<boolean>
}

/** What an operation may be about, seen from the caller. */
export interface Row<N extends OperationName> {
  /** Puts things in place and answers what to call with; nothing where there is no such thing for the caller. */
  play(setting: Setting): Promise<Played<N> | undefined>
  /** The call ends or changes the caller: each cell needs another one. */
  fresh?: boolean
  /** A service with these settings and nobody else, for each cell. */
  alone?: Partial<ConfigInput>
  /** Callers that there is such a thing for. Default: all of the domain. */
  only?: readonly CallerKind[]
  /** Doors that can ask for it. Default: all. */
  doors?: readonly DoorName[]
  /** That the thing is there is nobody's business: whoever is refused it is refused it as if it was not. */
  hidden?: boolean
}

/** The rows of an operation by their names. */
export type Rows<N extends OperationName> = Record<string, Row<N>>

/** Every operation of the contract: one without rows does not compile. */
export type Table = { readonly [N in OperationName]: Rows<N> }

/** A row that is about nothing but the call itself. */
export const always = <N extends OperationName>(
  input: InputOf<N>,
  options: Omit<Row<N>, 'play'> & Pick<Played<N>, 'shows'> = {},
): Rows<N> => ({ '—': plain(input, options) })

type ToInput<N extends OperationName> = (setting: Setting) => InputOf<N> | Promise<InputOf<N>>

export function plain<N extends OperationName>(
  input: InputOf<N> | ToInput<N>,
  { shows, ...options }: Omit<Row<N>, 'play'> & Pick<Played<N>, 'shows'> = {},
): Row<N> {
  return {
    ...options,
    play: async (setting) => ({
      input: typeof input === 'function' ? await (input as ToInput<N>)(setting) : input,
      ...(shows && { shows }),
    }),
  }
}
