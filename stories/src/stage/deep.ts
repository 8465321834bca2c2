/** All elements below a node in the order of the page, through open shadow roots. */
export function* deep(root: Node): Generator<Element> {
  if (root instanceof Element && root.shadowRoot) yield* deep(root.shadowRoot)
  for (const child of root.childNodes) {
    if (!(child instanceof Element)) continue
    yield child
    yield* deep(child)
  }
}

/** All elements below that fit, through shadow roots. */
export function findAll<E extends Element = HTMLElement>(root: Node, selector: string): E[] {
  return [...deep(root)].filter((element): element is E => element.matches(selector))
}

/** The first of them. @throws Error when there is none */
export function find<E extends Element = HTMLElement>(root: Node, selector: string): E {
  const [first] = findAll<E>(root, selector)
  if (!first) throw new Error(`There is no ${selector} here.`)
  return first
}

/** The element that has the focus, inside whatever shadow root. */
export function focused(): Element | null {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active
}

/** What a person can read below a node, through shadow roots. */
export function textOf(root: Node): string {
  const texts: string[] = []
  for (const element of [root, ...deep(root)]) {
    for (const node of [...element.childNodes, ...rootNodes(element)]) {
      if (node instanceof Text && isShown(node.parentElement)) texts.push(node.data.trim())
    }
  }
  return texts.filter(Boolean).join('\n')
}

const rootNodes = (node: Node): Iterable<Node> =>
  (node instanceof Element && node.shadowRoot?.childNodes) || []

const isShown = (element: Element | null): boolean =>
  element?.checkVisibility({ visibilityProperty: true }) ?? false
