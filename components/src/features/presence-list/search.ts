import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from '../presence/people.ts'
import { searchIcon } from '../presence/search-icon.ts'

export interface SearchOptions {
  localize: Localize
  /** Other people are looked for. */
  changed: () => void
  /** On to those who were found. */
  leave: () => void
}

/** The search box, and whom it finds; fetched where there are enough people to be searched. */
export class Search {
  static readonly styles: CSSResult[] = [
    css`
      .search svg {
        position: absolute;
        inset-block: 0;
        inset-inline-start: 10px;
        block-size: 100%;
        color: var(--_quiet);
        pointer-events: none;
      }
      .search input {
        inline-size: 100%;
        min-block-size: inherit;
        padding: 6px 12px 6px 36px;
        border: 1px solid var(--_border-strong);
        border-radius: 10px;
        background: var(--_surface);
        appearance: none;
      }
      .search input:dir(rtl) {
        padding: 6px 36px 6px 12px;
      }
      .search input::placeholder {
        color: var(--_quiet);
        opacity: 1;
      }
    `,
  ]
  readonly #options: SearchOptions
  #query = ''

  constructor(options: SearchOptions) {
    this.#options = options
    options.localize.include(texts)
  }

  /** What is looked for; empty where nothing is. */
  get query(): string {
    return this.#query
  }

  find(people: readonly Person[]): readonly Person[] {
    return found(people, this.#query)
  }

  /** @param count How many were found */
  draw(count: number): TemplateResult {
    const { localize } = this.#options
    const asked = this.#query.trim()
    const found =
      count === 0 ? localize.text('nobodyFound', asked) : localize.text('peopleCount', count)
    return html`${searchIcon}
      <input
        type="search"
        enterkeyhint="search"
        autocomplete="off"
        dir="auto"
        aria-label=${localize.text('searchPeople')}
        placeholder=${localize.text('searchPeople')}
        @input=${this.#typed}
        @keydown=${this.#keydown}
      />
      <span class="hidden" role="status">${asked ? found : nothing}</span>`
  }

  readonly #typed = ({ target }: Event): void => {
    if (target instanceof HTMLInputElement) this.#ask(target.value)
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    const { target, key, isComposing } = event
    if (isComposing || !(target instanceof HTMLInputElement)) return
    if (key === 'ArrowDown') {
      event.preventDefault()
      this.#options.leave()
    } else if (key === 'Escape' && target.value) {
      event.preventDefault()
      target.value = ''
      this.#ask('')
    }
  }

  #ask(query: string): void {
    this.#query = query
    this.#options.changed()
  }
}

/** A text as a search compares it: without case, width and accents. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLocaleLowerCase()
}

/** People whose name or username has every word of a search. */
export function found(people: readonly Person[], query: string): readonly Person[] {
  const words = folded(query).split(/\s+/u).filter(Boolean)
  if (words.length === 0) return people
  return people.filter(({ name, username }) => {
    const text = `${folded(name)} ${folded(username)}`
    return words.every((word) => text.includes(word))
  })
}
