import type { ReactiveController } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'

/** The long forms are dear to make: one for each language in use. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Day and time in full of a message. */
export function momentOf(article: Element, { formats: { locale } }: Localize): string {
  const time = article.querySelector('time')
  if (!time) return ''
  let formatter = formatters.get(locale)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' })
    formatters.set(locale, formatter)
  }
  return formatter.format(new Date(time.dateTime))
}

/** The message that is pointed at, or has the focus, tells its day and time in full; the others cost nothing. */
export class Moments implements ReactiveController {
  readonly #host: HTMLElement
  readonly #localize: Localize

  constructor(host: HTMLElement, localize: Localize) {
    this.#host = host
    this.#localize = localize
  }

  hostConnected(): void {
    for (const type of ['pointerover', 'focusin'])
      this.#host.shadowRoot?.addEventListener(type, this.#tell)
  }

  hostDisconnected(): void {
    for (const type of ['pointerover', 'focusin'])
      this.#host.shadowRoot?.removeEventListener(type, this.#tell)
  }

  readonly #tell = ({ target }: Event): void => {
    const article = target instanceof Element && target.closest('article')
    const time = article && article.querySelector('time')
    if (time) time.title = momentOf(article, this.#localize)
  }
}
