// What `/collab.js` is: it looks which elements the page uses and fetches their code, now and whenever one is added.
import { setDefaultServiceUrl } from './kit/default-service.ts'

export { createCollab } from '@collab-kit/client'
// Exported also so that what every element needs comes with this file and not after the next one.
export { Announcer } from './kit/announcer.ts'
export { CollabElement } from './kit/element.ts'
export { registerLocale } from './kit/localize/localize.ts'
export { StoreController } from './kit/store-controller.ts'
export { tokens } from './kit/tokens.css.ts'
export { VERSION } from './kit/version.ts'

setDefaultServiceUrl(import.meta.url)

const chat = () => import('./cdn-chat.ts')
const elements: Record<string, () => Promise<unknown>> = {
  'collab-provider': () => import('./features/collab-provider/index.ts'),
  'collab-chat': chat,
  'collab-messages': chat,
  'collab-composer': chat,
  'collab-sign-in': () => import('./features/collab-sign-in/index.ts'),
  'activity-room': () => import('./features/activity-room/index.ts'),
  'live-cursors': () => import('./features/live-cursors/index.ts'),
  'presence-list': () => import('./features/presence-list/index.ts'),
  'presence-status': () => import('./features/presence-status/index.ts'),
  'avatar-stack': () => import('./features/avatar-stack/index.ts'),
}

/**
 * Fetches elements by tag. Only needed for what stands in a shadow root of the page's own, where nobody can look.
 *
 * @param tags Default: all.
 */
export async function load(...tags: string[]): Promise<void> {
  await Promise.all(
    (tags.length > 0 ? tags : Object.keys(elements)).map(async (tag) => elements[tag]?.()),
  )
}

function look(root: Element): void {
  const waiting = Object.keys(elements).filter((tag) => !customElements.get(tag))
  if (waiting.length === 0) return observer.disconnect()
  const used = waiting.filter((tag) => root.localName === tag || root.querySelector(tag))
  if (used.length > 0) void load(...used)
}

const observer = new MutationObserver((records) => {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) if (node instanceof Element) look(node)
  }
})

observer.observe(document.documentElement, { childList: true, subtree: true })
look(document.documentElement)
