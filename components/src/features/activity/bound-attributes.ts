interface Lent {
  before: string | null
  ours: string
}

/** Attributes that elements of the page wear for a while; what the page said comes back in the end. */
export class BoundAttributes {
  readonly #lent = new Map<Element, Map<string, Lent>>()

  /** Sets an attribute, or with `undefined` gives back what was there. What the page says itself is left alone. */
  set(element: Element, name: string, value: string | undefined): void {
    const lent = this.#lent.get(element)
    const known = lent?.get(name)
    if (value === undefined) return known && this.#giveBack(element, name, known)
    if (known?.ours === value) return
    // One of the page's own, or one that it has put over ours.
    if (element.getAttribute(name) !== (known?.ours ?? null)) return
    element.setAttribute(name, value)
    const of = lent ?? new Map<string, Lent>()
    this.#lent.set(element, of.set(name, { before: known?.before ?? null, ours: value }))
  }

  /** Gives everything back, of one element or of all. */
  restore(element?: Element): void {
    for (const each of element ? [element] : [...this.#lent.keys()]) {
      for (const [name, lent] of this.#lent.get(each) ?? []) this.#giveBack(each, name, lent)
    }
  }

  #giveBack(element: Element, name: string, { before, ours }: Lent): void {
    if (element.getAttribute(name) === ours) {
      if (before === null) element.removeAttribute(name)
      else element.setAttribute(name, before)
    }
    const lent = this.#lent.get(element)
    lent?.delete(name)
    if (lent?.size === 0) this.#lent.delete(element)
  }
}
