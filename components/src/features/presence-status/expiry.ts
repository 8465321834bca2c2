/** After which time a status text goes by itself. */
export const expiries = ['after30min', 'after1h', 'after4h', 'afterToday', 'afterNever'] as const
export type Expiry = (typeof expiries)[number]

const MINUTES: Partial<Record<Expiry, number>> = { after30min: 30, after1h: 60, after4h: 240 }

export const isExpiry = (text: string): text is Expiry =>
  (expiries as readonly string[]).includes(text)

/** When that is; today ends at the midnight of this device. `null`: never. */
export function expiresAt(expiry: Expiry, now: Date): string | null {
  if (expiry === 'afterNever') return null
  if (expiry === 'afterToday') {
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).toISOString()
  }
  return new Date(now.getTime() + (MINUTES[expiry] ?? 0) * 60_000).toISOString()
}
