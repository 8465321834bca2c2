import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { shared } from './en/shared.ts'
import type { markEnglish } from './english-marks.ts'
import { type Formats, formatsOf } from './formats.ts'
import type { Messages } from './messages.ts'

/** Parameters of a text after the formats. */
type Values<K extends keyof Messages> = Messages[K] extends (
  f: Formats,
  ...values: infer V
) => string
  ? V
  : []
type Catalogue = Partial<Messages>
type Message = string | ((f: Formats, ...values: unknown[]) => string)

/** A language that could not be fetched is asked for again after this time, milliseconds. */
const RETRY_MS = 5000

/** English, as far as the elements on the page have brought it along. */
const english: Catalogue = { ...shared }
/** What the page registered, over what came with the kit and was fetched. */
const catalogues = new Map<string, Catalogue>()
/** Locales whose languages were sent for. */
const asked = new Set<string>()
const hosts = new Set<LocalizedHost>()
let version = 0
/** Marks what is English in the place of another language; it is fetched with the languages. */
let mark: typeof markEnglish | undefined
let observer: MutationObserver | undefined

/**
 * Adds a language, or replaces single texts of one; elements on the page take it over at once. What is missing is
 * taken from the kit's own texts of that language, else of its base language, else from English.
 *
 * @param locale A BCP 47 tag such as `pt-BR`; upper and lower case are the same.
 */
export function registerLocale(locale: string, messages: Partial<Messages>): void {
  const code = locale.toLowerCase()
  catalogues.set(code, { ...catalogues.get(code), ...messages })
  textsChanged()
}

export interface LocalizedHost extends ReactiveControllerHost, HTMLElement {
  i18n?: Partial<Messages> | undefined
}

/**
 * Texts and formats in the language of the place where the element stands. Reading direction is not its business: an
 * Arabic text in a page that runs from left to right does not turn the element around, `dir` of the page does.
 */
export class Localize implements ReactiveController {
  readonly #host: LocalizedHost
  /** English texts given in the place of another language. */
  readonly #fallbacks = new Set<string>()
  #locale = 'en'

  constructor(host: LocalizedHost) {
    this.#host = host
    host.addController(this)
  }

  get locale(): string {
    return this.#locale
  }

  get formats(): Formats {
    return formatsOf(this.#locale)
  }

  /** All that texts depend on: what is drawn once and kept is drawn again when one of these is another. */
  get dependencies(): readonly unknown[] {
    return [this.#locale, this.#host.i18n, version]
  }

  hostConnected(): void {
    hosts.add(this.#host)
    observer ??= new MutationObserver(updateAll)
    for (let element: Element | undefined = this.#host; element; element = shadowHostOf(element)) {
      observer.observe(element.getRootNode(), { subtree: true, attributeFilter: ['lang'] })
    }
    // It may stand in another place now.
    this.#host.requestUpdate()
  }

  hostUpdate(): void {
    const before = this.#locale
    this.#locale = languageAround(this.#host)
    if (before !== this.#locale) this.#fallbacks.clear()
    if (!isEnglish(this.#locale)) void fetchLanguages(this.#locale.toLowerCase())
  }

  hostUpdated(): void {
    mark?.(this.#host, this.#fallbacks, this.#locale)
  }

  hostDisconnected(): void {
    hosts.delete(this.#host)
    if (hosts.size === 0) observer?.disconnect()
  }

  /** Brings the English texts of a part along. */
  include(texts: Partial<Messages>): void {
    Object.assign(english, texts)
  }

  /**
   * The text of a key: the element's own, else the page's or the kit's in the language, its base language or English.
   * Texts given as values are isolated, so that none can turn the sentence around.
   */
  text<K extends keyof Messages>(key: K, ...values: Values<K>): string {
    let { formats } = this
    let message = this.#host.i18n?.[key]
    let code = this.#locale.toLowerCase()
    while (message === undefined && code) {
      message = catalogues.get(code)?.[key]
      code = code.replace(/-?[^-]*$/, '')
    }
    // Whoever asks for a text has included its table.
    const found = (message ?? catalogues.get('en')?.[key] ?? english[key]) as Message
    const foreign = message === undefined && !isEnglish(this.#locale)
    // In a page of another language English is still counted as English is.
    if (foreign) formats = formatsOf('en')
    const text =
      typeof found === 'string'
        ? found
        : found(
            formats,
            ...values.map((value) => (typeof value === 'string' ? formats.isolate(value) : value)),
          )
    if (foreign) this.#fallbacks.add(text)
    return text
  }
}

/** Sends for what the kit itself has of a language and its base language; until it is here there is English. */
async function fetchLanguages(locale: string): Promise<void> {
  if (asked.has(locale)) return
  asked.add(locale)
  try {
    const languages = await import('./languages.ts')
    await languages.addLanguages(catalogues, locale, english)
    mark = languages.markEnglish
    textsChanged()
  } catch {
    // No network, perhaps: whoever needs the language later asks again.
    setTimeout(() => asked.clear(), RETRY_MS)
  }
}

function textsChanged(): void {
  version++
  updateAll()
}

function updateAll(): void {
  for (const host of hosts) host.requestUpdate()
}

/** `lang` of the element or the nearest around it, through shadow roots, as HTML has it; else the browser's. */
function languageAround(start: Element): string {
  for (let element: Element | undefined = start; element; element = shadowHostOf(element)) {
    const language = element.closest('[lang]:not([lang=""])')?.getAttribute('lang')
    if (language) return language
  }
  return navigator.language
}

/** All English but the one that is made from it. */
function isEnglish(locale: string): boolean {
  return /^en\b(?!-xa)/i.test(locale)
}

/** The element in whose shadow root this one stands. */
function shadowHostOf(element: Element): Element | undefined {
  return (element.getRootNode() as Partial<ShadowRoot>).host
}
