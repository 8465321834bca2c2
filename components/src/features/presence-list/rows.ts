import { html, nothing, render, type TemplateResult } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import { face } from '../presence/face.ts'
import type { Person } from '../presence/people.ts'
import { inOneBreath, lastSeen, stateText } from '../presence/wording.ts'
import type { Group } from './arrangement.ts'
import { roleLabel, type RoleOf } from './grouping.ts'
import { isSame } from './same.ts'

export interface RowsContext {
  localize: Localize
  /** Who Tab leads to. */
  active: string | undefined
  /** Whose card is open. */
  open: string | undefined
  roleOf: RoleOf
  now: Date
}

interface Row {
  readonly element: HTMLElement
  /** What it shows. */
  drawn: readonly unknown[]
}

/** The rows of a list. Everybody keeps their own, with the focus in it, and it is drawn only when something is new. */
export class Rows {
  #known = new Map<string, Row>()
  #common: readonly unknown[] = []

  /** @param lists Where the people of each group stand */
  draw(lists: Iterable<Element>, groups: readonly Group[], context: RowsContext): void {
    const { localize, roleOf, now, active, open } = context
    const minute = Math.floor(now.getTime() / 60_000)
    const common = [roleOf, minute, ...localize.dependencies]
    if (!isSame(common, this.#common)) this.#common = common
    const known = new Map<string, Row>()
    let index = 0
    for (const list of lists) {
      const people = groups[index++]?.people ?? []
      const elements = people.map((person) => {
        const { username } = person
        const row = this.#known.get(username) ?? newRow()
        const drawn = [person, this.#common, username === active, username === open]
        if (!isSame(drawn, row.drawn)) draw(row.element, person, context)
        row.drawn = drawn
        known.set(username, row)
        return row.element
      })
      arrange(list, elements)
    }
    this.#known = known
  }
}

/** The first so many people of all groups. */
export function firstOf(groups: readonly Group[], most: number): readonly Group[] {
  let room = most
  return groups.map(({ key, people }) => {
    const some = people.slice(0, Math.max(room, 0))
    room -= people.length
    return { key, people: some }
  })
}

function newRow(): Row {
  const element = document.createElement('li')
  element.part.add('participant')
  return { element, drawn: [] }
}

/** Moves as few as it can: what is moved loses the focus. */
function arrange(list: Element, elements: readonly Element[]): void {
  const wanted = new Set(elements)
  for (const each of [...list.children]) if (!wanted.has(each)) each.remove()
  let at = list.firstElementChild
  for (const element of elements) {
    if (at && at !== element && at.nextElementSibling === element) {
      list.append(at)
      at = element
    }
    if (at === element) at = element.nextElementSibling
    else list.insertBefore(element, at)
  }
}

function draw(element: HTMLElement, person: Person, context: RowsContext): void {
  element.className = `row ${person.state}`
  render(content(person, context), element)
}

function content(
  person: Person,
  { localize, active, open, roleOf, now }: RowsContext,
): TemplateResult {
  const { username, name, state, presence } = person
  const role = roleLabel(person, localize, roleOf)
  const seen = lastSeen(localize, person, now)
  const how = seen || stateText(localize, state)
  const told = presence?.status ?? (seen || (state === 'dnd' ? how : ''))
  return html`<button
    class="who"
    type="button"
    tabindex=${active === username ? 0 : -1}
    data-username=${username}
    aria-haspopup="dialog"
    aria-expanded=${open === username ? 'true' : 'false'}
  >
    ${face(person)}
    <span class="hidden">${inOneBreath(localize, name, role, told, told === how ? '' : how)}</span>
    <span class="words" aria-hidden="true">
      <span class="line"
        ><span class="name" part="name" dir="auto">${name}</span>${
          role ? html`<span class="tag" part="role-label">${role}</span>` : nothing
        }</span
      >
      ${told ? html`<span class="activity" part="activity" dir="auto">${told}</span>` : nothing}
    </span>
  </button>`
}
