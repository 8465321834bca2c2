import type { Message, User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { avatar } from '../../kit/avatar.ts'
import { alertIcon } from '../../kit/alert-icon.ts'
import { checkIcon, clockIcon } from '../chat/chat-icons.ts'
import { type Link, linkify } from '../../kit/linkify.ts'
import { dayTitle } from '../../kit/localize/moment.ts'
import { isEmojiOnly } from '../../kit/person.ts'
import type { Entry, Placement } from './entries.ts'
import type { FailureContext, Failures } from './failures.ts'

/** Draws parts of a message in the page's own way; what a function leaves out is drawn as usual. */
export interface Renderers {
  /** The text of a message: nodes, a Lit template or a plain string (which is shown as text). */
  body?: (message: Message) => Node | TemplateResult | string | undefined
}

/** What all rows of one rendering share. */
export interface RowContext extends FailureContext {
  me: string | undefined
  users: Readonly<Record<string, User>>
  now: Date
  /** How many messages were unread when the chat was opened. */
  unread: number
  /** Level of day headings. */
  headingLevel: number
  /** Key of the row that Tab leads to. */
  active: string | undefined
  /** Keys of rows that come in with a movement. */
  fresh: ReadonlySet<string>
  variant: 'bubbles' | 'rows'
  renderers: Renderers | undefined
  /** Absent until a message has failed and it is fetched. */
  failures: Failures | undefined
}

/** One message. Plain elements in the chat's own root: parts and labels reach everything. */
export function messageRow(
  entry: Entry,
  placement: Placement,
  context: RowContext,
): TemplateResult {
  const { key } = entry
  const own = entry.sender === context.me || entry.kind === 'pending'
  const flat = context.variant === 'rows'
  const at = new Date(entry.at)
  return html`<article
    class=${rowClass(entry, placement, { own, fresh: context.fresh.has(key) })}
    part=${own ? 'message message-own' : 'message'}
    data-key=${key}
    tabindex=${context.active === key ? 0 : -1}
    aria-labelledby="author-${key} time-${key}"
    aria-describedby="body-${key} state-${key}"
    aria-posinset=${entry.kind === 'message' ? entry.message.number : nothing}
    aria-setsize="-1"
  >
    ${headings(placement, at, context)}
    <div class="line">
      ${own && !flat ? nothing : html`<span class="face">${placement[flat ? 'first' : 'last'] ? face(entry.sender, context) : nothing}</span>`}
      <div class="stack">
        ${author(entry, placement.first && (flat || !own), context)}${body(entry, context)}
        <div class="meta">
          <time
            id="time-${key}"
            part="message-time"
            datetime=${entry.at}
            .textContent=${context.localize.formats.time(at)}
          ></time>
          ${sendState(entry, own, context)}
        </div>
        ${entry.kind === 'pending' && entry.pending.state === 'failed' ? context.failures?.draw(entry.pending, context) : nothing}
      </div>
    </div>
  </article>`
}

function rowClass(
  entry: Entry,
  placement: Placement,
  { own, fresh }: { own: boolean; fresh: boolean },
): string {
  const names = ['row']
  if (own) names.push('own')
  if (placement.first) names.push('first')
  if (placement.last) names.push('last')
  if (fresh) names.push('fresh')
  if (entry.kind === 'pending') names.push(entry.pending.state)
  return names.join(' ')
}

function headings(
  { day, unread }: Placement,
  at: Date,
  context: RowContext,
): TemplateResult | typeof nothing {
  if (!day && !unread) return nothing
  const { localize, headingLevel } = context
  return html`${
    day
      ? html`<div class="day" part="day-heading" role="heading" aria-level=${headingLevel}>
          <span>${dayTitle(localize.formats, at, context.now)}</span>
        </div>`
      : nothing
  }
  ${
    unread
      ? html`<div class="unread" part="unread-marker" role="heading" aria-level=${headingLevel}>
          <span
            >${localize.text('unreadSince', context.unread, localize.formats.since(at, context.now))}</span
          >
        </div>`
      : nothing
  }`
}

function face(username: string, context: RowContext): TemplateResult {
  return avatar(username, context.users[username]?.displayName ?? username)
}

/** The name is there for every message; only the first of a group shows it. */
function author(entry: Entry, shown: boolean, { localize, users, me }: RowContext): TemplateResult {
  const own = entry.kind === 'pending' || entry.sender === me
  const user = users[entry.sender]
  const name = own ? localize.text('you') : (user?.displayName ?? entry.sender)
  return html`<div
    class=${shown ? 'author' : 'hidden'}
    id="author-${entry.key}"
    part="message-author"
  >
    <bdi .textContent=${name}></bdi>${
      user?.guest && !own ? html` <span class="guest">${localize.text('guest')}</span>` : nothing
    }
  </div>`
}

function body(entry: Entry, { localize, renderers }: RowContext): TemplateResult {
  const text = entry.kind === 'message' ? entry.message.body : entry.pending.body
  const id = `body-${entry.key}`
  if (entry.kind === 'message' && entry.message.deletedAt) {
    return html`<div class="bubble gone" id=${id} part="message-body">
      ${localize.text('deleted')}
    </div>`
  }
  const custom = entry.kind === 'message' ? renderers?.body?.(entry.message) : undefined
  const emoji = isEmojiOnly(text) ? 'bubble emoji' : 'bubble'
  // A span, as no formatter puts white space into one: that of the text is kept.
  return html`<span class=${emoji} id=${id} part="message-body" dir="auto"
    >${custom ?? linked(text)}</span
  >`
}

/** A text without links stays one node. */
function linked(text: string): unknown {
  const parts = linkify(text)
  return parts.length > 1 || typeof parts[0] !== 'string' ? parts.map(link) : text
}

function link(part: string | Link): TemplateResult | string {
  if (typeof part === 'string') return part
  return html`<a
    href=${part.href}
    target="_blank"
    rel="noopener noreferrer nofollow ugc"
    tabindex="-1"
    >${part.text}</a
  >`
}

function sendState(entry: Entry, own: boolean, { localize }: RowContext): TemplateResult {
  const id = `state-${entry.key}`
  if (entry.kind === 'message') {
    const edited = entry.message.editedAt && !entry.message.deletedAt
    return html`<span id=${id} class="state"
      >${edited ? html`<span class="edited">${localize.text('edited')}</span>` : nothing}${
        own ? html`${checkIcon}<span class="hidden">${localize.text('stateSent')}</span>` : nothing
      }</span
    >`
  }
  if (entry.pending.state === 'failed')
    return html`<span id=${id} class="state"
      >${alertIcon}<span class="hidden">${localize.text('stateFailed')}</span></span
    >`
  const queued = entry.pending.state === 'queued'
  return html`<span id=${id} class="state waiting"
    >${clockIcon}<span class="hidden"
      >${localize.text(queued ? 'stateQueued' : 'stateSending')}</span
    ></span
  >`
}
