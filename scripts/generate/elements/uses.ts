import { posix } from 'node:path'
import { type Node, parse, type Source, ts } from './analyzer.ts'

/** What the code of an element really shows and tells. */
export interface Uses {
  parts: Set<string>
  slots: Set<string>
  /** Custom properties read; one whose name is put together ends in `*`. */
  tokens: Set<string>
  states: Set<string>
  /** Classes of the events dispatched; of the browser's own events their name. */
  events: Set<string>
}

const nothing = (): Uses => ({
  parts: new Set(),
  slots: new Set(),
  tokens: new Set(),
  states: new Set(),
  events: new Set(),
})

/** Follows the imports of modules and sums up what they use. */
export class UsesReader {
  readonly #sources: ReadonlyMap<string, Source>
  readonly #foreign: (path: string) => boolean
  readonly #read = new Map<string, { uses: Uses; imports: string[] }>()

  /** @param foreign Modules that are not followed: those of other elements, who show their parts themselves. */
  constructor(sources: readonly Source[], foreign: (path: string) => boolean) {
    this.#sources = new Map(sources.map((source) => [source.path, source]))
    this.#foreign = foreign
  }

  /** What a module and everything it imports use; for an element this is its class and what draws it. */
  of(path: string): Uses {
    const sum = nothing()
    const seen = new Set<string>()
    const visit = (each: string, first = false) => {
      if (seen.has(each) || (!first && this.#foreign(each))) return
      seen.add(each)
      const { uses, imports } = this.#module(each)
      for (const kind of Object.keys(sum) as (keyof Uses)[])
        for (const name of uses[kind]) sum[kind].add(name)
      imports.forEach((imported) => visit(imported))
    }
    visit(path, true)
    return sum
  }

  #module(path: string) {
    const known = this.#read.get(path)
    if (known) return known
    const source = this.#sources.get(path)
    const found = source ? readModule(source) : { uses: nothing(), imports: [] }
    this.#read.set(path, found)
    return found
  }
}

function readModule(source: Source): { uses: Uses; imports: string[] } {
  const uses = nothing()
  const imports: string[] = []
  const visit = (node: Node): void => {
    const specifier = importedBy(node)
    if (specifier?.startsWith('.')) imports.push(posix.join(posix.dirname(source.path), specifier))
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html')
      readMarkup(node.template, uses)
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'part')
      addWords(uses.parts, literalsIn(node.initializer))
    if (isText(node)) readTokens(node, uses)
    if (ts.isCallExpression(node)) readCall(node, uses)
    if (ts.isNewExpression(node) && /^Collab\w+Event$/.test(node.expression.getText()))
      uses.events.add(node.expression.getText())
    ts.forEachChild(node, visit)
  }
  visit(parse(source))
  return { uses, imports }
}

/** The module that a node brings in, when it brings in more than types. */
function importedBy(node: Node): string | undefined {
  if (ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly)
    return textOf(node.moduleSpecifier)
  if (ts.isExportDeclaration(node) && !node.isTypeOnly) return textOf(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0])
  return undefined
}

const textOf = (node: Node | undefined) =>
  node && ts.isStringLiteral(node) ? node.text : undefined

const isText = (node: Node) =>
  ts.isStringLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateExpression(node)

/** String literals anywhere in an expression: each may be what it gives. */
function literalsIn(node: Node): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text]
  const found: string[] = []
  ts.forEachChild(node, (child) => void found.push(...literalsIn(child)))
  return found
}

function addWords(to: Set<string>, texts: readonly string[]): void {
  for (const word of texts.flatMap((text) => text.split(/\s+/))) if (word) to.add(word)
}

/** Markup with its expressions replaced by marks: ‹0›, ‹1› and so on. */
function markupOf(template: Node): { text: string; expressions: Node[] } {
  if (!ts.isTemplateExpression(template)) {
    return {
      text: ts.isNoSubstitutionTemplateLiteral(template) ? template.text : '',
      expressions: [],
    }
  }
  const expressions = template.templateSpans.map(({ expression }) => expression)
  const rest = template.templateSpans.map(({ literal }, index) => `‹${index}›${literal.text}`)
  return { text: template.head.text + rest.join(''), expressions }
}

const ATTRIBUTE =
  /(?<tag><slot\b[^>]*?)?\s(?<name>part|exportparts|name)=(?:"(?<quoted>[^"]*)"|(?<bare>[^\s>"]+))/g

function readMarkup(template: Node, uses: Uses): void {
  const { text, expressions } = markupOf(template)
  for (const [tag] of text.matchAll(/<slot\b[^>]*>/g)) if (!/\sname=/.test(tag)) uses.slots.add('')
  for (const { groups = {} } of text.matchAll(ATTRIBUTE)) {
    const values = valuesOf(groups['quoted'] ?? groups['bare'] ?? '', expressions)
    if (groups['name'] === 'part') addWords(uses.parts, values)
    if (groups['name'] === 'exportparts') addWords(uses.parts, values.flatMap(exported))
    if (groups['name'] === 'name' && groups['tag']) addWords(uses.slots, values)
  }
}

/** The text of an attribute, and those that its expressions may give. */
function valuesOf(value: string, expressions: readonly Node[]): string[] {
  const marks = [...value.matchAll(/‹(\d+)›/g)]
  const given = marks.flatMap(([, index]) => {
    const expression = expressions[Number(index)]
    return expression ? literalsIn(expression) : []
  })
  return [value.replaceAll(/‹\d+›/g, ' '), ...given]
}

/** The names by which `exportparts` shows parts to the outside. */
const exported = (value: string) =>
  value.split(',').map((part) => (part.split(':').at(-1) ?? '').trim())

function readTokens(node: Node, uses: Uses): void {
  const { text } = ts.isTemplateExpression(node)
    ? markupOf(node)
    : { text: (node as Node & { text: string }).text }
  for (const [, name = '', puzzled] of text.matchAll(/(--collab-[a-z0-9-]*)(‹)?/g))
    uses.tokens.add(puzzled ? `${name}*` : name)
}

function readCall(node: Node, uses: Uses): void {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
  const [first] = node.arguments
  const name = node.expression.name.text
  if (name === 'setState' && textOf(first)) uses.states.add(textOf(first) ?? '')
  // What is made without a template names its parts itself.
  if (name === 'setAttribute' && textOf(first) === 'part')
    addWords(uses.parts, node.arguments.slice(1).flatMap(literalsIn))
  if (name === 'add' && node.expression.expression.getText().endsWith('.part'))
    addWords(uses.parts, node.arguments.flatMap(literalsIn))
  if (name !== 'dispatchEvent' || !first || !ts.isNewExpression(first)) return
  const type = textOf(first.arguments?.[0])
  if (type && /^(Custom|Input)?Event$/.test(first.expression.getText())) uses.events.add(type)
}
