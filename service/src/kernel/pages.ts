/** Room for what a page holds beside its items. */
const ENVELOPE = 512

/** The first items that fit on a page of so many bytes, one at least. */
export function firstFitting<T>(
  items: readonly T[],
  bytes: number,
  sizeOf: (item: T) => number,
): T[] {
  let size = ENVELOPE
  const end = items.findIndex((item, index) => (size += sizeOf(item) + 1) > bytes && index > 0)
  return end === -1 ? [...items] : items.slice(0, end)
}

/** Bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** A place in a list as callers hand it back, opaque to them. */
export const encodeCursor = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

export function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    // Whatever it was, it is no cursor of ours; the caller refuses it.
    return undefined
  }
}

/** The name after which a page of a list by name begins; nothing for what is no such cursor. */
export function nameAfter(cursor: string | undefined): string | undefined {
  const name = cursor === undefined ? '' : decodeCursor(cursor)
  return typeof name === 'string' ? name : undefined
}

/** The same for a list by two texts. */
export function pairAfter(cursor: string | undefined): [string, string] | undefined {
  const pair = cursor === undefined ? ['', ''] : decodeCursor(cursor)
  const [one, two] = Array.isArray(pair) ? (pair as unknown[]) : []
  return typeof one === 'string' && typeof two === 'string' ? [one, two] : undefined
}
