/** Rows that nothing in the service answers to yet, and why. */
export const withoutSubject: readonly { number: number; reason: string }[] = [
  { number: 27, reason: 'there is no presence yet, and so no presence data' },
  { number: 28, reason: 'there are no activities yet, and so no shared state' },
  { number: 29, reason: 'there are no activities yet; state is set by key, not patched' },
  { number: 30, reason: 'there are no activities yet, and so nothing is compared and set' },
]
