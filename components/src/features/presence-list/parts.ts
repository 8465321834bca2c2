import { html, nothing, type TemplateResult } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Group } from './arrangement.ts'

/** Grey shapes of people while the real ones are on their way. */
export function ghosts(localize: Localize): TemplateResult {
  return html`<div class="ghosts" aria-hidden="true">
      ${Array.from({ length: 5 }, () => html`<div class="ghost"><i></i><i></i></div>`)}
    </div>
    <span class="hidden">${localize.text('loadingPeople')}</span>`
}

/** What is shown was known last. */
export function staleNote(localize: Localize): TemplateResult {
  return html`<div class="stale text" part="stale">
    <b>${localize.text('notLive')}</b> <span>${localize.text('notLiveText')}</span>
  </div>`
}

export interface GroupsContext {
  localize: Localize
  /** The heading of a group; empty where there is none. */
  heading: (key: string) => string
  /** What all of them are called. */
  label: string
  /** Level of the headings. */
  level: number
}

/** Headings with a list below each, into which the rows come; whom nobody of is `shown` is hidden. */
export function groupList(
  groups: readonly Group[],
  shown: readonly Group[],
  { localize, heading, label, level }: GroupsContext,
): TemplateResult[] {
  return groups.map(({ key, people }, index) => {
    const name = heading(key)
    const said = localize.text('groupNamed', people.length, name || label)
    return html`<div class="group" part="group" ?hidden=${!shown[index]?.people.length}>
      ${
        name
          ? html`<div
              class="group-label text"
              part="group-label"
              role="heading"
              aria-level=${level}
              aria-label=${said}
            >
              ${name}<span>${localize.formats.number(people.length)}</span>
            </div>`
          : nothing
      }
      <ul aria-label=${said}></ul>
    </div>`
  })
}
