import type { StateValue } from '@collab-kit/protocol'

/** What the page had in elements that only show a value, and shows values in them. */
export class ShownValues {
  /** How an element was before the first value: gives it back. */
  readonly #own = new WeakMap<Element, () => void>()

  /** @param text The value for people to read. */
  show(element: Element, value: StateValue, text: string): void {
    if (!this.#own.has(element)) this.#own.set(element, ownOf(element))
    showValue(element, value, text)
  }

  /** There is no value any more: the page's own is back. */
  putBack(element: Element): void {
    this.#own.get(element)?.()
    this.#own.delete(element)
  }
}

function ownOf(element: Element): () => void {
  if (isBar(element)) {
    const value = element.getAttribute('value')
    return () =>
      value === null ? element.removeAttribute('value') : element.setAttribute('value', value)
  }
  if (element instanceof HTMLInputElement) {
    const { value } = element
    return () => void (element.value = value)
  }
  // The very nodes: a framework may hold on to them.
  const nodes = [...element.childNodes]
  return () => element.replaceChildren(...nodes)
}

function showValue(element: Element, value: StateValue, text: string): void {
  if (isBar(element)) {
    if (typeof value === 'number') element.value = value
    else if (element instanceof HTMLProgressElement) element.removeAttribute('value')
    return
  }
  if (element instanceof HTMLInputElement || element instanceof HTMLOutputElement) {
    if (element.value !== text) element.value = text
    return
  }
  if (element.textContent !== text) element.textContent = text
}

const isBar = (element: Element): element is HTMLProgressElement | HTMLMeterElement =>
  element instanceof HTMLProgressElement || element instanceof HTMLMeterElement
