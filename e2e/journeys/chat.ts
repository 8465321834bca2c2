import type { CollabClient } from '@collab-kit/client'
import type { Message } from '@collab-kit/protocol'
import { expect, type Locator, type Page } from '@playwright/test'

/** `<collab-chat>` as a person meets it. */
export interface ChatOnPage {
  readonly element: Locator
  /** Resolves when the messages are there and the person is in. */
  ready(): Promise<void>
  /** Where one writes. */
  readonly input: Locator
  /** The messages that are drawn, those on their way last. */
  readonly messages: Locator
  /** The drawn message with this text. */
  message(text: string): Locator
  /** Writes a message and sends it with Enter. */
  say(text: string): Promise<void>
  /** Texts of the drawn messages, exactly. */
  texts(): Promise<string[]>
  /** What the element's store holds of a chat. */
  held(chatId: string): Promise<readonly Message[]>
  /** Name of the person whose element this is. */
  username(): Promise<string | undefined>
}

type ChatElement = HTMLElement & { client: CollabClient }

export function chatOn(place: Page | Locator): ChatOnPage {
  const element = place.locator('collab-chat')
  const input = element.getByRole('textbox', { name: /^Message/ })
  const messages = element.locator('[part~="message"]')
  return {
    element,
    input,
    messages,
    ready: () => expect(place.locator('collab-chat:state(ready)')).toBeVisible(),
    message: (text) =>
      messages.filter({
        has: element.page().locator(`[part~="message-body"]`).getByText(text, { exact: true }),
      }),
    async say(text) {
      await input.fill(text)
      await input.press('Enter')
    },
    texts: () =>
      element.evaluate((root) =>
        [...root.shadowRoot!.querySelectorAll('[part~="message-body"]')].map(
          ({ textContent }) => textContent ?? '',
        ),
      ),
    held: (chatId) =>
      element.evaluate(
        (root, id) => (root as ChatElement).client.store.getState().chats[id]?.messages ?? [],
        chatId,
      ),
    username: () =>
      element.evaluate((root) => (root as ChatElement).client.store.getState().username),
  }
}

/** The element for one whose token is known. */
export const chatFor = (token: string, chatId = 'lobby'): string =>
  `<collab-chat chat-id="${chatId}" token="${token}"></collab-chat>`
