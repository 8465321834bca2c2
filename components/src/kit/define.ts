/** A class that knows its usual tag. */
export interface ElementClass extends CustomElementConstructor {
  readonly tag: string
  readonly version: string
}

/**
 * Registers an element and never throws: a page may load the kit twice, or own the name itself.
 * The first one keeps the tag.
 *
 * @param tag Default: the class's own.
 * @param registry Default: the page's; without one (in Node) nothing happens.
 */
export function define(
  element: ElementClass,
  tag: string = element.tag,
  registry: CustomElementRegistry | undefined = globalThis.customElements,
): void {
  if (!registry) return
  const holder = registry.get(tag)
  if (!holder) {
    // A class holds one tag of a registry; under a second tag it needs a subclass of its own.
    const taken = registry.getName?.(element)
    registry.define(tag, taken ? class extends element {} : element)
    return
  }
  if (holder === element || Object.getPrototypeOf(holder) === element) return
  const versions = { own: element.version, held: (holder as Partial<ElementClass>).version }
  if (versions.own === versions.held) return
  import('./define-conflict.ts').then(
    ({ report }) => report(tag, versions),
    // Not reached: the page works as it would, and its author reads it the next time.
    () => {},
  )
}
