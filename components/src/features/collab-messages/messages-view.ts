import type { ChatState, CollabClient, ConnectionInfo } from '@collab-kit/client'
import type { ErrorShape, User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import type { Announcer } from '../../kit/announcer.ts'
import type { CollabElement } from '../../kit/element.ts'
import { cloudOffIcon, downIcon } from './chat-icons.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { chatHeader } from './chat-header.ts'
import type { Composer } from './composer.ts'
import type { ConnectionView } from './connection-view.ts'
import type { Conversation } from './conversation.ts'
import { messageList } from './message-list.ts'
import type { NoticeKind, Notices } from './notices.ts'
import { skeleton } from './skeleton.ts'

/** What the element as a whole shows. */
export type Stage = 'no-service' | 'no-chat' | 'refused' | 'signed-out' | 'loading' | 'list'

export interface StageInput {
  addressMissing: boolean
  chatId: string | undefined
  connection: ConnectionInfo | undefined
  chat: ChatState | undefined
}

export function stageOf({ addressMissing, chatId, connection, chat }: StageInput): Stage {
  if (!chatId) return 'no-chat'
  if (addressMissing) return 'no-service'
  if (connection?.status === 'refused') return 'refused'
  if (connection?.status === 'signed_out') return 'signed-out'
  if (chat?.status === 'refused') return 'refused'
  return chat?.status === 'ready' || (chat && chat.messages.length > 0) ? 'list' : 'loading'
}

/** Whether the chat is there and nobody has written yet. */
export function isEmpty(stage: Stage, chat: ChatState | undefined): boolean {
  return stage === 'list' && chat?.messages.length === 0 && chat.pending.length === 0
}

export interface ChatViewModel {
  stage: Stage
  localize: Localize
  client: CollabClient | undefined
  chat: ChatState | undefined
  users: Readonly<Record<string, User>>
  me: string | undefined
  /** Name of the chat; empty while it is not known. */
  name: string
  error: ErrorShape | undefined
  tokensByPage: boolean
  signInReady: boolean
  /** Absent until it was needed and is fetched. */
  notices: Notices | undefined
  connection: ConnectionView
  conversation: Conversation
  /** Key of the row that Tab leads to. */
  active: string | undefined
  atEnd: boolean
  maxBytes: number
  readonly: boolean
  /** Name of the whole; that of the chat without it. */
  label: string | undefined
  headingLevel: number
  announcer: Announcer
  composer: Composer
  keydown: (event: KeyboardEvent) => void
  focusin: (event: FocusEvent) => void
  look: Pick<CollabElement, 'i18n' | 'density'>
  retry: (clientMessageId: string) => void
  discard: (clientMessageId: string) => void
  reopen: () => void
  loadOlder: () => void
  jump: () => void
}

export function chatView(model: ChatViewModel): TemplateResult {
  const { localize, name, label, stage, headingLevel, chat, connection } = model
  const conversing = stage === 'list' || stage === 'loading'
  return html`<section
    class="base"
    part="base"
    aria-label=${label || nothing}
    aria-labelledby=${label ? nothing : 'title'}
  >
    <span class="font-probe"></span>
    ${
      conversing
        ? chatHeader({ chat: chat?.chat, name, badge: connection.badge, headingLevel, localize })
        : html`<div class="hidden" id="title" role="heading" aria-level=${headingLevel}>
            ${localize.text('chat')}
          </div>`
    }
    <slot name="banner"></slot>
    ${conversing ? banner(model) : nothing} ${conversing ? conversationView(model) : standIn(model)}
    ${conversing ? below(model) : nothing} ${model.announcer.render()}
  </section>`
}

function banner({ connection, chat, localize }: ChatViewModel): TemplateResult {
  const kind = connection.banner
  const waiting = chat?.pending.filter(({ state }) => state !== 'failed').length ?? 0
  const text =
    kind === 'recovered'
      ? localize.text('backOnline')
      : kind === 'reconnecting'
        ? localize.text('reconnectingBanner')
        : waiting > 0
          ? localize.text('offlineQueued', waiting)
          : localize.text('offlineBanner')
  return html`<div class="banner ${kind ?? ''}" part="banner" ?hidden=${!kind}>
    <slot name="offline"
      >${kind ? html`${kind === 'recovered' ? nothing : cloudOffIcon}<span class="text">${text}</span>` : nothing}</slot
    >
  </div>`
}

function standIn(model: ChatViewModel): TemplateResult {
  const { stage, notices, tokensByPage } = model
  if (stage === 'signed-out' && !tokensByPage) return signIn(model)
  const kind =
    stage === 'no-chat' || stage === 'no-service' || stage === 'refused' ? stage : 'ended'
  return html`<div class="stage" aria-busy=${notices ? 'false' : 'true'}>
    <slot name="error">${explained(kind, model)}</slot>
  </div>`
}

function explained(kind: NoticeKind, model: ChatViewModel): TemplateResult | undefined {
  const { localize, error, reopen: retry, composer } = model
  const write = model.readonly ? undefined : () => composer.focus()
  return model.notices?.draw(kind, { localize, error, retry, write })
}

function signIn({
  client,
  signInReady,
  look,
  localize,
  headingLevel,
}: ChatViewModel): TemplateResult {
  return html`<div class="stage" aria-busy=${signInReady ? 'false' : 'true'}>
    ${
      signInReady
        ? html`<collab-sign-in
            .client=${client}
            .i18n=${look.i18n}
            .density=${look.density}
            .headingLevel=${headingLevel + 1}
          ></collab-sign-in>`
        : html`<span class="hidden">${localize.text('loadingSignIn')}</span>`
    }
  </div>`
}

function conversationView(model: ChatViewModel): TemplateResult {
  const { stage, localize, chat, name } = model
  const loading = stage === 'loading'
  const rows = loading || !chat ? 0 : chat.messages.length + chat.pending.length
  const unseen = model.atEnd ? 0 : model.conversation.unseen(model.me)
  return html`<div class="main">
    <div class="scroller">
      <div class="content">
        <div class="loading" ?hidden=${!loading}>
          <slot name="loading"
            >${
              loading
                ? html`<span class="hidden">${localize.text('loading')}</span>${skeleton(7)}`
                : nothing
            }</slot
          >
        </div>
        ${loading ? nothing : older(model)}
        <div
          class="feed"
          role=${rows > 0 ? 'feed' : nothing}
          part="messages"
          aria-label=${rows > 0 ? localize.text('messagesOf', localize.formats.isolate(name)) : nothing}
          aria-busy=${loading || chat?.loadingOlder ? 'true' : 'false'}
          @keydown=${model.keydown}
          @focusin=${model.focusin}
          @animationend=${() => model.conversation.fresh.clear()}
        >
          ${loading || !chat ? nothing : list(model, chat)}
        </div>
        ${empty(model)}
      </div>
    </div>
    <button
      class="jump"
      part="jump-button"
      type="button"
      ?hidden=${loading || model.atEnd}
      aria-label=${unseen > 0 ? localize.text('jumpNew', unseen) : localize.text('jump')}
      @click=${model.jump}
    >
      ${downIcon}${
        unseen > 0
          ? html`<span class="count" aria-hidden="true"
              >${unseen > 99 ? '99+' : localize.formats.number(unseen)}</span
            >`
          : nothing
      }
    </button>
  </div>`
}

function list(model: ChatViewModel, chat: ChatState): TemplateResult {
  const { conversation, me, users, localize, headingLevel, active, retry, discard } = model
  return messageList({
    chat,
    slice: conversation.slice,
    followsNewest: conversation.window.followsNewest,
    readSeq: conversation.readSeq,
    context: {
      me,
      users,
      localize,
      headingLevel: headingLevel + 1,
      now: new Date(),
      active,
      fresh: conversation.fresh,
      retry,
      discard,
    },
  })
}

function older({
  chat,
  conversation,
  localize,
  loadOlder,
}: ChatViewModel): TemplateResult | typeof nothing {
  if (!chat || chat.messages.length === 0) return nothing
  if (!chat.hasOlder && conversation.slice.start === 0) {
    return html`<p class="beginning text">${localize.text('beginning')}</p>`
  }
  if (chat.olderError) {
    return html`<div class="older failed">
      <span>${localize.text('olderFailed')}</span>
      <button class="link" type="button" part="load-older-button" @click=${loadOlder}>
        ${localize.text('tryAgain')}
      </button>
    </div>`
  }
  // Always there and always as high: what comes above the messages must not push them.
  return html`<div class="older">
    ${
      chat.loadingOlder
        ? html`${skeleton(2)}<span class="hidden">${localize.text('loadingOlder')}</span>`
        : html`<button class="link" type="button" part="load-older-button" @click=${loadOlder}>
            ${localize.text('loadOlder')}
          </button>`
    }
  </div>`
}

function empty(model: ChatViewModel): TemplateResult {
  const shown = isEmpty(model.stage, model.chat)
  return html`<div class="empty" ?hidden=${!shown}>
    <slot name="empty">${shown ? explained('empty', model) : nothing}</slot>
  </div>`
}

function below(model: ChatViewModel): TemplateResult {
  const { localize, readonly, name, maxBytes } = model
  return html`<div class="below">
    <div class="typing" part="typing">${typing(model)}</div>
    <slot name="before-composer"></slot>
    ${readonly ? html`<p class="read-only text">${localize.text('readOnly')}</p>` : nothing}
    ${model.composer.render({ localize, name: name && localize.formats.isolate(name), maxBytes, hidden: readonly })}
  </div>`
}

function typing({ chat, users, localize }: ChatViewModel): TemplateResult | typeof nothing {
  const names = (chat?.typing ?? []).map((username) =>
    localize.formats.isolate(users[username]?.displayName ?? username),
  )
  const [one, two, ...more] = names
  if (one === undefined) return nothing
  const text =
    two === undefined
      ? localize.text('typingOne', one)
      : more.length === 0
        ? localize.text('typingTwo', one, two)
        : localize.text('typingSeveral')
  return html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span
    ><span class="typing-text text">${text}</span>`
}
