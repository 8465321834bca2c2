// Fetched when there is something to explain: most chats never need it.
import type { ErrorShape } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { chatIcon } from '../../kit/chat-icon.ts'
import { cloudOffIcon } from '../../kit/icons.ts'
import { buttonStyles } from '../../kit/button.styles.ts'
import { notices as noticeTexts } from '../../kit/localize/en/notices.ts'
import type { Localize } from '../../kit/localize/localize.ts'

import { globeIcon, lockIcon, searchIcon } from './notice-icons.ts'
import { noticeStyles } from './notices.styles.ts'

export const styles = [buttonStyles, noticeStyles]
export { noticeTexts }

export interface Notice {
  icon: TemplateResult
  title: string
  text: string
  /** Something to copy, as an origin. */
  code?: string
  /** What the button does. */
  action?: { label: string; run: () => void }
}

/** One sentence, and where there is one, a way on. */
export function notice({ icon, title, text, code, action }: Notice): TemplateResult {
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

export interface RefusalContext {
  localize: Localize
  retry: () => void
}

/** Why the chat cannot be shown, in words a person can act on. */
export function refusal(
  error: ErrorShape | undefined,
  { localize, retry }: RefusalContext,
): Notice {
  const again = { label: localize.text('tryAgain'), run: retry }
  switch (error?.code) {
    case 'origin_denied':
      return {
        icon: globeIcon,
        title: localize.text('originDeniedTitle'),
        text: localize.text('originDenied'),
        code: location.origin,
        action: again,
      }
    case 'forbidden':
      return {
        icon: lockIcon,
        title: localize.text('forbiddenTitle'),
        text: localize.text('forbidden'),
        action: again,
      }
    case 'not_found':
      return {
        icon: searchIcon,
        title: localize.text('notFoundTitle'),
        text: localize.text('notFound'),
        action: again,
      }
    default:
      return {
        icon: cloudOffIcon,
        title: localize.text('refusedTitle'),
        text: localize.text('refused'),
        ...(error && { code: localize.text('refusedCode', error.code) }),
        action: again,
      }
  }
}

/** What the page's author left out. */
export function misplaced(missing: 'service' | 'chat', localize: Localize): Notice {
  return missing === 'service'
    ? { icon: globeIcon, title: localize.text('noServiceTitle'), text: localize.text('noService') }
    : { icon: chatIcon, title: localize.text('noChatTitle'), text: localize.text('noChat') }
}

/** The page's own tokens have come to their end. */
export function sessionEnded({ localize, retry }: RefusalContext): Notice {
  return {
    icon: lockIcon,
    title: localize.text('endedTitle'),
    text: localize.text('ended'),
    action: { label: localize.text('tryAgain'), run: retry },
  }
}

/** The place of the first message. */
export function nothingYet({
  localize,
  write,
}: {
  localize: Localize
  write?: () => void
}): Notice {
  return {
    icon: chatIcon,
    title: localize.text('emptyTitle'),
    text: localize.text(write ? 'emptyText' : 'emptyReadOnly'),
    ...(write && { action: { label: localize.text('writeFirst'), run: write } }),
  }
}
