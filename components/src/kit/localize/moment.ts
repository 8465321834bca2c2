import { dateParts, daysBetween, type Formats } from './formats.ts'

/** The time of today, else day and time, in the past or the future; for the middle of a sentence. */
export function moment(formats: Formats, at: Date, now: Date): string {
  if (daysBetween(at, now) === 0) return formats.time(at)
  return formats.date(at, { ...dateParts(at, now), hour: 'numeric', minute: '2-digit' })
}

/** The day as it stands alone, as over messages. */
export function dayTitle(formats: Formats, at: Date, now: Date): string {
  const text = formats.day(at, now)
  return text.charAt(0).toLocaleUpperCase(formats.locale) + text.slice(1)
}
