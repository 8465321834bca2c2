/** A list whose beginning is made when it is looked at, each item once; what is added later comes after it. */
export class LazyList<T> {
  /** What was added, in order. */
  readonly added: T[] = []
  readonly #made = new Map<number, T>()
  readonly #make: (index: number) => T
  #lazy: number

  constructor(lazy: number, make: (index: number) => T) {
    this.#lazy = lazy
    this.#make = make
  }

  static empty<T>(): LazyList<T> {
    return new LazyList<T>(0, () => {
      throw new RangeError('An empty list makes nothing.')
    })
  }

  get length(): number {
    return this.#lazy + this.added.length
  }

  at(index: number): T | undefined {
    if (index < 0 || index >= this.#lazy) return this.added[index - this.#lazy]
    const item = this.#made.get(index) ?? this.#make(index)
    this.#made.set(index, item)
    return item
  }

  slice(from: number, to: number): T[] {
    const start = Math.max(0, from)
    const length = Math.max(0, Math.min(to, this.length) - start)
    return Array.from({ length }, (_, offset) => this.at(start + offset) as T)
  }

  push(item: T): void {
    this.added.push(item)
  }

  /** Forgets everything from an index on. */
  cut(length: number): void {
    this.added.splice(Math.max(0, length - this.#lazy))
    this.#lazy = Math.min(this.#lazy, length)
  }

  /** How many items are so, where they all come before those that are not. */
  count(isSo: (item: T) => boolean): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isSo(this.at(middle) as T)) low = middle + 1
      else high = middle
    }
    return low
  }
}
