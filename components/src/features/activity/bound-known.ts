import type { StateValue } from '@collab-kit/protocol'
import { hasCaret } from './bound-control.ts'
import type { BoundHint, BoundValue } from './bound-model.ts'

/** So many values of one's own are known again when they come back. */
const OWN_VALUES = 20

/** What is known of a key. */
export interface Known {
  entry: BoundValue | undefined
  /** Values set here that come back, as JSON. */
  own: string[]
  /** The control that was changed since the last save. */
  dirty: Element | undefined
  /** The control that was saved last. */
  saved: Element | undefined
  /** The refusal that was told last. */
  refusal: unknown
  timer: ReturnType<typeof setTimeout> | undefined
  hint: BoundHint | undefined
  /** The page was asked about `theirs` of the hint and decides. */
  asked: boolean
}

/** What is known of keys; each begins with nothing. */
export class KnownKeys extends Map<string, Known> {
  of(key: string): Known {
    const known = this.get(key) ?? {
      entry: undefined,
      own: [],
      dirty: undefined,
      saved: undefined,
      refusal: undefined,
      timer: undefined,
      hint: undefined,
      asked: false,
    }
    this.set(key, known)
    return known
  }
}

/** A value is set here, and will come back. */
export function noteOwn({ own }: Known, value: StateValue): void {
  own.push(JSON.stringify(value))
  if (own.length > OWN_VALUES) own.shift()
}

/** Whether a value is one that was set here, on its way back. */
export function isEcho(
  { own }: Known,
  entry: BoundValue | undefined,
  me: string | undefined,
): boolean {
  if (!entry) return false
  const mine = entry.pending || entry.by === undefined || entry.by === me
  return mine && own.includes(JSON.stringify(entry.value))
}

/** Whether a control keeps what the service did not take: a text was work, a tick is simply not there. */
export const keepsRefused = ({ hint }: Known, control: Element): boolean =>
  hint?.kind === 'refused' && hint.control === control && hasCaret(control)
