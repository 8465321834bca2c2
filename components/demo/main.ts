import type { Density, Theme } from '../src/kit/element.ts'
import { make, type Tag } from './elements.ts'
import { chatOf, messageOf, messagesOf, readyChat } from './fake-client.ts'

// ?scene=full&element=collab-messages&theme=dark&dir=rtl&density=compact&brand=%230f766e
const wanted = new URLSearchParams(location.search)
const tag = (wanted.get('element') ?? 'collab-chat') as Tag

document.documentElement.dir = wanted.get('dir') ?? 'ltr'
document.documentElement.style.colorScheme = wanted.get('theme') ?? ''
const brand = wanted.get('brand')
if (brand) document.documentElement.style.setProperty('--collab-brand', brand)

const { element, client } = make(tag, wanted.get('scene') ?? 'full')
Object.assign(element, {
  theme: (wanted.get('element-theme') as Theme | null) ?? undefined,
  density: (wanted.get('density') as Density | null) ?? undefined,
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
