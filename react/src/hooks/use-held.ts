import { type DependencyList, useEffect } from 'react'
import { RELEASE_DELAY_MS } from '../lease.ts'

/**
 * Keeps something open while the component is mounted, and a moment longer.
 *
 * @param open Opens it and answers what closes it, or nothing while there is nothing to open.
 * @param parts What it is made from: others open anew.
 */
export function useHeld(open: () => (() => void) | undefined, parts: DependencyList): void {
  useEffect(() => {
    const close = open()
    return close && (() => void setTimeout(close, RELEASE_DELAY_MS))
  }, parts)
}
