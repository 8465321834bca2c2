import { deep, focused } from './deep.ts'

/** What a screen reader would say of a story, line by line. */
export interface Transcript {
  /** The panel that shows it. */
  readonly panel: HTMLElement
  readonly lines: readonly string[]
}

const LABELS = { polite: 'says', assertive: 'says at once', focus: 'reads' } as const

/**
 * Writes down what live regions below an element say, and what the focus leads to. A real screen reader says more;
 * this is what the element decides.
 */
export function transcriptOf(listened: HTMLElement): Transcript {
  const lines: string[] = []
  const list = document.createElement('ol')
  const panel = document.createElement('aside')
  const title = document.createElement('div')
  title.textContent = 'A screen reader'
  title.className = 'transcript-title'
  panel.className = 'transcript'
  panel.setAttribute('aria-label', 'What a screen reader says')
  panel.append(title, list)
  const say = (how: keyof typeof LABELS, text: string) => {
    lines.push(`${LABELS[how]}: ${text}`)
    const line = document.createElement('li')
    const verb = document.createElement('b')
    verb.textContent = LABELS[how]
    const what = document.createElement('span')
    what.dir = 'auto'
    what.textContent = text
    line.append(verb, ' ', what)
    list.append(line)
  }
  const watched = new Set<Node>()
  const observer = new MutationObserver((records) => {
    for (const region of new Set(records.map(({ target }) => regionOf(target)))) {
      const text = region?.textContent?.trim()
      if (region && text)
        say(region.getAttribute('aria-live') === 'assertive' ? 'assertive' : 'polite', text)
    }
  })
  // A focus that moves inside a shadow root is not told outside of it.
  const follow = () => {
    const active = focused()
    if (active) say('focus', reading(active))
  }
  const look = () => {
    for (const inside of [listened, ...deep(listened)]) {
      const root = inside.shadowRoot
      if (root && !watched.has(root)) {
        watched.add(root)
        root.addEventListener('focusin', follow)
      }
      if (!inside.hasAttribute('aria-live') || watched.has(inside)) continue
      watched.add(inside)
      observer.observe(inside, { childList: true, characterData: true, subtree: true })
    }
  }
  // Regions may come with a part that is fetched later.
  let stood = false
  const timer = setInterval(() => {
    look()
    if (stood && !panel.isConnected) clearInterval(timer)
    stood = panel.isConnected
  }, 50)
  look()
  return { panel, lines }
}

const regionOf = (node: Node): Element | null =>
  (node instanceof Element ? node : node.parentElement)?.closest('[aria-live]') ?? null

/** Name, role and description, roughly as they are computed. */
function reading(element: Element): string {
  const role = element.getAttribute('role') ?? ROLES[element.localName] ?? element.localName
  const described = referenced(element, 'aria-describedby')
  return [nameOf(element), role, described].filter(Boolean).join(', ')
}

const ROLES: Record<string, string> = {
  a: 'link',
  button: 'button',
  input: 'edit',
  textarea: 'edit',
  article: 'article',
}

function nameOf(element: Element): string {
  const label =
    element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
      ? element.labels?.[0]?.textContent
      : undefined
  return words(
    referenced(element, 'aria-labelledby') ||
      element.getAttribute('aria-label') ||
      (label ?? element.textContent ?? ''),
  )
}

function referenced(element: Element, attribute: string): string {
  const root = element.getRootNode() as Document | ShadowRoot
  const ids = element.getAttribute(attribute)?.split(/\s+/) ?? []
  return words(ids.map((id) => root.getElementById(id)?.textContent ?? '').join(' '))
}

const words = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
