import * as analyzer from '@custom-elements-manifest/analyzer'
import type { AnalyzePhaseParams, Plugin } from '@custom-elements-manifest/analyzer'
import type { ClassDoc, ModuleDoc } from './model.ts'

export type TypeScript = AnalyzePhaseParams['ts']
export type Node = AnalyzePhaseParams['node']

// Its declarations leave out what it is imported for.
const { create, ts } = analyzer as unknown as {
  create(options: { modules: Node[]; plugins: Plugin[]; context: { dev: boolean } }): unknown
  /** The TypeScript that the analyzer reads with. */
  ts: TypeScript
}
export { ts }

/** A file of the package, by its path from the package's folder. */
export interface Source {
  path: string
  text: string
}

export const parse = ({ path, text }: Source) =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)

/** What the analyzer finds in one class, without what it inherits. */
export interface RawClass extends ClassDoc {
  /** Path of its source. */
  source: string
  /** Names of the events that its documentation declares. */
  declares: ReadonlySet<string>
}

/** Every class of the sources, as its own text and documentation describe it. */
export function readClasses(sources: readonly Source[]): RawClass[] {
  const classes: RawClass[] = []
  const declares = new Map<string, Set<string>>()
  create({
    modules: sources.map(parse),
    plugins: [
      staticProperties,
      methodResults,
      {
        name: 'classes-without-inheritance',
        analyzePhase({ node, moduleDoc: { path } }) {
          if (ts.isClassDeclaration(node) && node.name)
            declares.set(`${path}:${node.name.text}`, declaredEvents(node))
        },
        // The next phase mixes in what is inherited, and not always from where it comes.
        moduleLinkPhase({ moduleDoc }) {
          const { path, declarations } = structuredClone(moduleDoc) as unknown as ModuleDoc
          for (const each of declarations) {
            if (each.kind !== 'class') continue
            const events = declares.get(`${path}:${each.name}`) ?? new Set()
            classes.push({ ...each, source: path, declares: events })
          }
        },
      },
    ],
    context: { dev: false },
  })
  return classes
}

/** The analyzer adds what is dispatched, mostly without a name: only what is declared is promised. */
function declaredEvents(node: Node): Set<string> {
  const text = commentOf(node)
  return new Set(
    [...text.matchAll(/@fires\s+(?:\{[^}]*\}\s+)?([\w-]+)/g)].map(([, name = '']) => name),
  )
}

function commentOf(node: Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((each) => each.getText())
    .join('\n')
}

const classOf = (moduleDoc: AnalyzePhaseParams['moduleDoc'], name: string) =>
  (moduleDoc.declarations as ClassDoc[] | undefined)?.find((each) => each.name === name)

/** Reads Lit's `static properties`: which of the declared fields have an attribute, and of which name. */
const staticProperties: Plugin = {
  name: 'static-properties',
  analyzePhase({ node, moduleDoc }) {
    if (!ts.isClassDeclaration(node) || !node.name) return
    const doc = classOf(moduleDoc, node.name.text)
    const declared = node.members.find(
      (member) =>
        ts.isPropertyDeclaration(member) &&
        isStatic(member) &&
        member.name.getText() === 'properties',
    )
    if (!doc || !declared || !ts.isPropertyDeclaration(declared) || !declared.initializer) return
    if (!ts.isObjectLiteralExpression(declared.initializer)) return
    for (const property of declared.initializer.properties) {
      if (ts.isPropertyAssignment(property) && ts.isObjectLiteralExpression(property.initializer))
        addProperty(doc, property.name.getText(), optionsOf(property.initializer))
    }
  },
}

const isStatic = (member: Node) =>
  ts.canHaveModifiers(member) &&
  (ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false)

/** Options of a Lit property, as their source text. */
function optionsOf(literal: { properties: Iterable<Node> }): Map<string, string> {
  const options = new Map<string, string>()
  for (const option of literal.properties) {
    if (ts.isPropertyAssignment(option))
      options.set(option.name.getText(), option.initializer.getText())
  }
  return options
}

function addProperty(doc: ClassDoc, name: string, options: Map<string, string>): void {
  if (options.get('state') === 'true') return
  const field = doc.members?.find((member) => member.name === name)
  if (!field || field.kind !== 'field') {
    throw new Error(`${doc.name}: the property ${name} has no declared field of its own.`)
  }
  const attribute = options.get('attribute')
  if (attribute === 'false') return
  field.attribute = attribute?.replaceAll(/['"]/g, '') ?? name.toLowerCase()
  if (options.get('reflect') === 'true') field.reflects = true
  doc.attributes = [...(doc.attributes ?? []), { name: field.attribute, fieldName: name }]
}

/** What a method gives: the analyzer sees the type of some and the documentation of none. */
const methodResults: Plugin = {
  name: 'method-results',
  analyzePhase({ node, moduleDoc }) {
    if (!ts.isMethodDeclaration(node) || !ts.isClassDeclaration(node.parent)) return
    const doc = classOf(moduleDoc, node.parent.name?.text ?? '')
    const method = doc?.members?.find((member) => member.name === node.name.getText())
    if (method?.kind !== 'method' || !node.type) return
    const tag = ts.getJSDocReturnTag(node)
    const description = ts.getTextOfJSDocComment(tag?.comment)
    method.return = { type: { text: node.type.getText() }, ...(description && { description }) }
  },
}
