import { type Node, parse, type Source, ts } from './analyzer.ts'

/** What names of types stand for, for readers who do not have the sources at hand. */
export interface Types {
  /** A name that stands for a few literals, as these; every other type as it is, but for `undefined`. */
  spell(text: string): string
  /** The fields of an interface or the literals of a name; the name where neither says more. */
  expand(text: string): string
}

export function readTypes(sources: readonly Source[]): Types {
  const unions = new Map<string, string>()
  const interfaces = new Map<string, string>()
  // Two types of one name are told apart by nobody who reads the name alone.
  const add = (map: Map<string, string>, name: string, text: string) =>
    map.set(name, (map.get(name) ?? text) === text ? text : name)
  const visit = (node: Node): void => {
    if (ts.isTypeAliasDeclaration(node) && isUnionOfLiterals(node.type))
      add(unions, node.name.text, oneLine(node.type.getText()).replace(/^\| /, ''))
    if (ts.isInterfaceDeclaration(node) && !node.heritageClauses)
      add(interfaces, node.name.text, fieldsOf(node.members))
    ts.forEachChild(node, visit)
  }
  for (const source of sources) visit(parse(source))

  const spell = (text: string) => {
    const type = oneLine(text)
      .split(' | ')
      .filter((part) => part !== 'undefined')
      .join(' | ')
    return unions.get(type) ?? type
  }
  return { spell, expand: (text) => interfaces.get(spell(text)) ?? spell(text) }
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

function isUnionOfLiterals(type: Node): boolean {
  if (!ts.isUnionTypeNode(type)) return false
  return type.types.every((each) => ts.isLiteralTypeNode(each) && ts.isStringLiteral(each.literal))
}

/** Without comments, on one line. */
const fieldsOf = (members: Iterable<Node>) =>
  `{ ${[...members].map((member) => oneLine(member.getText())).join('; ')} }`

/** The type argument of the class that an event extends: what its `detail` is. */
export function detailTypes(sources: readonly Source[]): Map<string, string> {
  const details = new Map<string, string>()
  const visit = (node: Node): void => {
    const [clause] = ts.isClassDeclaration(node) ? (node.heritageClauses ?? []) : []
    const [base] = clause?.types ?? []
    const [detail] = base?.typeArguments ?? []
    if (ts.isClassDeclaration(node) && node.name && base?.expression.getText() === 'CustomEvent')
      details.set(node.name.text, detail ? oneLine(detail.getText()) : 'null')
    ts.forEachChild(node, visit)
  }
  for (const source of sources) visit(parse(source))
  return details
}
