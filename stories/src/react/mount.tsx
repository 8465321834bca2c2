import type { CollabClient } from '@collab-kit/client'
import { type ComponentType, StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import type { Build } from '../stage/stage.ts'

/** Draws a component into a place of its own, in StrictMode; it is taken away with the place. */
export const inReact =
  (Component: ComponentType<{ client: CollabClient }>): Build<object> =>
  ({ client }) => {
    const place = document.createElement('div')
    const root = createRoot(place)
    flushSync(() =>
      root.render(
        <StrictMode>
          <Component client={client} />
        </StrictMode>,
      ),
    )
    unmountWhenGone(place, root)
    return place
  }

/** React is told to go only once the place is out of the page for good. */
function unmountWhenGone(place: HTMLElement, root: Root): void {
  let stood = false
  const timer = setInterval(() => {
    if (stood && !place.isConnected) {
      clearInterval(timer)
      root.unmount()
    }
    stood ||= place.isConnected
  }, 500)
}
