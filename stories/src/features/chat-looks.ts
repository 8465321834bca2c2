import { toChat } from '@collab-kit/client/testing'
import type { Message } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { LOBBY, Scene } from '../scripted/index.ts'
import { withoutScript } from '../stage/plain.ts'
import type { Build, Building } from '../stage/stage.ts'

// What a page may do to the elements of a chat from outside: parts, tokens, slots and renderers.

type ChatTag = 'collab-chat' | 'collab-messages' | 'collab-composer'

/** Puts a style sheet of the page's beside an element. */
export const styled =
  (tag: ChatTag, css: string): Build<object> =>
  ({ element }: Building<object>) => {
    const box = document.createElement('div')
    const style = document.createElement('style')
    // For this place alone: a page of documentation shows other stories as well.
    style.textContent = `@scope { ${css.replaceAll('ELEMENT', tag)} }`
    box.append(style, element(tag))
    return box
  }

const MESSAGE_PARTS = `
  ELEMENT::part(base) { border-color: #be123c; }
  ELEMENT::part(banner) { font-style: italic; }
  ELEMENT::part(messages) { background: light-dark(#fff1f2, #2a1519); }
  ELEMENT::part(message) { padding-block: 2px; }
  ELEMENT::part(message-own) { font-weight: 500; }
  ELEMENT::part(message-avatar) { border-radius: 6px; }
  ELEMENT::part(message-author) { letter-spacing: 0.02em; }
  ELEMENT::part(message-body) { border-radius: 2px; }
  ELEMENT::part(message-time) { font-variant-numeric: tabular-nums; }
  ELEMENT::part(message-failure) { border-inline-start: 3px solid #be123c; padding-inline-start: 8px; }
  ELEMENT::part(retry-button), ELEMENT::part(discard-button) { border-radius: 0; }
  ELEMENT::part(day-heading) { text-transform: uppercase; }
  ELEMENT::part(typing) { font-style: italic; }
`

export const CHAT_PARTS = `${MESSAGE_PARTS}
  ELEMENT { --collab-brand: #be123c; }
  ELEMENT::part(header) { border-block-end-style: dashed; }
  ELEMENT::part(title) { font-family: Georgia, serif; }
  ELEMENT::part(topic) { font-style: italic; }
  ELEMENT::part(member-count) { border-radius: 0; }
  ELEMENT::part(connection) { outline: 1px dashed #be123c; }
  ELEMENT::part(composer) { background: light-dark(#fff1f2, #2a1519); }
  ELEMENT::part(input) { font-family: Georgia, serif; }
  ELEMENT::part(send-button) { border-radius: 4px; }
`
export const MESSAGES_PARTS = `${MESSAGE_PARTS}
  ELEMENT { --collab-brand: #be123c; }
`
export const COMPOSER_PARTS = `
  ELEMENT { --collab-brand: #be123c; }
  ELEMENT::part(base) { padding: 12px; border: 1px dashed #be123c; }
  ELEMENT::part(composer) { background: light-dark(#fff1f2, #2a1519); }
  ELEMENT::part(input) { font-family: Georgia, serif; }
  ELEMENT::part(counter) { font-style: italic; }
  ELEMENT::part(send-button) { border-radius: 4px; }
`

export const MESSAGES_TOKENS = `ELEMENT {
  --collab-chat-block-size: 420px;
  --collab-chat-max-inline-size: 560px;
  --collab-chat-bubble-radius: 4px;
  --collab-chat-bubble-bg: light-dark(#ecfdf5, #10291f);
  --collab-chat-bubble-own-bg: light-dark(#065f46, #6ee7b7);
  --collab-chat-bubble-own-fg: light-dark(#fff, #06251b);
  --collab-chat-gap: 32px;
  --collab-chat-avatar-size: 44px;
}`
/** What can be styled of the choice of announcements and the table of keys. */
export const HELP_LOOK = `
  ELEMENT { --collab-scrim: rgb(76 5 25 / 55%); }
  ELEMENT::part(options-button) { border-radius: 4px; }
  ELEMENT::part(keyboard-help) { border-radius: 4px; }
  ELEMENT::part(announce-options) { padding-inline: 8px; }
`
export const COMPOSER_TOKENS = 'ELEMENT { --collab-chat-composer-max-block-size: 60px; }'
export const CHAT_TOKENS = `${MESSAGES_TOKENS}\n${COMPOSER_TOKENS}`

