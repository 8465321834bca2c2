import { html, type TemplateResult } from 'lit'
import { initials, personColour } from './person.ts'

/** A person's initials on the person's colour. Decoration: the name stands beside it. */
export function avatar(username: string, displayName: string): TemplateResult {
  return html`<span
    class="avatar person-${personColour(username)}"
    part="message-avatar"
    aria-hidden="true"
    >${initials(displayName)}</span
  >`
}
