// The page as it is drawn: an element's parent is the slot or the host that it is drawn in. Elements may be of another
// frame, so nothing is asked by `instanceof`.

/** What an element is drawn in. */
export function parentOf(element: Element): Element | null {
  const parent = element.assignedSlot ?? element.parentElement
  return parent ?? (element.parentNode as ShadowRoot | null)?.host ?? null
}

/** An element, what it is drawn in, and so on up to the root of the page. */
export function* ancestors(start: Element): Generator<Element> {
  for (let element: Element | null = start; element; element = parentOf(element)) yield element
}

/** The element under a point, also in open shadow roots. */
export function hitTest(
  document: Document,
  { x, y }: { x: number; y: number },
): Element | undefined {
  let found: Element | null = document.elementFromPoint(x, y)
  while (found?.shadowRoot) {
    const inner: Element | null = found.shadowRoot.elementFromPoint(x, y)
    if (!inner || inner === found) break
    found = inner
  }
  return found ?? undefined
}

/** The first element that fits: the root, what is in it, in its slots and in open shadow roots. */
export function findDeep(root: Element | ShadowRoot, selector: string): Element | undefined {
  if ('matches' in root && root.matches(selector)) return root
  const found = root.querySelector(selector)
  if (found) return found
  for (const part of hiddenParts(root)) {
    const inner = findDeep(part, selector)
    if (inner) return inner
  }
  return undefined
}

/** All that fit, each once. */
export function findAllDeep(
  root: Element | ShadowRoot,
  selector: string,
  all = new Set<Element>(),
): Set<Element> {
  if ('matches' in root && root.matches(selector)) all.add(root)
  for (const element of root.querySelectorAll(selector)) all.add(element)
  for (const part of hiddenParts(root)) findAllDeep(part, selector, all)
  return all
}

/** What is drawn in an element and no selector finds: shadow roots, and what comes from outside into slots. */
function* hiddenParts(root: Element | ShadowRoot): Generator<Element | ShadowRoot> {
  for (const element of root.querySelectorAll('*')) {
    if (element.shadowRoot) yield element.shadowRoot
    if (element.localName !== 'slot') continue
    // What stands around the slot was looked through, and would be for ever.
    for (const slotted of (element as HTMLSlotElement).assignedElements()) {
      if (!root.contains(slotted)) yield slotted
    }
  }
}
