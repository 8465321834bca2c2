import type { ActivityState, ConnectionInfo } from '@collab-kit/client'
import { html, nothing, type TemplateResult } from 'lit'
import { alertIcon } from '../../kit/alert-icon.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { globeIcon, lockIcon, searchIcon } from '../chat/notice-icons.ts'
import { doorIcon, flagIcon } from './room-icons.ts'
import type { Stage } from './room-stage.ts'

export interface NoticeModel {
  stage: Stage
  localize: Localize
  connection: ConnectionInfo | undefined
  activity: ActivityState | undefined
  headingLevel: number
  retry: () => void
  close: () => void
}

interface Notice {
  icon: TemplateResult
  title: string
  text: string
  /** Something to copy, or a reason in somebody's words. */
  code?: string
  reason?: string
  action?: { label: string; run: () => void }
}

/** What stands before the content, in a sentence and with a way on where there is one. */
export function coverNotice(model: NoticeModel): TemplateResult {
  return html`<div class="notice" part="notice">${drawn(noticeOf(model), model.headingLevel)}</div>`
}

/** Says that one is out, and why; the focus goes to its heading. */
export function roomDialog(model: NoticeModel): TemplateResult {
  const { localize, close, stage } = model
  return html`<div
    class="notice dialog"
    part="dialog"
    role="alertdialog"
    tabindex="-1"
    aria-label=${noticeOf(model).title}
    aria-describedby="notice-text"
  >
    ${
      stage === 'ended'
        ? html`<slot name="ended">${drawn(noticeOf(model), model.headingLevel)}</slot>`
        : drawn(noticeOf(model), model.headingLevel)
    }
    <button class="link" part="close-button" type="button" @click=${close}>
      ${localize.text('roomClose')}
    </button>
  </div>`
}

function drawn(notice: Notice, headingLevel: number): TemplateResult {
  const { icon, title, text, code, reason, action } = notice
  return html`<span class="notice-icon" aria-hidden="true">${icon}</span>
    <div
      class="notice-title text"
      id="notice-title"
      role="heading"
      aria-level=${headingLevel}
      tabindex="-1"
    >
      ${title}
    </div>
    <div class="notice-text text" id="notice-text">
      ${text}${reason ? html`<br /><bdi>${reason}</bdi>` : nothing}
    </div>
    ${code ? html`<code class="notice-code" dir="ltr">${code}</code>` : nothing}
    ${
      action
        ? html`<button
            class="button primary"
            type="button"
            part="notice-button"
            @click=${action.run}
          >
            ${action.label}
          </button>`
        : nothing
    }`
}

function noticeOf(model: NoticeModel): Notice {
  const { stage, localize, retry, activity, connection } = model
  const again = { label: localize.text('tryAgain'), run: retry }
  const join = { label: localize.text('roomJoinAgain'), run: retry }
  switch (stage) {
    case 'full':
      return {
        icon: doorIcon,
        title: localize.text('roomFullTitle'),
        text: localize.text('roomFull'),
      }
    case 'removed':
      return {
        icon: doorIcon,
        title: localize.text('roomRemovedTitle'),
        text: localize.text(activity?.permission ? 'roomRightLost' : 'roomRemoved'),
        ...(activity?.reason && { reason: localize.text('roomReason', activity.reason) }),
        ...(!activity?.permission && { action: join }),
      }
    case 'ended':
      return {
        icon: flagIcon,
        title: localize.text('roomEndedTitle'),
        text: localize.text('roomEnded'),
      }
    case 'session-ended':
      return {
        icon: lockIcon,
        title: localize.text('roomSignInAgainTitle'),
        text: localize.text('roomSignInAgain'),
        action: again,
      }
    case 'unknown-page':
      if (connection?.error?.code === 'origin_denied')
        return {
          icon: globeIcon,
          title: localize.text('roomUnknownPageTitle'),
          text: localize.text('roomUnknownPage'),
          code: location.origin,
          action: again,
        }
      return refusal(model, connection?.error?.code)
    default:
      return refusal(model, activity?.error?.code)
  }
}

/** Why the activity cannot be opened, in words a person can act on. */
function refusal({ localize, retry }: NoticeModel, code: string | undefined): Notice {
  const action = { label: localize.text('tryAgain'), run: retry }
  if (code === 'forbidden')
    return {
      icon: lockIcon,
      title: localize.text('roomForbiddenTitle'),
      text: localize.text('roomForbidden'),
      action,
    }
  if (code === 'not_found')
    return {
      icon: searchIcon,
      title: localize.text('roomNotFoundTitle'),
      text: localize.text('roomNotFound'),
      action,
    }
  return {
    icon: alertIcon,
    title: localize.text('roomRefusedTitle'),
    text: localize.text('roomRefused'),
    ...(code && { code: localize.text('roomCode', code) }),
    action,
  }
}
