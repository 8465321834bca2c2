// What is not needed to see messages, but to do something with them; fetched once they are seen.
import type { CSSResult, ReactiveControllerHost } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Announce } from '../chat/announce-choice.ts'
import { Copying, printStyles } from './copying.ts'
import { Moments } from './moments.ts'
import { OptionsButton, optionsStyles } from './options-button.ts'
import { Roving, type RovingOptions } from './roving.ts'

export const readingStyles: readonly CSSResult[] = [printStyles, optionsStyles]

export interface ReadingHost extends ReactiveControllerHost, HTMLElement {
  announce: Announce | undefined
  shortcuts: 'on' | 'off' | undefined
}

export interface ReadingOptions extends Omit<RovingOptions, 'help'> {
  /** Whether messages can be written here. */
  canWrite: () => boolean
}

/**
 * Makes the messages of an element reachable by keys, tells their times in full, copies them with their authors and
 * lets people choose what is said of them.
 */
export function startReading(
  host: ReadingHost,
  localize: Localize,
  { canWrite, ...options }: ReadingOptions,
): Roving {
  const show = async () => {
    const { showOptions } = await import('./options-dialog.ts')
    const { announce, shortcuts, shadowRoot } = host
    if (shadowRoot) showOptions(shadowRoot, { localize, announce, shortcuts, canWrite: canWrite() })
  }
  host.addController(new Copying(host, localize))
  host.addController(new Moments(host, localize))
  host.addController(new OptionsButton(host, localize, () => void show()))
  return new Roving(host, {
    ...options,
    help() {
      if (host.shortcuts === 'off') return false
      void show()
      return true
    },
  })
}
