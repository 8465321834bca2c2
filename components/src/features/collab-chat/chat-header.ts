import type { Chat } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { avatar } from '../../kit/avatar.ts'
import { peopleIcon } from '../chat/chat-icons.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Badge } from '../chat/connection-view.ts'

export interface HeaderModel {
  chat: Chat | undefined
  name: string
  badge: Badge | undefined
  headingLevel: number
  /** Only the name is there, and only for assistive technology. */
  hidden: boolean
  localize: Localize
}

/** Name, topic, how many, and how the connection is. */
export function chatHeader({
  chat,
  name,
  badge,
  headingLevel,
  hidden,
  localize,
}: HeaderModel): TemplateResult {
  return html`<header class=${hidden ? 'hidden' : 'header'} part="header">
    <slot name="header">
      ${chat?.kind === 'direct' ? avatar(name, name) : html`<span class="sign" aria-hidden="true">#</span>`}
      <div class="about">
        <div
          class="title"
          part="title"
          id="title"
          role="heading"
          aria-level=${headingLevel}
          tabindex="-1"
        >
          ${
            name
              ? html`<bdi class="cut">${name}</bdi>`
              : html`<span class="hidden">${localize.text('chat')}</span
                  ><span class="ghost-title" aria-hidden="true"></span>`
          }
        </div>
        ${
          chat?.topic
            ? html`<div class="topic" part="topic" title=${chat.topic}>
                <bdi class="cut">${chat.topic}</bdi>
              </div>`
            : nothing
        }
      </div>
      ${badge ? connectionBadge(badge, localize) : nothing}
      ${chat ? memberCount(chat.memberCount, localize) : nothing}
    </slot>
    <slot name="header-actions"></slot>
  </header>`
}

function memberCount(count: number, localize: Localize): TemplateResult {
  const text = localize.text('members', count)
  return html`<div class="members" part="member-count" title=${text}>
    ${peopleIcon}<span aria-hidden="true">${localize.formats.number(count)}</span
    ><span class="hidden">${text}</span>
  </div>`
}

function connectionBadge(badge: Badge, localize: Localize): TemplateResult {
  const text = localize.text(badge)
  return html`<div class="badge ${badge}" part="connection" title=${text}>
    <span class="dot"></span
    ><span class=${badge === 'live' ? 'hidden' : 'badge-text'}>${text}</span>
  </div>`
}
