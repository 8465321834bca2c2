import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { focusOn, moveOf } from '../../kit/roving.ts'

export interface RovingOptions {
  /** Leaves the list: `before` to what stands above it, `after` to the composer. Gives `false` when there is nothing. */
  leave: (to: 'before' | 'after') => boolean
  /** Draws the newest messages. */
  toNewest: () => Promise<void>
  /** Shows which keys do what. Gives `false` where single keys do nothing. */
  help?: () => boolean
}

/**
 * The list of messages is one tab stop. Arrows and Page keys go from message to message, Enter goes into one (its links
 * and buttons), Escape comes back, and Escape again leads to the composer.
 */
export class Roving implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #options: RovingOptions
  /** Key of the message that Tab leads to, once one was chosen. */
  active: string | undefined
  #lost: { index: number } | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, options: RovingOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
    // Somebody may have been faster than this code.
    this.active = this.#focused()?.dataset['key']
    if (this.active) host.requestUpdate()
  }

  /** Before rows change: where the focus is. */
  hostUpdate(): void {
    const focused = this.#focused()
    this.#lost = focused ? { index: this.#articles().indexOf(focused) } : undefined
  }

  /** The focused message is gone (sent, or given up): its place or its neighbour has the focus, never the page. */
  hostUpdated(): void {
    const lost = this.#lost
    this.#lost = undefined
    if (!lost || this.#focused() || this.#host.shadowRoot?.activeElement) return
    const articles = this.#articles()
    const next = articles[Math.min(lost.index, articles.length - 1)]
    if (next) focusOn(next)
    else this.#options.leave('after')
  }

  /** The message that holds the focus. */
  get focused(): Element | undefined {
    return this.#focused()
  }

  /** Comes into the list at a message. */
  enter(key: string | undefined): void {
    const article = this.#articles().find(({ dataset }) => dataset['key'] === key)
    if (article) focusOn(article)
  }

  /** Puts the focus on a message and shows all of it. */
  focus(article: HTMLElement): void {
    focusOn(article)
  }

  readonly focusin = (event: FocusEvent): void => {
    const key = articleOf(event.target)?.dataset['key']
    if (!key || key === this.active) return
    this.active = key
    this.#host.requestUpdate()
  }

  readonly keydown = (event: KeyboardEvent): void => {
    const article = articleOf(event.target)
    if (!article || event.altKey || event.metaKey) return
    const handled =
      event.key === '?' && !event.ctrlKey
        ? this.#options.help?.()
        : event.target === article
          ? this.#onArticle(event, article)
          : this.#inside(event, article)
    if (!handled) return
    event.preventDefault()
    event.stopPropagation()
  }

  #onArticle(event: KeyboardEvent, article: HTMLElement): boolean {
    if (event.ctrlKey) {
      if (event.key !== 'Home' && event.key !== 'End') return false
      return this.#options.leave(event.key === 'Home' ? 'before' : 'after')
    }
    if (event.shiftKey) return false
    const { key } = event
    const move = key === 'PageUp' ? -1 : key === 'PageDown' ? 1 : moveOf(event, 'block')
    if (move === 'first') return this.#focusAt(0)
    if (move === 'last') {
      void this.#options.toNewest().then(() => this.#focusAt(-1))
      return true
    }
    if (move) return this.#move(article, move)
    if (key === 'Enter' || moveOf(event, 'inline') === 1) return this.#goInto(article)
    return key === 'Escape' && this.#options.leave('after')
  }

  #inside(event: KeyboardEvent, article: HTMLElement): boolean {
    if (event.key === 'Escape') {
      focusOn(article)
      return true
    }
    if (event.key !== 'Tab') return false
    const controls = controlsOf(article)
    const index = controls.indexOf(event.target as HTMLElement) + (event.shiftKey ? -1 : 1)
    controls.at(index % controls.length)?.focus()
    return true
  }

  #goInto(article: HTMLElement): boolean {
    const [first] = controlsOf(article)
    first?.focus()
    return first !== undefined
  }

  #move(article: HTMLElement, step: 1 | -1): boolean {
    const articles = this.#articles()
    const next = articles[articles.indexOf(article) + step]
    if (next) focusOn(next)
    return true
  }

  #focusAt(index: number): boolean {
    const article = this.#articles().at(index)
    if (article) focusOn(article)
    return true
  }

  #articles(): HTMLElement[] {
    return [...(this.#host.shadowRoot?.querySelectorAll<HTMLElement>('article') ?? [])]
  }

  #focused(): HTMLElement | undefined {
    return articleOf(this.#host.shadowRoot?.activeElement ?? null)
  }
}

function articleOf(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest('article') ?? undefined) : undefined
}

function controlsOf(article: HTMLElement): HTMLElement[] {
  return [...article.querySelectorAll<HTMLElement>('a[href], button')]
}
