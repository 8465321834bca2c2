import type { PresenceTarget } from '@collab-kit/client/base'
import type { ErrorShape } from '@collab-kit/protocol'
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { PresenceStage } from './presence-element.ts'

export type NoticeStage = Exclude<PresenceStage, 'loading' | 'ready'>

export interface NoticeContext {
  localize: Localize
  error: ErrorShape | undefined
  retry: () => void
}

export interface Emptiness {
  localize: Localize
  /** What was searched for. */
  query: string
  target: PresenceTarget | undefined
  /** Whether there are people, who are not shown because they are offline. */
  away: boolean
}

/** What stands in the place of people; fetched when there is something to explain, which is seldom. */
export interface Notice {
  texts: typeof texts
  styles: CSSResult[]
  draw: (stage: NoticeStage, context: NoticeContext) => TemplateResult
  /** Why nobody is shown. */
  empty: (emptiness: Emptiness) => TemplateResult
}

const WORDS = {
  'no-target': ['noTargetTitle', 'noTarget'],
  'no-service': ['noPresenceServiceTitle', 'noPresenceService'],
  'signed-out': ['presenceSignInTitle', 'presenceSignIn'],
  forbidden: ['presenceForbiddenTitle', 'presenceForbidden'],
  refused: ['presenceRefusedTitle', 'presenceRefused'],
} as const

export const notice: Notice = {
  texts,
  styles: [
    buttonStyles,
    css`
      .notice {
        padding: 20px 16px;
        text-align: center;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      .notice-title {
        font-weight: 650;
      }
      .notice-text {
        color: var(--_quiet);
        font-size: 0.9333em;
      }
      .notice .button {
        margin-block-start: 14px;
      }
      .empty-title {
        font-weight: 650;
      }
      .empty-text {
        color: var(--_quiet);
        font-size: 0.9333em;
      }
    `,
  ],
  draw(stage, { localize, error, retry }) {
    const forbidden = error?.code === 'forbidden' || error?.code === 'not_found'
    const [title, text] = WORDS[stage === 'refused' && forbidden ? 'forbidden' : stage]
    return html`<div class="notice">
      <div class="notice-title text">${localize.text(title)}</div>
      <div class="notice-text text">${localize.text(text)}</div>
      ${
        stage === 'refused'
          ? html`<button class="button" type="button" part="notice-button" @click=${retry}>
              ${localize.text('tryAgain')}
            </button>`
          : nothing
      }
    </div>`
  },
  empty({ localize, query, target, away }) {
    const asked = query.trim()
    if (asked)
      return html`<div class="empty-text text">${localize.text('nobodyFound', asked)}</div>`
    const contacts = target && 'contacts' in target
    const key = away ? 'nobodyOnline' : contacts ? 'noContacts' : 'onlyYou'
    return html`<div class="empty-title text">${localize.text(key)}</div>
      <div class="empty-text text">${localize.text(`${key}Text`)}</div>`
  },
}
