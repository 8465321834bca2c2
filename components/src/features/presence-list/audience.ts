import { type CollabClient, isCollabError, type PresenceTarget } from '@collab-kit/client/base'
import type { Presence, User } from '@collab-kit/protocol'
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import type { CollabErrorDetail } from '../../kit/error-event.ts'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { People, type Person } from '../presence/people.ts'

export interface AudienceOptions {
  localize: Localize
  changed: () => void
  fail: (error: CollabErrorDetail) => void
}

/** The people of a place that are too many to be followed: page by page, as they were when asked for. */
export class AudiencePages {
  static readonly styles: CSSResult[] = [
    buttonStyles,
    css`
      .audience {
        padding: 20px 16px;
        text-align: center;
        text-wrap: balance;
      }
      .audience-number {
        font-size: 1.3333em;
        font-weight: 650;
        letter-spacing: -0.02em;
        font-variant-numeric: tabular-nums;
      }
      .audience-text {
        color: var(--_quiet);
        font-size: 0.9333em;
      }
      .audience-more {
        display: grid;
        justify-items: center;
        padding: 12px;
      }
    `,
  ]
  readonly #options: AudienceOptions
  readonly #people = new People()
  #presences: readonly Presence[] = []
  #users: Readonly<Record<string, User>> = {}
  #cursor: string | undefined
  #state: 'none' | 'loading' | 'more' | 'all' = 'none'
  #of: unknown

  constructor(options: AudienceOptions) {
    this.#options = options
    options.localize.include(texts)
  }

  /** Other people are shown. */
  clear(): void {
    this.#presences = []
    this.#cursor = undefined
    this.#state = 'none'
    this.#of = undefined
  }

  get loading(): boolean {
    return this.#state === 'loading'
  }

  people(me: string | undefined, users: Readonly<Record<string, User>>): Person[] {
    return this.#people.take({
      usernames: this.#presences.map(({ username }) => username),
      people: Object.fromEntries(this.#presences.map((each) => [each.username, each])),
      users: { ...this.#users, ...users },
      me,
    })
  }

  /** How many there are. */
  drawNumber(online: number, total: number): TemplateResult {
    const { localize } = this.#options
    const { formats } = localize
    return html`<div class="audience" part="audience">
      <div class="audience-number text">
        ${localize.text('audienceOf', formats.number(online), formats.number(total))}
      </div>
      <div class="audience-text text">${localize.text('audienceText')}</div>
    </div>`
  }

  /** The way to the next of them. */
  drawMore(client: CollabClient | undefined, target: PresenceTarget | undefined): unknown {
    if (this.#state === 'all' || !client || !target) return nothing
    const text = this.#state === 'none' || !this.#presences.length ? 'showAudience' : 'audienceMore'
    return html`<div class="audience-more">
      <button
        class="button"
        part="audience-button"
        type="button"
        aria-disabled=${this.loading}
        @click=${() => void this.#load(client, target)}
      >
        ${this.#options.localize.text(text)}
      </button>
    </div>`
  }

  async #load(client: CollabClient, target: PresenceTarget): Promise<void> {
    if (this.loading || !('chatId' in target || 'activity' in target)) return
    const of = (this.#of ??= {})
    this.#state = 'loading'
    this.#options.changed()
    try {
      const { items, nextCursor } = await client.api.presence.listAudience({
        ...target,
        ...(this.#cursor && { cursor: this.#cursor }),
      })
      const users = await this.#profiles(client, items)
      if (of !== this.#of) return
      const known = new Set(this.#presences.map(({ username }) => username))
      this.#presences = [...this.#presences, ...items.filter((each) => !known.has(each.username))]
      this.#users = { ...this.#users, ...users }
      this.#cursor = nextCursor
      this.#state = nextCursor ? 'more' : 'all'
    } catch (error) {
      // Anything else is a mistake of ours.
      if (!isCollabError(error)) throw error
      if (of !== this.#of) return
      this.#state = this.#presences.length > 0 ? 'more' : 'none'
      this.#options.fail(error.toJSON())
    }
    this.#options.changed()
  }

  async #profiles(
    client: CollabClient,
    presences: readonly Presence[],
  ): Promise<Record<string, User>> {
    const known = client.store.getState().users
    const usernames = presences.map(({ username }) => username).filter((each) => !known[each])
    if (usernames.length === 0) return {}
    const { items } = await client.api.users.getUsers({ usernames })
    return Object.fromEntries(items.map((user) => [user.username, user]))
  }
}
