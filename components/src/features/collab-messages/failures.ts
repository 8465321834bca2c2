import type { PendingMessage } from '@collab-kit/client'
import { css, type CSSResult, html, type TemplateResult } from 'lit'
import { errors } from '../../kit/localize/en/errors.ts'
import { failures as own } from '../../kit/localize/en/failures.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Messages } from '../../kit/localize/messages.ts'

export interface FailureContext {
  localize: Localize
  retry: (clientMessageId: string) => void
  discard: (clientMessageId: string) => void
}

/** Why a message was not sent, and what can be done; fetched when one has failed, which is seldom. */
export interface Failures {
  texts: Partial<Messages>
  styles: CSSResult
  draw: (pending: PendingMessage, context: FailureContext) => TemplateResult
}

const retryIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M15.8 8.2A6.2 6.2 0 1 0 16 12M16.2 4.2v4.2H12" />
</svg>`

const trashIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M4 5.8h12M8 5.5V3.8h4v1.7M5.6 6l.7 10.2h7.4L14.4 6M8.6 9v4.2M11.4 9v4.2" />
</svg>`

const styles = css`
  .failure {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 2px 4px;
    margin-block-end: 6px;
    padding-inline: 8px 2px;
    color: var(--_danger);
    font-size: 0.8667em;
  }
  .action {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-block-size: 30px;
    padding: 4px 9px;
    border-radius: 8px;
    color: var(--_text);
    font-weight: 550;
  }
  .action:hover {
    background: var(--_sunken);
  }
  .action svg {
    inline-size: 15px;
    block-size: 15px;
  }
  @media (pointer: coarse) {
    .action {
      min-block-size: 44px;
    }
  }
`

export const failures: Failures = { texts: { ...errors, ...own }, styles, draw }

function draw(
  { clientMessageId, body, error }: PendingMessage,
  { localize, retry, discard }: FailureContext,
): TemplateResult {
  const excerpt = body.length > 40 ? `${body.slice(0, 40)}…` : body
  return html`<div class="failure" part="message-failure">
    <span class="reason text"
      >${localize.text('failedBecause', reasonOf(error?.code, localize))}</span
    >
    <button
      class="action"
      type="button"
      part="retry-button"
      tabindex="-1"
      aria-label=${localize.text('retryMessage', excerpt)}
      @click=${() => retry(clientMessageId)}
    >
      ${retryIcon}${localize.text('retry')}
    </button>
    <button
      class="action"
      type="button"
      part="discard-button"
      tabindex="-1"
      aria-label=${localize.text('discardMessage', excerpt)}
      @click=${() => discard(clientMessageId)}
    >
      ${trashIcon}${localize.text('discard')}
    </button>
  </div>`
}

function reasonOf(code: string | undefined, localize: Localize): string {
  switch (code) {
    case 'forbidden':
    case 'not_found':
    case 'too_large':
    case 'rate_limited':
    case 'unavailable':
    case 'invalid_payload':
      return localize.text(`error_${code}`)
    default:
      return localize.text('error_other')
  }
}
