import type { ChatState, CollabClient } from '@collab-kit/client'
import type { ErrorShape, User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import type { CollabElement } from '../../kit/element.ts'
import { liveRegions } from '../../kit/live-regions.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { downIcon } from '../chat/chat-icons.ts'
import type { ConnectionView } from '../chat/connection-view.ts'
import type { NoticeKind, Notices } from '../chat/notices.ts'
import { skeleton } from '../chat/skeleton.ts'
import { isEmpty, type Stage } from '../chat/stage.ts'
import type { Teller } from '../chat/teller.ts'
import type { Conversation } from './conversation.ts'
import { messageList } from './message-list.ts'
import type { RowContext } from './message-row.ts'

export interface MessagesViewModel extends Pick<
  RowContext,
  'me' | 'active' | 'variant' | 'renderers' | 'failures' | 'retry' | 'discard'
> {
  stage: Stage
  localize: Localize
  client: CollabClient | undefined
  chat: ChatState | undefined
  users: Readonly<Record<string, User>>
  /** Name of the chat; empty while it is not known. */
  name: string
  error: ErrorShape | undefined
  tokensByPage: boolean
  signInReady: boolean
  /** Absent until it was needed and is fetched. */
  notices: Notices | undefined
  connection: ConnectionView
  /** Says what becomes of the connection; absent until it is fetched. */
  teller: Teller | undefined
  conversation: Conversation
  /** Whether the newest message of all is drawn. */
  followsNewest: boolean
  /** How many messages below were not seen. */
  unseen: number
  atEnd: boolean
  /** Name of the whole; that of the chat without it. */
  label: string | undefined
  headingLevel: number
  /** With the chat's name as `#title`; nothing where the messages stand alone. */
  header: TemplateResult | typeof nothing
  below: TemplateResult | typeof nothing
  shortcuts: 'on' | 'off' | undefined
  keydown: (event: KeyboardEvent) => void
  focusin: (event: FocusEvent) => void
  look: Pick<CollabElement, 'i18n' | 'density'>
  /** Leads to the composer; absent where one may only read. */
  write: (() => void) | undefined
  reopen: () => void
  loadOlder: () => void
  loadNewer: () => void
  jump: () => void
  jumpToUnread: () => void
}

export function messagesView(model: MessagesViewModel): TemplateResult {
  const { localize, name, label, stage, headingLevel } = model
  const conversing = stage === 'list' || stage === 'loading'
  const alone = model.header === nothing
  const messagesOf = localize.text('messagesOf', name)
  return html`<section
    class="base"
    part="base"
    tabindex="-1"
    aria-label=${label || (alone ? messagesOf : name || localize.text('chat'))}
  >
    <span class="font-probe"></span>
    ${
      conversing || alone
        ? model.header
        : html`<div class="hidden" id="title" role="heading" aria-level=${headingLevel}>
            ${localize.text('chat')}
          </div>`
    }
    <slot name="banner"></slot>
    ${
      conversing
        ? html`${banner(model)} ${conversation(model)}
            <div class="typing" part="typing">${typing(model)}</div>
            ${model.below}`
        : standIn(model)
    }
    ${liveRegions()}
  </section>`
}

function banner({ connection, chat, teller, localize }: MessagesViewModel): TemplateResult {
  const kind = connection.banner
  const waiting = chat?.pending.filter(({ state }) => state !== 'failed').length ?? 0
  return html`<div class="banner ${kind ?? ''}" part="banner" ?hidden=${!kind}>
    <slot name="offline"
      >${
        // What says it in full was perhaps not here yet when the network went.
        kind &&
        (teller?.banner(kind, waiting) ?? localize.text(kind === 'recovered' ? 'live' : kind))
      }</slot
    >
  </div>`
}

function standIn(model: MessagesViewModel): TemplateResult {
  const { stage, notices, tokensByPage } = model
  if (stage === 'signed-out' && !tokensByPage) return signIn(model)
  const kind =
    stage === 'no-chat' || stage === 'no-service' || stage === 'refused' ? stage : 'ended'
  return html`<div class="stage" aria-busy=${notices ? 'false' : 'true'}>
    <slot name="error">${explained(kind, model)}</slot>
  </div>`
}

function explained(kind: NoticeKind, model: MessagesViewModel): TemplateResult | undefined {
  const { localize, error, reopen: retry, write } = model
  return model.notices?.draw(kind, { localize, error, retry, write })
}

function signIn({
  client,
  signInReady,
  look,
  localize,
  headingLevel,
}: MessagesViewModel): TemplateResult {
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

function conversation(model: MessagesViewModel): TemplateResult {
  const { stage, localize, chat, name } = model
  const loading = stage === 'loading'
  const rows = loading || !chat ? 0 : chat.messages.length + chat.pending.length
  return html`<div class="main">
    ${unreadButton(model)}
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
          aria-label=${rows > 0 ? localize.text('messagesOf', name) : nothing}
          aria-busy=${loading || chat?.loadingOlder || chat?.loadingNewer ? 'true' : 'false'}
          aria-keyshortcuts=${rows > 0 && model.shortcuts !== 'off' ? '?' : nothing}
          @keydown=${model.keydown}
          @focusin=${model.focusin}
          @animationend=${() => model.conversation.fresh.clear()}
        >
          ${loading || !chat ? nothing : list(model, chat)}
        </div>
        ${loading ? nothing : newer(model)} ${empty(model)}
      </div>
    </div>
    ${jumpButton(model)}
  </div>`
}

/** Where the first unread message is further up than what is loaded. */
function unreadButton(model: MessagesViewModel): TemplateResult | typeof nothing {
  const {
    chat,
    conversation: { unreadAbove },
    localize,
  } = model
  const count = chat ? unreadAbove(chat) : 0
  if (count === 0) return nothing
  return html`<button
    class="jump up"
    part="unread-button"
    type="button"
    @click=${model.jumpToUnread}
  >
    ${downIcon}<span class="count">${localize.text('jumpUnread', count)}</span>
  </button>`
}

function jumpButton({ stage, atEnd, unseen, localize, jump }: MessagesViewModel): TemplateResult {
  return html`<button
    class="jump"
    part="jump-button"
    type="button"
    ?hidden=${stage !== 'list' || atEnd}
    aria-label=${unseen > 0 ? localize.text('jumpNew', unseen) : localize.text('jump')}
    @click=${jump}
  >
    ${downIcon}${
      unseen > 0
        ? html`<span class="count" aria-hidden="true"
            >${unseen > 99 ? `${localize.formats.number(99)}+` : localize.formats.number(unseen)}</span
          >`
        : nothing
    }
  </button>`
}

function list(model: MessagesViewModel, chat: ChatState): TemplateResult {
  const { conversation: shown, me, users, localize, headingLevel, followsNewest } = model
  const { active, retry, discard, variant, renderers, failures } = model
  return messageList({
    chat,
    slice: shown.slice,
    followsNewest,
    readSeq: shown.readSeq,
    context: {
      me,
      users,
      localize,
      headingLevel: headingLevel + 1,
      now: new Date(),
      unread: shown.unread,
      active,
      fresh: shown.fresh,
      variant,
      renderers,
      failures,
      retry,
      discard,
    },
  })
}

function older(model: MessagesViewModel): TemplateResult | typeof nothing {
  const { chat, conversation: shown, localize, loadOlder } = model
  if (!chat || chat.messages.length === 0) return nothing
  if (!chat.hasOlder && shown.slice.start === 0) {
    return html`<p class="beginning text">${localize.text('beginning')}</p>`
  }
  if (chat.olderError) return failed(localize, localize.text('olderFailed'), loadOlder)
  // Always there and always as high: what comes above the messages must not push them, and a focus must not be lost.
  const loading = chat.loadingOlder
  return html`<div class="older">
    ${loading ? skeleton(2) : nothing}
    <button
      class="link"
      type="button"
      part="load-older-button"
      aria-disabled=${loading ? 'true' : 'false'}
      @click=${loadOlder}
    >
      ${localize.text(loading ? 'loadingOlder' : 'loadOlder')}
    </button>
  </div>`
}

function newer({ chat, localize, loadNewer }: MessagesViewModel): TemplateResult | typeof nothing {
  if (!chat?.hasNewer) return nothing
  if (chat.newerError) return failed(localize, localize.text('newerFailed'), loadNewer)
  return html`<div class="older">
    ${skeleton(2)}<span class="hidden">${localize.text('loadingNewer')}</span>
  </div>`
}

function failed(localize: Localize, text: string, retry: () => void): TemplateResult {
  return html`<div class="older failed">
    <span>${text}</span>
    <button class="link" type="button" part="load-older-button" @click=${retry}>
      ${localize.text('tryAgain')}
    </button>
  </div>`
}

function empty(model: MessagesViewModel): TemplateResult {
  const shown = isEmpty(model.stage, model.chat)
  return html`<div class="empty" ?hidden=${!shown}>
    <slot name="empty">${shown ? explained('empty', model) : nothing}</slot>
  </div>`
}

function typing({ chat, users, localize }: MessagesViewModel): TemplateResult | typeof nothing {
  const names = (chat?.typing ?? []).map((username) => users[username]?.displayName ?? username)
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
