import '../src/features/collab-chat/index.ts'
import '../src/features/collab-composer/index.ts'
import '../src/features/collab-messages/index.ts'
import '../src/features/collab-sign-in/index.ts'
import type { Density, Theme } from '../src/kit/element.ts'
import { chatOf, fakeClient, messageOf, messagesOf, readyChat } from './fake-client.ts'
import { scenes } from './scenes.ts'

// ?scene=full&element=collab-messages&theme=dark&dir=rtl&density=compact&brand=%230f766e
const wanted = new URLSearchParams(location.search)
const scene = scenes[wanted.get('scene') ?? 'full'] ?? scenes['full']
const tag = (wanted.get('element') ?? 'collab-chat') as
  | 'collab-chat'
  | 'collab-composer'
  | 'collab-messages'
  | 'collab-sign-in'

document.documentElement.dir = wanted.get('dir') ?? 'ltr'
document.documentElement.style.colorScheme = wanted.get('theme') ?? ''
const brand = wanted.get('brand')
if (brand) document.documentElement.style.setProperty('--collab-brand', brand)

const client = fakeClient({ state: scene?.() ?? {} })
const element = Object.assign(document.createElement(tag), {
  client,
  theme: (wanted.get('element-theme') as Theme | null) ?? undefined,
  density: (wanted.get('density') as Density | null) ?? undefined,
  ...(tag === 'collab-sign-in' ? {} : { chatId: 'lobby' }),
})
document.body.append(element)

declare global {
  interface Window {
    /** For who looks at an element from outside: what it is made of, and what makes its state another one. */
    demo: typeof demo
  }
}
const demo = {
  element: element as Omit<typeof element, 'shadowRoot'> & { shadowRoot: ShadowRoot },
  client,
  chatOf,
  messageOf,
  messagesOf,
  readyChat,
}
window.demo = demo
