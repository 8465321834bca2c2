const FSI = '\u2068'
const PDI = '\u2069'
const DAY_MS = 86_400_000
/** What turns or encloses text: inside a name it would reach into the sentence around. */
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** The formatters in use, by the name of their constructor. */
interface Formatters {
  DateTimeFormat: Intl.DateTimeFormat
  ListFormat: Intl.ListFormat
  NumberFormat: Intl.NumberFormat
  PluralRules: Intl.PluralRules
  RelativeTimeFormat: Intl.RelativeTimeFormat
}

/** Numbers, lists, times and plurals of one locale; the formatters are made once, when first needed. */
export class Formats {
  readonly locale: string
  readonly #made = new Map<string, unknown>()

  constructor(locale: string) {
    this.locale = locale
  }

  number(value: number): string {
    return this.#formatter('NumberFormat').format(value)
  }

  /** The form for a count, with `#` replaced by the number. */
  plural(count: number, forms: PluralForms): string {
    const rule = this.#formatter('PluralRules').select(count)
    return (forms[rule] ?? forms.other).replace('#', this.number(count))
  }

  list(items: readonly string[]): string {
    return this.#formatter('ListFormat').format(items)
  }

  /** A short time of day. */
  time(at: Date): string {
    return this.date(at, { timeStyle: 'short' })
  }

  /** Today, yesterday, a weekday of the last week, else the date; for the middle of a sentence. */
  day(at: Date, now: Date): string {
    const days = daysBetween(at, now)
    return days === 0 || days === 1 ? this.ago(days, 'day') : this.date(at, dateParts(at, now))
  }

  /** The time of today, else the day; for the middle of a sentence. */
  since(at: Date, now: Date): string {
    return daysBetween(at, now) === 0 ? this.time(at) : this.day(at, now)
  }

  /** How long ago something was in a unit, as “5 minutes ago” or “yesterday”. */
  ago(count: number, unit: Intl.RelativeTimeFormatUnit): string {
    return this.#formatter('RelativeTimeFormat', { numeric: 'auto' }).format(-count, unit)
  }

  /** A text of unknown direction, safe to put into a sentence: it neither turns it nor is turned by it. */
  isolate(text: string): string {
    return FSI + text.replace(BIDI_CONTROLS, '') + PDI
  }

  date(at: Date, options: Intl.DateTimeFormatOptions): string {
    return this.#formatter('DateTimeFormat', options).format(at)
  }

  #formatter<K extends keyof Formatters>(name: K, options: object = {}): Formatters[K] {
    const key = name + JSON.stringify(options)
    let made = this.#made.get(key) as Formatters[K] | undefined
    if (!made) {
      const Formatter = Intl[name] as unknown as new (
        locale: string,
        options: object,
      ) => Formatters[K]
      this.#made.set(key, (made = new Formatter(this.locale, options)))
    }
    return made
  }
}

/** A weekday within a week, else the date. */
export function dateParts(at: Date, now: Date): Intl.DateTimeFormatOptions {
  if (Math.abs(daysBetween(at, now)) < 7) return { weekday: 'long' }
  const date = { month: 'long', day: 'numeric' } as const
  return at.getFullYear() === now.getFullYear()
    ? { weekday: 'long', ...date }
    : { year: 'numeric', ...date }
}

export function daysBetween(at: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS)
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

const known = new Map<string, Formats>()

/** The formats of a locale; of English for a tag that is none. */
export function formatsOf(locale: string): Formats {
  let formats = known.get(locale)
  if (!formats) {
    try {
      formats = new Formats(String(new Intl.Locale(locale)))
    } catch {
      // `lang` holds whatever the page's author wrote: RangeError means it is no language tag.
      formats = formatsOf('en')
    }
    known.set(locale, formats)
  }
  return formats
}
