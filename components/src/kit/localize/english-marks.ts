// Where a language lacks a text, English stands in its place: there it says that it is English, so that it is neither
// read out in the voice of another language nor put in the order of one that runs the other way.

/** What stands between the marks of a value that was put into a text. */
const VALUE = /\u2068[^\u2069]*\u2069/g
/** What people write themselves: nobody knows its language. */
const WRITTEN = '[dir=auto], textarea, input'

/** So many more texts are taken in before those without words are let go. */
const TEXTS = 500

const marked = new WeakMap<Element, Marks>()

/**
 * Marks the English texts of an element, now and whenever something in it changes.
 *
 * @param texts Those that stand for texts of the language; it grows.
 * @param locale The language around the element.
 */
export function markEnglish(host: Element, texts: Set<string>, locale: string): void {
  const root = host.shadowRoot
  let marks = marked.get(host)
  if (!marks) {
    if (!root || texts.size === 0) return
    marked.set(host, (marks = new Marks(root, texts)))
  }
  marks.look(locale)
}

class Marks {
  readonly #root: ShadowRoot
  readonly #texts: Set<string>
  readonly #observer: MutationObserver
  /** Elements whose language is said by us, and those whose direction is. */
  readonly #languages = new WeakSet<Element>()
  readonly #directions = new WeakSet<Element>()
  #locale = ''
  #most = TEXTS

  constructor(root: ShadowRoot, texts: Set<string>) {
    this.#root = root
    this.#texts = texts
    this.#observer = new MutationObserver((records) => this.#changed(records))
    this.#observer.observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ['aria-label', 'title'],
    })
  }

  look(locale: string): void {
    if (this.#texts.size > this.#most) {
      for (const text of this.#texts) if (!hasWords(text)) this.#texts.delete(text)
      this.#most = this.#texts.size + TEXTS
    }
    const records = this.#observer.takeRecords()
    if (locale === this.#locale) return this.#changed(records)
    this.#locale = locale
    for (const child of this.#root.children) this.#mark(child, true)
  }

  #changed(records: readonly MutationRecord[]): void {
    const added = new Set<Node>()
    const changed = new Set<Node | null>()
    for (const { target, addedNodes } of records) {
      changed.add(target instanceof Element ? target : target.parentNode)
      for (const node of addedNodes) added.add(node)
    }
    for (const node of changed) this.#mark(node, false)
    for (const node of added) this.#mark(node, true)
  }

  /**
   * From the outside in: what stands inside of something English is of the page's language again.
   *
   * @param deep Whether what is inside is looked at, even if nothing changes here.
   */
  #mark(element: Node | null, deep: boolean): void {
    if (!(element instanceof HTMLElement) || !element.isConnected) return
    if (element.parentElement?.closest(WRITTEN)) return
    const english = !element.matches(WRITTEN) && this.#isEnglish(element)
    const changed = this.#setLanguage(element, english ? 'en' : this.#locale)
    // One with others inside keeps its place in the layout of the page.
    this.#setDirection(element, english && element.childElementCount === 0)
    if (deep || changed) for (const child of element.children) this.#mark(child, true)
  }

  #setLanguage(element: HTMLElement, language: string): boolean {
    const around = element.parentElement?.closest<HTMLElement>('[lang]')?.lang ?? this.#locale
    const before = element.lang
    const ours = this.#languages
    if (language !== around) {
      ours.add(element)
      element.lang = language
    } else if (ours.delete(element)) element.removeAttribute('lang')
    return element.lang !== before
  }

  #setDirection(element: HTMLElement, english: boolean): void {
    const ours = this.#directions
    if (!english) {
      if (ours.delete(element)) element.removeAttribute('dir')
    } else if (!element.dir) {
      ours.add(element)
      element.dir = 'ltr'
    }
  }

  #isEnglish(element: HTMLElement): boolean {
    const said = [element.ariaLabel, element.title]
    for (const node of element.childNodes) if (node instanceof Text) said.push(node.data)
    return said.some((text) => text && this.#texts.has(text.trim()) && hasWords(text))
  }
}

/** Whether a text has words of its own beside the values put into it. */
function hasWords(text: string): boolean {
  return /\p{L}/u.test(text.replace(VALUE, ''))
}
