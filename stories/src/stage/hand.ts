import { userEvent } from 'storybook/test'
import { deep, focused } from './deep.ts'

/**
 * What a check that drives the browser offers: its keys and clicks are a person's. Without one, in the catalogue as
 * people look at it, they are imitated.
 */
interface Driver {
  (act: 'press' | 'type', what: string): Promise<void>
  (act: 'click', at: { x: number; y: number }): Promise<void>
}

declare global {
  interface Window {
    catalogueDriver?: Driver
  }
}

/** Presses a key or a combination, as `Tab`, `Shift+Tab`, `Enter`, `Alt+ArrowUp`. */
export async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (window.catalogueDriver) await window.catalogueDriver('press', key)
    else await imitate(key)
    await frame()
  }
}

/** Writes into what has the focus. */
export async function type(text: string): Promise<void> {
  if (window.catalogueDriver) await window.catalogueDriver('type', text)
  else await userEvent.keyboard(text.replaceAll(/[[{]/g, '$&$&'))
  await frame()
}

/** Clicks on the middle of an element. */
export async function click(element: Element): Promise<void> {
  element.scrollIntoView({ block: 'nearest' })
  const { left, top, width, height } = element.getBoundingClientRect()
  const at = { x: left + width / 2, y: top + height / 2 }
  if (window.catalogueDriver) await window.catalogueDriver('click', at)
  else await userEvent.click(element)
  await frame()
}

/** Goes on by Tab until an element has the focus. */
export const tabInto = (element: Element | undefined): Promise<void> =>
  eventually(async () => {
    await press('Tab')
    if (focused() !== element) throw new Error(`Tab does not lead to ${element?.outerHTML}`)
  })

/** Tries until nothing is thrown. @throws what was thrown last, after `withinMs` */
export async function eventually(attempt: () => unknown, withinMs = 5000): Promise<void> {
  const end = performance.now() + withinMs
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      // Not yet; in the end it is told.
      if (performance.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Two frames: what a key has changed is drawn. */
export function frame(): Promise<void> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  )
}

async function imitate(combination: string): Promise<void> {
  const keys = combination.split('+')
  const key = keys.pop() ?? ''
  // The imitation does not look into shadow roots for the next stop of Tab.
  if (key === 'Tab') return tab(keys.includes('Shift') ? -1 : 1)
  const named = key.length > 1 ? `{${key}}` : key
  const holds = keys.map((each) => `{${each}>}`).join('')
  const releases = keys.map((each) => `{/${each}}`).join('')
  await userEvent.keyboard(`${holds}${named}${releases}`)
}

function tab(by: 1 | -1): void {
  const stops = [...deep(document.body)].filter(isStop)
  const active = focused()
  const at = active instanceof HTMLElement ? stops.indexOf(active) : -1
  stops.at((at + by + stops.length) % stops.length)?.focus()
}

function isStop(element: Element): element is HTMLElement {
  return (
    element instanceof HTMLElement &&
    element.tabIndex >= 0 &&
    !element.shadowRoot &&
    !element.matches(':disabled') &&
    element.checkVisibility({ visibilityProperty: true })
  )
}
