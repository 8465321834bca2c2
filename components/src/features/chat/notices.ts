import type { ErrorShape } from '@collab-kit/protocol'
import { type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { chatIcon } from '../../kit/chat-icon.ts'
import { cloudOffIcon } from './cloud-off-icon.ts'
import { notices as texts } from '../../kit/localize/en/notices.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { globeIcon, lockIcon, searchIcon } from './notice-icons.ts'
import { noticeStyles } from './notices.styles.ts'

/**
 * - `no-service`, `no-chat`: the page's author left an attribute out
 * - `ended`: the page's own tokens have come to their end
 * - `refused`: the service does not show the chat; the error says why
 * - `empty`: nobody has written yet
 */
export type NoticeKind = 'no-service' | 'no-chat' | 'ended' | 'refused' | 'empty'

export interface NoticeContext {
  localize: Localize
  error: ErrorShape | undefined
  retry: () => void
  /** Leads to the composer; absent where one may only read. */
  write: (() => void) | undefined
}

interface Notice {
  icon: TemplateResult
  title: string
  text: string
  /** Something to copy, as an origin. */
  code?: string
  /** What the button does. */
  action?: { label: string; run: () => void }
}

/** What stands in the place of messages; fetched when there is something to explain, which is seldom. */
export interface Notices {
  texts: typeof texts
  styles: CSSResult[]
  draw: (kind: NoticeKind, context: NoticeContext) => TemplateResult
}

export const notices: Notices = {
  texts,
  styles: [buttonStyles, noticeStyles],
  draw: (kind, context) => drawn(noticeOf(kind, context)),
}

/** One sentence, and where there is one, a way on. */
function drawn({ icon, title, text, code, action }: Notice): TemplateResult {
  return html`<div class="notice">
    <span class="notice-icon" aria-hidden="true">${icon}</span>
    <div class="notice-title text">${title}</div>
    <div class="notice-text text">${text}</div>
    ${code ? html`<code class="notice-code" dir="ltr">${code}</code>` : nothing}
    ${
      action
        ? html`<button class="button" type="button" part="notice-button" @click=${action.run}>
            ${action.label}
          </button>`
        : nothing
    }
  </div>`
}

function noticeOf(kind: NoticeKind, context: NoticeContext): Notice {
  const { localize, retry, write } = context
  switch (kind) {
    case 'no-service':
      return {
        icon: globeIcon,
        title: localize.text('noServiceTitle'),
        text: localize.text('noService'),
      }
    case 'no-chat':
      return { icon: chatIcon, title: localize.text('noChatTitle'), text: localize.text('noChat') }
    case 'ended':
      return {
        icon: lockIcon,
        title: localize.text('endedTitle'),
        text: localize.text('ended'),
        action: { label: localize.text('tryAgain'), run: retry },
      }
    case 'refused':
      return refusal(context)
    case 'empty':
      return {
        icon: chatIcon,
        title: localize.text('emptyTitle'),
        text: localize.text(write ? 'emptyText' : 'emptyReadOnly'),
        ...(write && { action: { label: localize.text('writeFirst'), run: write } }),
      }
  }
}

/** Why the chat cannot be shown, in words a person can act on. */
function refusal({ localize, error, retry }: NoticeContext): Notice {
  const action = { label: localize.text('tryAgain'), run: retry }
  switch (error?.code) {
    case 'origin_denied':
      return {
        icon: globeIcon,
        title: localize.text('originDeniedTitle'),
        text: localize.text('originDenied'),
        code: location.origin,
        action,
      }
    case 'forbidden':
      return {
        icon: lockIcon,
        title: localize.text('forbiddenTitle'),
        text: localize.text('forbidden'),
        action,
      }
    case 'not_found':
      return {
        icon: searchIcon,
        title: localize.text('notFoundTitle'),
        text: localize.text('notFound'),
        action,
      }
    default:
      return {
        icon: cloudOffIcon,
        title: localize.text('refusedTitle'),
        text: localize.text('refused'),
        ...(error && { code: localize.text('refusedCode', error.code) }),
        action,
      }
  }
}
