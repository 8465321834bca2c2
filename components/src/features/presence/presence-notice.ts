import type { PresenceTarget } from '@collab-kit/client/base'
import type { ErrorShape } from '@collab-kit/protocol'
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import type { CollabElement } from '../../kit/element.ts'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { PresenceStage } from './presence-element.ts'

export type NoticeStage = Exclude<PresenceStage, 'loading' | 'ready'>

export interface NoticeContext {
  host: CollabElement
  localize: Localize
  error: ErrorShape | undefined
  /** Level of its heading. */
  level: number
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
  /** What it is, in one sentence. */
  title: (stage: NoticeStage, context: Pick<NoticeContext, 'localize' | 'error'>) => string
  draw: (stage: NoticeStage, context: NoticeContext) => TemplateResult
  /** Why nobody is shown. */
  empty: (emptiness: Emptiness) => TemplateResult
}

const WORDS = {
  'no-target': { title: 'noTargetTitle', text: 'noTarget' },
  'no-service': { title: 'noPresenceServiceTitle', text: 'noPresenceService' },
  'signed-out': { title: 'presenceSignInTitle' },
  'session-ended': { title: 'presenceSignInAgainTitle', text: 'presenceSignInAgain' },
  forbidden: { title: 'presenceForbiddenTitle', text: 'presenceForbidden' },
  refused: { title: 'presenceRefusedTitle', text: 'presenceRefused' },
} as const

/** Stages in which trying again may help. */
const RETRIED: ReadonlySet<NoticeStage> = new Set<NoticeStage>(['refused', 'session-ended'])

function wordsOf<S extends NoticeStage>(stage: S, error: ErrorShape | undefined) {
  const forbidden = error?.code === 'forbidden' || error?.code === 'not_found'
  return WORDS[stage === 'refused' && forbidden ? 'forbidden' : stage]
}

/** The form, once its code is here. */
function signIn({ host, localize, level }: NoticeContext): TemplateResult {
  const isHere = customElements.get('collab-sign-in') !== undefined
  return html`<div class="notice form" aria-busy=${isHere ? 'false' : 'true'}>
    ${
      isHere
        ? html`<collab-sign-in
            .client=${host.client}
            .i18n=${host.i18n}
            .density=${host.density}
            .headingLevel=${level}
          ></collab-sign-in>`
        : html`<span class="hidden">${localize.text('loadingSignIn')}</span>`
    }
  </div>`
}

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
      .notice.form {
        padding: 4px 16px 20px;
        text-align: start;
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
  title: (stage, { localize, error }) => localize.text(wordsOf(stage, error).title),
  draw(stage, context) {
    if (stage === 'signed-out') return signIn(context)
    const { localize, error, retry } = context
    const { title, text } = wordsOf(stage, error)
    return html`<div class="notice">
      <div class="notice-title text">${localize.text(title)}</div>
      <div class="notice-text text">${localize.text(text)}</div>
      ${
        RETRIED.has(stage)
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