const BANNER = `  <p slot="banner" class="page-line">We answer from nine to five.</p>`
export const CHAT_SLOTS = `  <button slot="header-actions" class="page-button">Leave</button>
${BANNER}
  <p slot="before-composer" class="page-line">Please keep it friendly.</p>
  <button slot="composer-actions" class="page-button">Emoji</button>`
export const MESSAGES_SLOTS = BANNER
export const COMPOSER_SLOTS = `  <button slot="start" type="button" class="page-button">Attach</button>
  <button slot="end" type="button" class="page-button">Emoji</button>`
export const HEADER_SLOT = `  <h2 slot="header" class="page-line">Talk to the team</h2>`
export const OFFLINE_SLOT = `  <span slot="offline">No network here. What you write goes out by itself.</span>`

/** An element with content of the page's own. */
export const slotted =
  (tag: ChatTag, content: string): Build<object> =>
  ({ element }: Building<object>) => {
    const made = element(tag)
    made.innerHTML = content
    return made
  }

export const markup = (tag: ChatTag, content: string): string =>
  `<${tag} chat-id="lobby">\n${content}\n</${tag}>`

/** A chat without messages, one that never comes, and one that is not there. */
export const threeStates = new Scene({
  script: { chats: [{ chatId: 'quiet', name: 'Quiet' }] },
  unready: true,
  before({ service }) {
    service.answer('chat.getChat', ({ chatId }) => {
      if (chatId === 'quiet') return toChat({ chatId, name: 'Quiet', membership: newcomer })
      if (chatId === 'slow') return new Promise(() => {})
      throw new CollabError('not_found')
    })
  },
})

const newcomer = {
  role: 'member' as const,
  joinedAt: '2026-11-20T08:00:00.000Z',
  readNumber: 0,
  readSeq: 0,
  unread: 0,
}

const STATES: Record<string, string> = {
  quiet: '<p slot="empty" class="page-line">Be the first to say something.</p>',
  slow: '<p slot="loading" class="page-line">One moment, we fetch the talk.</p>',
  gone: '<p slot="error" class="page-line">This talk has ended.</p>',
}

export const slottedStates =
  (tag: 'collab-chat' | 'collab-messages'): Build<object> =>
  ({ element }: Building<object>) => {
    const box = document.createElement('div')
    box.className = 'beside'
    for (const [chatId, content] of Object.entries(STATES)) {
      const made = element(tag, { chatId, label: `Chat ${chatId}` })
      made.innerHTML = content
      box.append(made)
    }
    return box
  }

export const withoutScriptMarkup = (tag: ChatTag): string =>
  `<${tag} chat-id="lobby">
  <p>The chat needs JavaScript. <a href="/contact">Write to us</a></p>
</${tag}>`

/** The same where scripts do not run. */
export const plain = (tag: ChatTag): HTMLElement => withoutScript(withoutScriptMarkup(tag))

/** A message that carries an order beside its text. */
export const withOrder = new Scene({
  script: {
    chats: [
      {
        chatId: LOBBY,
        name: 'Shop',
        messages: [
          { sender: 'ben', body: 'Is my order on its way?' },
          {
            sender: 'ann',
            body: 'Order 1042: two chairs',
            data: { order: { number: 1042, what: 'Two chairs', state: 'on its way' } },
          },
        ],
      },
    ],
  },
})

interface Order {
  number: number
  what: string
  state: string
}

/** Draws an order as a card; every other message as usual. */
export function orderCard({ data }: Message): HTMLElement | undefined {
  const order = data?.['order'] as Order | undefined
  if (!order) return undefined
  const card = document.createElement('span')
  card.className = 'order'
  card.style.cssText = 'display: grid; gap: 2px; min-inline-size: 180px'
  const number = document.createElement('b')
  number.textContent = `Order ${order.number}`
  const what = document.createElement('span')
  what.textContent = `${order.what}, ${order.state}`
  card.append(number, what)
  return card
}
