import { deep } from './deep.ts'

/** What one element of the manifest promises. */
export interface Promises {
  parts: string[]
  slots: string[]
  states: string[]
  events: string[]
  tokens: string[]
  /** Tokens that all elements share; not all matter in each. */
  shared: string[]
  /** Parts that can be seen and are promised nowhere. */
  undeclared: string[]
}

/** The public face of every element, by tag. */
export type PublicFace = Record<string, Promises>

interface ManifestDeclaration {
  tagName?: string
  cssParts?: Named[]
  slots?: Named[]
  cssStates?: Named[]
  events?: Named[]
  cssProperties?: Named[]
}
interface Named {
  name?: string
  inheritedFrom?: { name: string }
}

/** The class that all elements come from. */
const BASE = 'CollabElement'
const isShared = ({ inheritedFrom }: Named): boolean => inheritedFrom?.name === BASE

/** As much of a custom elements manifest as is read here. */
export interface Manifest {
  modules: { declarations?: ManifestDeclaration[] }[]
}

const names = (list: Named[] | undefined): string[] =>
  (list ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))

/** What the manifest says of each element. */
export function publicFace(manifest: Manifest): PublicFace {
  const declared = manifest.modules.flatMap(({ declarations = [] }) => declarations)
  return Object.fromEntries(
    declared.flatMap((each) =>
      each.tagName === undefined
        ? []
        : [
            [
              each.tagName,
              {
                parts: names(each.cssParts),
                slots: names(each.slots),
                states: names(each.cssStates),
                events: names(each.events),
                tokens: names(each.cssProperties?.filter((token) => !isShared(token))),
                shared: names(each.cssProperties?.filter(isShared)),
                undeclared: [],
              },
            ],
          ],
    ),
  )
}

const heard = new WeakMap<HTMLElement, Map<string, Set<string>>>()
let watched: readonly string[] = []

/** From now on these events are noted on every stage. */
export function watchFor(face: PublicFace): void {
  watched = [...new Set(Object.values(face).flatMap(({ events }) => events))]
}

/** Notes which element dispatches what on a stage. Returns the end of it. */
export function watchEvents(root: HTMLElement): () => void {
  const notes = new Map<string, Set<string>>()
  heard.set(root, notes)
  const note = (event: Event) => {
    for (const target of event.composedPath()) {
      if (!(target instanceof Element) || !target.localName.includes('-')) continue
      const seen = notes.get(target.localName) ?? new Set()
      notes.set(target.localName, seen.add(event.type))
      // `change` is not composed and `input` of a field inside is told by its host: the innermost element is who tells.
      return
    }
  }
  for (const name of watched) root.addEventListener(name, note, true)
  return () => {
    for (const name of watched) root.removeEventListener(name, note, true)
  }
}

/** What of the public face shows below a node, by tag. */
export function shownOf(root: HTMLElement, face: PublicFace): PublicFace {
  const shown: PublicFace = {}
  for (const host of deep(root)) {
    const promised = face[host.localName]
    if (!promised || !(host instanceof HTMLElement)) continue
    const before = shown[host.localName]
    const parts = partsOf(host)
    const tells = heardFrom(root, host.localName)
    const set = (names: string[]) =>
      names.filter((name) => isSet(host, name) && matters(host, name))
    shown[host.localName] = {
      parts: union(
        before?.parts,
        promised.parts.filter((name) => parts.has(name)),
      ),
      slots: union(
        before?.slots,
        promised.slots.filter((name) => fills(host, name)),
      ),
      states: union(
        before?.states,
        promised.states.filter((name) => host.matches(`:state(${name})`)),
      ),
      events: promised.events.filter((name) => tells.has(name)),
      tokens: union(before?.tokens, set(promised.tokens)),
      shared: union(before?.shared, set(promised.shared)),
      undeclared: union(
        before?.undeclared,
        [...parts].filter((name) => !promised.parts.includes(name)),
      ),
    }
  }
  return shown
}

const heardFrom = (root: HTMLElement, tag: string): ReadonlySet<string> =>
  heard.get(root)?.get(tag) ?? new Set()

const isSet = (host: HTMLElement, token: string): boolean =>
  getComputedStyle(host).getPropertyValue(token) !== ''

const union = (before: string[] = [], more: string[]): string[] => [
  ...new Set([...before, ...more]),
]

/** Names of parts that can be seen, those that elements inside hand on too. */
function partsOf(host: Element): Set<string> {
  const parts = new Set<string>()
  if (!host.shadowRoot) return parts
  for (const inside of host.shadowRoot.querySelectorAll('*')) {
    if (!inside.checkVisibility({ visibilityProperty: true })) continue
    for (const name of inside.part) parts.add(name)
    if (!inside.shadowRoot) continue
    const own = partsOf(inside)
    for (const pair of (inside.getAttribute('exportparts') ?? '').split(',')) {
      const [inner = '', outer = inner] = pair.split(':').map((name) => name.trim())
      if (own.has(inner)) parts.add(outer)
    }
  }
  return parts
}

function fills(host: HTMLElement, slot: string): boolean {
  return [...host.children].some(
    (child) =>
      child.slot === slot &&
      // A template is shown by what is made from it.
      (child instanceof HTMLTemplateElement || child.checkVisibility({ visibilityProperty: true })),
  )
}

/** Whether anything looks different without this token. */
function matters(host: HTMLElement, token: string): boolean {
  const before = fingerprint(host)
  const own = host.style.getPropertyValue(token)
  // A value that is none counts as not set.
  host.style.setProperty(token, 'initial')
  const after = fingerprint(host)
  host.style.removeProperty(token)
  if (own) host.style.setProperty(token, own)
  return before !== after
}

const LOOK = [
  'color',
  'background-color',
  'border-radius',
  'block-size',
  'max-block-size',
  'max-inline-size',
  'inline-size',
  'margin-block-start',
  'padding-block-start',
  'gap',
  'font-size',
  'outline-color',
  'outline-width',
  'border-block-start-color',
  'border-block-start-width',
  'z-index',
  'fill',
  'border-inline-start-color',
  'box-shadow',
  'font-family',
  'animation-name',
  'transition-property',
]

function fingerprint(host: HTMLElement): string {
  const elements = [host, ...deep(host)]
  return elements
    .map((element) => {
      const styles = getComputedStyle(element)
      const behind = element.matches('dialog') ? getComputedStyle(element, '::backdrop') : undefined
      return [...LOOK.map((name) => styles.getPropertyValue(name)), behind?.backgroundColor].join(
        ';',
      )
    })
    .join('\n')
}
