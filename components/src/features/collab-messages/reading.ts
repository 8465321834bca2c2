// What is not needed to see messages, but to do something with them; fetched once they are seen.
import type { ReactiveControllerHost } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import { Copying, printStyles } from './copying.ts'
import { Moments } from './moments.ts'
import { Roving, type RovingOptions } from './roving.ts'

export { printStyles }

/** Makes the messages of an element reachable by keys, tells their times in full and copies them with their authors. */
export function startReading(
  host: ReactiveControllerHost & HTMLElement,
  localize: Localize,
  options: RovingOptions,
): Roving {
  host.addController(new Copying(host, localize))
  host.addController(new Moments(host, localize))
  return new Roving(host, options)
}
