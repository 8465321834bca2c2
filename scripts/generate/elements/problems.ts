import { posix } from 'node:path'
import { type RawClass, readClasses, type Source } from './analyzer.ts'
import { manifestOf } from './manifest.ts'
import type { ClassDoc, Described, ElementEvent } from './model.ts'
import { type Uses, UsesReader } from './uses.ts'

/** Something used that has no documentation, and why it needs none. */
export interface Exemption {
  /** `*` for all. */
  element: string
  kind: Kind
  name: string
  reason: string
}

type Kind = 'part' | 'slot' | 'token' | 'state' | 'event'
type Heading = 'cssParts' | 'slots' | 'cssProperties' | 'cssStates' | 'events'

const KINDS: readonly { kind: Kind; heading: Heading; used: keyof Uses }[] = [
  { kind: 'part', heading: 'cssParts', used: 'parts' },
  { kind: 'slot', heading: 'slots', used: 'slots' },
  { kind: 'token', heading: 'cssProperties', used: 'tokens' },
  { kind: 'state', heading: 'cssStates', used: 'states' },
  { kind: 'event', heading: 'events', used: 'events' },
]

/**
 * Where documentation and code of the elements say different things, one sentence each: what has no description, what
 * is used but not documented, what is documented but used by nobody, and exemptions that are not needed.
 */
export function metadataProblems(
  sources: readonly Source[],
  exemptions: readonly Exemption[] = [],
): string[] {
  const elements = elementsWithUses(sources)
  const unmet = new Set(exemptions)
  const undocumented = elements.flatMap(({ doc, uses }) =>
    KINDS.flatMap(({ kind, heading, used }) => {
      const documented = namesOf(doc, heading)
      return [...uses[used]]
        .filter((name) => !documented.some((each) => isSame(each, name)))
        .filter((name) => {
          const excused = exemptions.filter(
            (each) =>
              each.kind === kind && each.name === name && ['*', doc.tagName].includes(each.element),
          )
          excused.forEach((each) => unmet.delete(each))
          return excused.length === 0
        })
        .map((name) => `<${doc.tagName}>: the ${kind} "${name}" is used but not documented.`)
    }),
  )
  return [
    ...elements.flatMap(({ doc }) => undescribed(doc)),
    ...undocumented,
    ...unused(elements),
    ...[...unmet].map(({ kind, name }) => `The ${kind} "${name}" needs no exemption any more.`),
  ]
}

interface ElementWithUses {
  doc: ClassDoc
  uses: Uses
}

function elementsWithUses(sources: readonly Source[]): ElementWithUses[] {
  const docs = manifestOf(sources).modules.flatMap(({ declarations }) => declarations)
  const classes = readClasses(sources).filter(({ tagName }) => tagName)
  const own = new Set(classes.flatMap(({ source }) => [source, entryOf(source)]))
  return classes.flatMap((element) => {
    const doc = docs.find(({ tagName }) => tagName === element.tagName)
    const bases = new Set(basesOf(element, classes).map(({ source }) => source))
    const reader = new UsesReader(sources, (path) => own.has(path) && !bases.has(path))
    return doc ? [{ doc, uses: reader.of(element.source) }] : []
  })
}

const entryOf = (source: string) => posix.join(posix.dirname(source), 'index.ts')

/** Other elements that it extends: what they show, it shows. */
function basesOf(element: RawClass, classes: readonly RawClass[]): RawClass[] {
  const base = classes.find(({ name }) => name === element.superclass?.name)
  return base ? [base, ...basesOf(base, classes)] : []
}

const namesOf = (doc: ClassDoc, heading: Heading): string[] =>
  (doc[heading] ?? []).flatMap((each) => {
    const type = (each as ElementEvent).type?.text
    return type === undefined ? [each.name] : [each.name, type]
  })

/** A name that is put together covers all of its kind. */
const isSame = (documented: string, used: string) =>
  used.endsWith('*') ? documented.startsWith(used.slice(0, -1)) : documented === used

function undescribed(doc: ClassDoc): string[] {
  const about = `<${doc.tagName}>`
  const headings = ['attributes', 'members', ...KINDS.map(({ heading }) => heading)] as const
  return [
    ...(doc.summary ? [] : [`${about} has no @summary.`]),
    ...(doc.description ? [] : [`${about} has no description.`]),
    ...headings.flatMap((heading) =>
      ((doc[heading] as readonly Described[] | undefined) ?? [])
        .filter(({ description }) => !description)
        .map(({ name }) => `${about}: "${name}" of its ${heading} has no description.`),
    ),
  ]
}

/** What is inherited may be used by only some of those that inherit it. */
function unused(elements: readonly ElementWithUses[]): string[] {
  const usedBy = (name: string, kind: keyof Uses, { uses }: ElementWithUses) =>
    [...uses[kind]].some((used) => isSame(name, used))
  return elements.flatMap((element) =>
    KINDS.flatMap(({ kind, heading, used }) =>
      (element.doc[heading] ?? [])
        .filter((each) => {
          const names = namesOf({ ...element.doc, [heading]: [each] }, heading)
          // Events of the browser come from the controls inside.
          if (kind === 'event' && !names.some((name) => /^Collab\w+Event$/.test(name))) return false
          const users = each.inheritedFrom ? elements : [element]
          return !users.some((user) => names.some((name) => usedBy(name, used, user)))
        })
        .map(
          ({ name }) =>
            `<${element.doc.tagName}>: the ${kind} "${name}" is documented but not used.`,
        ),
    ),
  )
}
