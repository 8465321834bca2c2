import { posix } from 'node:path'
import { type RawClass, readClasses, type Source } from './analyzer.ts'
import type { ClassDoc, ElementEvent, Field, Manifest, Method, ModuleDoc } from './model.ts'
import { detailTypes, readTypes, type Types } from './types.ts'

/** The module that exports all classes, elements and events alike. */
const ROOT = 'src/index.ts'

/** Called by the browser or by Lit. */
const CALLED_BY_OTHERS =
  /^(constructor|(connected|disconnected|adopted|attributeChanged|connectedMove|form\w+)Callback)$/

/** What an element has by its nature: listed only where it has something to say about it. */
const NATIVE = new Set(['focus', 'blur', 'click', 'lang', 'dir'])

/** What every control of a form has. */
const CONTROL: Record<string, string> = {
  form: 'The form around it.',
  labels: 'The labels that name it.',
  validity: 'What is wrong with the value, as of every control of a form.',
  validationMessage: 'What is wrong with the value, in words.',
  willValidate: 'Whether its form asks it to be valid.',
  checkValidity: 'Whether the value is valid; else an `invalid` event.',
  reportValidity: 'As `checkValidity`, and the person is told.',
  setCustomValidity: 'Makes it invalid with this reason; an empty text makes it valid again.',
}

/**
 * The manifest of all elements among the sources, each with what it inherits, at the paths where they are published.
 *
 * @param sources All modules of the package but tests, in an order that stays the same.
 */
export function manifestOf(sources: readonly Source[]): Manifest {
  const classes = new Map(readClasses(sources).map((each) => [each.name, each]))
  const types = readTypes(sources)
  const rest = { classes, types, published: publishedNames(sources) }
  const elements = [...classes.values()]
    .filter(({ tagName }) => tagName)
    .sort((a, b) => (a.tagName ?? '').localeCompare(b.tagName ?? '', 'en'))
  const events = eventClasses(elements, rest, detailTypes(sources))
  return {
    schemaVersion: '2.1.0',
    readme: '',
    modules: [
      ...elements.map((element) => elementModule(element, rest)),
      rootModule([...basesOf(elements, rest), ...events]),
    ],
  }
}

interface Rest {
  classes: ReadonlyMap<string, RawClass>
  types: Types
  /** Names that the package exports. */
  published: ReadonlySet<string>
}

const publishedPath = (source: string) => source.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js')
const rootPath = publishedPath(ROOT)

/** Names in the export lists of the root module; what it exports whole are events and types. */
function publishedNames(sources: readonly Source[]): Set<string> {
  const text = sources.find(({ path }) => path === ROOT)?.text ?? ''
  return new Set(
    [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(
      ([, names = '']) => names.match(/\b[A-Z]\w*/g) ?? [],
    ),
  )
}

/** The class and those it extends, nearest first. */
function chainOf(element: RawClass, { classes }: Rest): RawClass[] {
  const base = classes.get(element.superclass?.name ?? '')
  return base ? [element, ...chainOf(base, { classes } as Rest)] : [element]
}

/** Only the entry of an element is published, and it registers it; every other class comes with the root module. */
const moduleOf = ({ tagName, source }: RawClass) =>
  tagName === undefined ? rootPath : publishedPath(posix.join(posix.dirname(source), 'index.ts'))

const referenceTo = (each: RawClass) => ({ name: each.name, module: moduleOf(each) })

/** Classes that are no elements but that elements extend. */
function basesOf(elements: readonly RawClass[], rest: Rest): ClassDoc[] {
  const bases = elements.flatMap((element) =>
    chainOf(element, rest).filter(
      ({ name, tagName }) => tagName === undefined && rest.published.has(name),
    ),
  )
  return [...new Set(bases)].map((base) => classDoc(base, rest))
}

function elementModule(element: RawClass, rest: Rest): ModuleDoc {
  const { name, tagName = '' } = element
  const declaration = referenceTo(element)
  const path = declaration.module
  return {
    kind: 'javascript-module',
    path,
    declarations: [classDoc(element, rest)],
    exports: [
      { kind: 'js', name, declaration },
      { kind: 'custom-element-definition', name: tagName, declaration },
    ],
  }
}

function rootModule(declarations: ClassDoc[]): ModuleDoc {
  return {
    kind: 'javascript-module',
    path: rootPath,
    declarations,
    exports: declarations.map(({ name }) => ({
      kind: 'js',
      name,
      declaration: { name, module: rootPath },
    })),
  }
}

function classDoc(element: RawClass, rest: Rest): ClassDoc {
  const { name, tagName, summary, description } = element
  const chain = chainOf(element, rest)
  const superclass = chain.slice(1).find((each) => rest.published.has(each.name))
  const fields = gather(chain, 'members', rest).filter(isPublic)
  const members = fields.map((member) => toMember(member, rest.types))
  return {
    kind: 'class',
    name,
    ...(tagName !== undefined && { tagName, customElement: true }),
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    superclass: superclass ? referenceTo(superclass) : { name: 'LitElement', package: 'lit' },
    ...filled({
      attributes: members.flatMap((member) =>
        member.kind === 'field' && member.attribute !== undefined ? [toAttribute(member)] : [],
      ),
      members,
      events: eventsOf(chain, rest),
      slots: gather(chain, 'slots', rest),
      cssParts: gather(chain, 'cssParts', rest),
      cssProperties: gather(chain, 'cssProperties', rest),
      cssStates: gather(chain, 'cssStates', rest),
    }),
  }
}

type Lists =
  | 'attributes'
  | 'members'
  | 'events'
  | 'slots'
  | 'cssParts'
  | 'cssProperties'
  | 'cssStates'

const filled = (lists: Pick<ClassDoc, Lists>): Pick<ClassDoc, Lists> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))

