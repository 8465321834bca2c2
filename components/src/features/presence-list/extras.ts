import { html, type TemplateResult } from 'lit'
import type { CollabElement } from '../../kit/element.ts'
import { adopt } from '../../kit/adopt.ts'
import type { Notice } from '../presence/presence-notice.ts'
import type { PresenceStage } from '../presence/presence-element.ts'
import type { AudienceOptions, AudiencePages } from './audience.ts'
import { byRole } from './by-role.ts'
import type { Grouping, RoleOf } from './grouping.ts'
import type { Search } from './search.ts'

export interface Needs {
  stage: PresenceStage
  /** Nobody is shown. */
  empty: boolean
  /** People can be searched. */
  searchable: boolean
  /** There are too many to be told one by one. */
  audience: boolean
  /** People stand side by side. */
  inline: boolean
}

/** What only some states of the list need: it is fetched once one of them is there. */
export class Extras {
  readonly #host: CollabElement
  readonly #options: Omit<AudienceOptions, 'changed'>
  /** All are shown, also those above `max`. */
  expanded = false
  notice: Notice | undefined
  search: Search | undefined
  pages: AudiencePages | undefined
  #roles: { of: RoleOf; grouping: Grouping } | undefined

  constructor(host: CollabElement, options: Omit<AudienceOptions, 'changed'>) {
    this.#host = host
    this.#options = options
  }

  /** Other people are shown. */
  clear(): void {
    this.expanded = false
    this.pages?.clear()
  }

  /** By what people are here; the same as long as roles are told the same way. */
  byRole(roleOf: RoleOf): Grouping {
    if (this.#roles?.of !== roleOf) this.#roles = undefined
    return (this.#roles ??= { of: roleOf, grouping: byRole(roleOf) }).grouping
  }

  /** The way to those above `max`. */
  drawMore(left: number): TemplateResult {
    return html`<button class="link more" part="more-button" type="button" @click=${this.#expand}>
      ${this.#options.localize.text('morePeople', left)}
    </button>`
  }

  async fetch({ stage, empty, searchable, audience, inline }: Needs): Promise<void> {
    const { localize } = this.#options
    const host = this.#host
    const root = host.shadowRoot
    const changed = () => host.requestUpdate()
    if (inline) adopt(root, (await import('./inline.styles.ts')).inlineStyles)
    if ((empty || (stage !== 'ready' && stage !== 'loading')) && !this.notice) {
      const { notice } = await import('../presence/presence-notice.ts')
      localize.include(notice.texts)
      adopt(root, ...notice.styles)
      this.notice = notice
      changed()
    }
    if (stage === 'signed-out' && !customElements.get('collab-sign-in')) {
      await import('../collab-sign-in/index.ts')
      changed()
    }
    if (searchable && !this.search) {
      const { Search } = await import('./search.ts')
      adopt(root, ...Search.styles)
      this.search ??= new Search({ localize, changed, leave: () => host.focus() })
      changed()
    }
    if (audience && !this.pages) {
      const { AudiencePages } = await import('./audience.ts')
      adopt(root, ...AudiencePages.styles)
      this.pages ??= new AudiencePages({ ...this.#options, changed })
      changed()
    }
  }

  /** The first of those that come has the focus. */
  readonly #expand = async (): Promise<void> => {
    const rows = () => this.#host.shadowRoot?.querySelectorAll<HTMLElement>('.who')
    const next = rows()?.length ?? 0
    this.expanded = true
    this.#host.requestUpdate()
    await this.#host.updateComplete
    rows()?.[next]?.focus()
  }
}
