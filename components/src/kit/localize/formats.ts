const FSI = '\u2068'
const PDI = '\u2069'
const DAY_MS = 86_400_000

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Numbers, lists, times and plurals of one locale; the formatters are made once, when first needed. */
export class Formats {
  readonly locale: string
  readonly #made = new Map<string, unknown>()

  constructor(locale: string) {
    this.locale = locale
  }

  number(value: number): string {
    return this.#formatter('number', () => new Intl.NumberFormat(this.locale)).format(value)
  }

  /** The form for a count, with `#` replaced by the number. */
  plural(count: number, forms: PluralForms): string {
    const rules = this.#formatter('plural', () => new Intl.PluralRules(this.locale))
    return (forms[rules.select(count)] ?? forms.other).replace('#', this.number(count))
  }

  list(items: readonly string[]): string {
    return this.#formatter('list', () => new Intl.ListFormat(this.locale)).format(items)
  }

  /** A short time of day. */
  time(at: Date): string {
    return this.#formatter('time', () => this.#dates({ timeStyle: 'short' })).format(at)
  }

  /** Day and time in full. */
  moment(at: Date): string {
    return this.#formatter('moment', () =>
      this.#dates({ dateStyle: 'full', timeStyle: 'short' }),
    ).format(at)
  }

  /** Today, yesterday, a weekday of the last week, else the date. */
  day(at: Date, now: Date): string {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS)
    if (days === 0 || days === 1) return this.#capital(this.#relative().format(-days, 'day'))
    if (days > 1 && days < 7)
      return this.#capital(
        this.#formatter('weekday', () => this.#dates({ weekday: 'long' })).format(at),
      )
    if (at.getFullYear() === now.getFullYear()) {
      return this.#formatter('date', () =>
        this.#dates({ weekday: 'long', month: 'long', day: 'numeric' }),
      ).format(at)
    }
    return this.#formatter('year', () => this.#dates({ dateStyle: 'long' })).format(at)
  }

  /** A text of unknown direction, safe to put into a sentence. */
  isolate(text: string): string {
    return `${FSI}${text}${PDI}`
  }

  #relative(): Intl.RelativeTimeFormat {
    return this.#formatter(
      'relative',
      () => new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }),
    )
  }

  #dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(this.locale, options)
  }

  #capital(text: string): string {
    return text.charAt(0).toLocaleUpperCase(this.locale) + text.slice(1)
  }

  #formatter<T>(key: string, make: () => T): T {
    let made = this.#made.get(key) as T | undefined
    if (!made) this.#made.set(key, (made = make()))
    return made
  }
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

const known = new Map<string, Formats>()

/** The formats of a locale; of English for a tag that is none. */
export function formatsOf(locale: string): Formats {
  let formats = known.get(locale)
  if (!formats) known.set(locale, (formats = new Formats(isLocale(locale) ? locale : 'en')))
  return formats
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    // `lang` holds whatever the page's author wrote: RangeError means it is no language tag.
    return false
  }
}