/** What a class and its bases say under one heading: the nearest wins, what it leaves out comes from further up. */
function gather<K extends Lists>(chain: readonly RawClass[], kind: K, rest: Rest) {
  type Item = NonNullable<ClassDoc[K]>[number]
  const items = new Map<string, Item>()
  for (const [distance, each] of chain.entries()) {
    // Of a base that nobody else sees it counts as the element's own.
    const inherited = distance > 0 && rest.published.has(each.name)
    for (const item of (each[kind] ?? []) as Item[]) {
      const nearer = items.get(item.name)
      if (nearer) items.set(item.name, { ...item, ...nearer })
      else items.set(item.name, inherited ? { ...item, inheritedFrom: referenceTo(each) } : item)
    }
  }
  return [...items.values()]
}

function isPublic(member: Field | Method): boolean {
  const { name, privacy, description } = member
  if (privacy !== undefined && privacy !== 'public') return false
  if (/^[#_]/.test(name) || CALLED_BY_OTHERS.test(name)) return false
  // Of what belongs to the class only `define` is for others.
  if (member.static && member.kind === 'field') return false
  return description !== undefined || !NATIVE.has(name)
}

function toMember(member: Field | Method, types: Types): Field | Method {
  const { description = CONTROL[member.name], privacy: _public, ...rest } = member
  const described = { ...rest, ...(description !== undefined && { description }) }
  if (described.kind === 'method') return toMethod(described)
  const { type, default: _code, ...field } = described
  const text = type && types.spell(type.text)
  const value = defaultOf(description, text)
  return { ...field, ...(text && { type: { text } }), ...(value && { default: value }) }
}

function toMethod({ return: result, parameters, ...method }: Method): Method {
  return {
    ...method,
    ...(parameters && { parameters }),
    ...(result?.type?.text && { return: result }),
  }
}

/** From the sentence that states it; only a value is one, "the chat's name" is not. */
function defaultOf(description: string | undefined, type: string | undefined): string | undefined {
  const [, code, number] = description?.match(/Default:? (?:`([^`]+)`|(\d+)\b)/) ?? []
  if (code === undefined) return number ?? (type === 'boolean' ? 'false' : undefined)
  return /^('|\d|true$|false$|null$|undefined$)/.test(code) ? code : `'${code}'`
}

function toAttribute(field: Field) {
  const { attribute: name = '', name: fieldName, type, default: value, description } = field
  return {
    name,
    fieldName,
    ...(type && { type }),
    ...(value !== undefined && { default: value }),
    ...(description !== undefined && { description }),
    ...(field.inheritedFrom && { inheritedFrom: field.inheritedFrom }),
  }
}

function eventsOf(chain: readonly RawClass[], rest: Rest): ElementEvent[] {
  const declared = new Set(chain.flatMap(({ declares }) => [...declares]))
  return gather(chain, 'events', rest)
    .filter(({ name }) => declared.has(name))
    .map(({ type, ...event }) => ({ ...event, ...(type && { type: reference(type.text, rest) }) }))
}

/** Events of our own are classes of the root module; others are the browser's. */
function reference(text: string, { classes }: Rest) {
  if (!classes.has(text)) return { text }
  return { text, references: [{ name: text, module: rootPath, start: 0, end: text.length }] }
}

function eventClasses(
  elements: readonly RawClass[],
  rest: Rest,
  details: ReadonlyMap<string, string>,
): ClassDoc[] {
  const names = elements.flatMap((element) =>
    eventsOf(chainOf(element, rest), rest).map(({ type }) => type?.text ?? ''),
  )
  return [...new Set(names)].sort().flatMap((name) => {
    const found = rest.classes.get(name)
    if (!found) return []
    const detail: Field = {
      kind: 'field',
      name: 'detail',
      type: { text: rest.types.expand(details.get(name) ?? 'unknown') },
      description: 'What happened.',
      readonly: true,
    }
    const { description } = found
    return {
      kind: 'class',
      name,
      ...(description !== undefined && { description }),
      superclass: { name: 'CustomEvent', package: 'global:' },
      members: [detail],
    }
  })
}
