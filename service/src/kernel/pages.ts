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
