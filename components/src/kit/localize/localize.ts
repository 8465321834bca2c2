import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { shared } from './en/shared.ts'
import { type Formats, formatsOf } from './formats.ts'
import type { Messages } from './messages.ts'

/** Parameters of a text after the formats. */
type Values<K extends keyof Messages> = Messages[K] extends (
  f: Formats,
  ...values: infer V
) => string
  ? V
  : []

/** English, as far as the elements on the page have brought it along. */
const english: Partial<Messages> = { ...shared }
const catalogues = new Map<string, Partial<Messages>>()
const listeners = new Set<() => void>()

/** Adds a language, or replaces single texts of one; elements on the page take it over at once. */
export function registerLocale(locale: string, messages: Partial<Messages>): void {
  const code = locale.toLowerCase()
  catalogues.set(code, { ...catalogues.get(code), ...messages })
  for (const listener of listeners) listener()
}

export interface LocalizedHost extends ReactiveControllerHost, HTMLElement {
  i18n?: Partial<Messages> | undefined
}

/** Texts and formats in the language of the place where the element stands. */
export class Localize implements ReactiveController {
  readonly #host: LocalizedHost
  readonly #changed: () => void
  #locale = 'en'

  constructor(host: LocalizedHost) {
    this.#host = host
    this.#changed = () => host.requestUpdate()
    host.addController(this)
  }

  get locale(): string {
    return this.#locale
  }

  get formats(): Formats {
    return formatsOf(this.#locale)
  }

  hostConnected(): void {
    listeners.add(this.#changed)
  }

  hostUpdate(): void {
    this.#locale = languageAround(this.#host)
  }

  hostDisconnected(): void {
    listeners.delete(this.#changed)
  }

  /** Brings the English texts of a part along. */
  include(texts: Partial<Messages>): void {
    Object.assign(english, texts)
  }

  /** The text of a key: the element's own, the language's, its base language's, else English. */
  text<K extends keyof Messages>(key: K, ...values: Values<K>): string {
    const message = this.#find(key)
    return typeof message === 'string'
      ? message
      : (message as (f: Formats, ...values: unknown[]) => string)(this.formats, ...values)
  }

  #find<K extends keyof Messages>(key: K): Messages[K] {
    const own = this.#host.i18n?.[key]
    if (own !== undefined) return own as Messages[K]
    let code = this.#locale.toLowerCase()
    while (code) {
      const found = catalogues.get(code)?.[key]
      if (found !== undefined) return found as Messages[K]
      code = code.slice(0, Math.max(code.lastIndexOf('-'), 0))
    }
    // Whoever asks for a text has included its table.
    return english[key] as Messages[K]
  }
}

/** `lang` of the element or the nearest around it, through shadow roots; else the browser's. */
function languageAround(start: Element): string {
  let element: Element | null = start
  while (element) {
    const found = element.closest<HTMLElement>('[lang]:not([lang=""])')
    if (found) return found.getAttribute('lang') ?? 'en'
    const root: Node = element.getRootNode()
    element = root instanceof ShadowRoot ? root.host : null
  }
  return navigator.language || 'en'
}
