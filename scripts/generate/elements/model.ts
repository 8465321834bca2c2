// The part of a custom elements manifest that is used here, as its schema 2.1 has it:
// https://github.com/webcomponents/custom-elements-manifest

export interface Reference {
  name: string
  module?: string
  package?: string
}

export interface TypeText {
  text: string
  references?: (Reference & { start: number; end: number })[]
}

export interface Described {
  name: string
  description?: string
  inheritedFrom?: Reference
}

export interface Attribute extends Described {
  type?: TypeText
  /** As a JavaScript expression. */
  default?: string
  /** The property that goes with it. */
  fieldName?: string
}

export interface Field extends Described {
  kind: 'field'
  type?: TypeText
  default?: string
  readonly?: boolean
  privacy?: string
  static?: boolean
  attribute?: string
  reflects?: boolean
}

export interface Method extends Described {
  kind: 'method'
  parameters?: { name: string; type?: TypeText; optional?: boolean; description?: string }[]
  return?: { type?: TypeText; description?: string }
  privacy?: string
  static?: boolean
}

export interface ElementEvent extends Described {
  type?: TypeText
}

export interface CssProperty extends Described {
  default?: string
}

export interface ClassDoc {
  kind: 'class'
  name: string
  tagName?: string
  customElement?: boolean
  summary?: string
  description?: string
  superclass?: Reference
  attributes?: Attribute[]
  members?: (Field | Method)[]
  events?: ElementEvent[]
  slots?: Described[]
  cssParts?: Described[]
  cssProperties?: CssProperty[]
  cssStates?: Described[]
}

export interface ModuleDoc {
  kind: 'javascript-module'
  path: string
  declarations: ClassDoc[]
  exports: { kind: 'js' | 'custom-element-definition'; name: string; declaration: Reference }[]
}

export interface Manifest {
  schemaVersion: string
  readme: string
  modules: ModuleDoc[]
}

/** An element, with what it is imported from. */
export interface ElementDoc extends ClassDoc {
  tagName: string
  /** Published module that registers it. */
  module: string
}

/** The elements of a manifest, in the order of their tags. */
export function elementsOf({ modules }: Manifest): ElementDoc[] {
  return modules.flatMap(({ path, declarations }) =>
    declarations.flatMap((each) =>
      each.tagName === undefined ? [] : { ...each, tagName: each.tagName, module: path },
    ),
  )
}

/** Everything about a property that can be set, in the order of declaration. */
export const settable = ({ members = [] }: ClassDoc): Field[] =>
  members.filter((member): member is Field => member.kind === 'field' && !member.readonly)

/** The values of a type that is a union of string literals; none for every other. */
export function literalsOf(type: TypeText | undefined): string[] {
  const parts = type?.text.split('|').map((part) => part.trim()) ?? []
  const literals = parts.map((part) => part.match(/^'([^']*)'$/)?.[1])
  return literals.every((literal) => literal !== undefined) ? literals : []
}
