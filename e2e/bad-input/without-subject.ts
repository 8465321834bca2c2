/** Rows that nothing in the service answers to yet, and why. */
export const withoutSubject: readonly { number: number; reason: string }[] = [
  { number: 29, reason: 'state is set by key, not patched: a key is a name and no path' },
]
