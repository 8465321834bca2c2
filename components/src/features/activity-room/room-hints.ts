import type { StateValue, User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { personColour } from '../../kit/person.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { textOfValue } from '../activity/bound-control.ts'
import type { BoundHint } from '../activity/bound-model.ts'
import { closeIcon, eyeIcon } from './room-icons.ts'
import { displayName } from './room-people.ts'

/** More of a text is not shown in a hint, characters. */
const SHOWN = 240

export interface HintsModel {
  localize: Localize
  hints: readonly BoundHint[]
  users: Readonly<Record<string, User>>
  me: string | undefined
  useTheirs: (key: string) => void
  keepMine: (key: string) => void
  /** Back to the control, without a choice. */
  back: (hint: BoundHint) => void
  left: (hint: BoundHint) => void
}

/** What stands below controls: what somebody else wrote, and the choice between both. */
export function fieldHints(model: HintsModel): TemplateResult {
  return html`${repeat(
    model.hints,
    ({ key }) => key,
    (hint) => fieldHint(model, hint),
  )}`
}

function fieldHint(model: HintsModel, hint: BoundHint): TemplateResult {
  const { localize, useTheirs, keepMine, back, left } = model
  const { key, kind } = hint
  if (kind === 'readonly')
    return html`<div class="hint chrome quiet" part="field-hint" data-key=${key}>
      ${eyeIcon}<span class="text">${localize.text('fieldReadonly')}</span>
    </div>`
  const keydown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    back(hint)
  }
  // A press keeps the focus, and the caret, in the field.
  return html`<div
    class="hint chrome person-${personColour(hint.by ?? '')}"
    part="field-hint"
    role="group"
    aria-label=${wordingOf(model, hint)}
    data-key=${key}
    @keydown=${keydown}
    @focusout=${() => left(hint)}
    @pointerdown=${(event: Event) => event.preventDefault()}
  >
    <div class="hint-who text">${wordingOf(model, hint)}</div>
    <blockquote class="hint-value text" dir="auto">${shownValue(localize, hint.theirs)}</blockquote>
    <div class="hint-actions">
      <button class="button small primary" type="button" @click=${() => useTheirs(key)}>
        ${localize.text('useTheirs')}
      </button>
      ${
        kind === 'held'
          ? html`<button class="button small" type="button" @click=${() => keepMine(key)}>
              ${localize.text('keepMine')}
            </button>`
          : html`<button
              class="icon-button"
              type="button"
              aria-label=${localize.text('roomClose')}
              title=${localize.text('roomClose')}
              @click=${() => keepMine(key)}
            >
              ${closeIcon}
            </button>`
      }
    </div>
  </div>`
}

function wordingOf({ localize, users, me }: HintsModel, { kind, by }: BoundHint): string {
  if (kind === 'refused') return localize.text('fieldRefused')
  const held = kind === 'held'
  // Whose it is what changed during an absence, nobody tells.
  if (by === undefined) return localize.text(held ? 'fieldHeldMeanwhile' : 'fieldReplacedMeanwhile')
  if (by === me) return localize.text(held ? 'fieldHeldByYou' : 'fieldReplacedYours')
  return localize.text(held ? 'fieldHeld' : 'fieldReplaced', displayName(users, by))
}

const shownValue = (localize: Localize, value: StateValue | undefined): unknown => {
  const text = readable(localize, value)
  return text === '' ? html`<i>${localize.text('fieldEmpty')}</i>` : text
}

/** A value as people read it: the start of long ones. */
export function readable(localize: Localize, value: StateValue | undefined): string {
  if (typeof value === 'boolean') return localize.text(value ? 'fieldOn' : 'fieldOff')
  if (typeof value === 'number') return localize.formats.number(value)
  if (Array.isArray(value))
    return localize.formats.list(value.map((each) => readable(localize, each)))
  const text = textOfValue(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

export interface EditorsModel {
  /** Usernames of those in a field, by key. */
  editors: ReadonlyMap<string, readonly string[]>
  users: Readonly<Record<string, User>>
  localize: Localize
}

/** Frames around the fields that others are in, with their names. Assistive technology is told at the field. */
export function editOutlines({ editors, users, localize }: EditorsModel): TemplateResult {
  return html`${repeat(
    [...editors],
    ([key]) => key,
    ([key, usernames]) =>
      html`<div
        class="outline person-${personColour(usernames[0] ?? '')}"
        part="edit-outline"
        data-key=${key}
      >
        <span class="outline-name"
          ><bdi class="cut">${displayName(users, usernames[0] ?? '')}</bdi>${
            usernames.length > 1
              ? html`<span>+${localize.formats.number(usernames.length - 1)}</span>`
              : nothing
          }</span
        >
      </div>`,
  )}`
}
