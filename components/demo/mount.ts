import type { CollabState } from '@collab-kit/client'
import type { CollabChatElement } from '../src/features/collab-chat/collab-chat.ts'
import { type FakeClient, type FakeOptions, fakeClient } from './fake-client.ts'

export interface Mounted<E extends HTMLElement> {
  element: E
  client: FakeClient
  /** All in the element's shadow root that fits. */
  all: (selector: string) => HTMLElement[]
  /** The first of them. */
  one: <T extends HTMLElement = HTMLElement>(selector: string) => T
  /** What stands in the element for people to see. */
  text: () => string
}

const mounted = new Set<Element>()

/** Takes away what tests put on the page. */
export function unmountAll(): void {
  for (const element of mounted) element.remove()
  mounted.clear()
}

/** Puts an element on the page and waits for its first rendering. */
export async function mount<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  {
    state,
    parent = document.body,
    ...options
  }: FakeOptions & { state?: Partial<CollabState>; parent?: Element } = {},
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): Promise<Mounted<HTMLElementTagNameMap[K]>> {
  const client = fakeClient({ ...options, ...(state && { state }) })
  const element = Object.assign(document.createElement(tag), { client, ...properties })
  mounted.add(element)
  parent.append(element)
  await drawn(element)
  const all = (selector: string) => [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
  ]
  return {
    element,
    client,
    all,
    one: <T extends HTMLElement = HTMLElement>(selector: string) => {
      const found = all(selector)[0]
      if (!found) throw new Error(`<${tag}> has no ${selector}`)
      return found as T
    },
    text: () =>
      [...(element.shadowRoot?.children ?? [])]
        .map((child) => (child as HTMLElement).innerText)
        .join('\n'),
  }
}

/** Puts a chat on the page. */
export function mountChat(
  state: Partial<CollabState>,
  properties: Partial<CollabChatElement> = {},
  options: FakeOptions = {},
): Promise<Mounted<CollabChatElement>> {
  return mount('collab-chat', { ...options, state }, { chatId: 'lobby', ...properties })
}

/** Two updates deep: the first may have asked for another. */
export async function drawn(element: Element): Promise<void> {
  const { updateComplete } = element as Element & { updateComplete?: Promise<boolean> }
  await updateComplete
  await nextFrame()
  await (element as Element & { updateComplete?: Promise<boolean> }).updateComplete
}

export function nextFrame(): Promise<void> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  )
}
