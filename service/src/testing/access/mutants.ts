import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseSync } from 'vite'

/** One check that is taken away, or turned. */
export interface Mutant {
  /** From the folder of the sources. */
  file: string
  line: number
  /** The function it is in. */
  within: string
  start: number
  end: number
  /** What stands there instead. */
  replacement: string
  /** What stood there. */
  original: string
}

/** A node of the syntax tree, as far as it is looked at. */
interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** Codes by which somebody is kept from something. */
const CODES = ['forbidden', 'not_found', 'unauthenticated', 'conflict', 'token_revoked']

/** Functions that say what somebody may do, by file: every condition in them is turned both ways. */
const DECIDING: Record<string, readonly string[]> = {
  'kernel/access.ts': ['authorise', 'authoriseCaller', 'isNamed', 'mayGlobally'],
  'kernel/context.ts': ['isPerson', 'mayGoOn'],
  'kernel/grants.ts': ['isGrouped', 'shownGrants', 'concerns'],
  'domains/activities/access.ts': ['visibleActivity', 'readableActivity'],
  'domains/activities/grants.ts': ['permissionsOf'],
  'domains/activities/permissions.ts': ['permissionsOfPeople'],
  'domains/activities/rules.ts': ['defaultGrant', 'isPower', 'permissionsIn'],
  'domains/activities/views.ts': ['shownTo'],
  'domains/auth/standing.ts': ['standing'],
  'domains/auth/keys.ts': ['scopesOf'],
  'domains/chat/access.ts': [
    'chatAccess',
    'visibleChat',
    'lookUp',
    'readableChat',
    'mayRead',
    'readableChats',
  ],
  'domains/chat/rules.ts': [
    'isOpen',
    'defaultGrant',
    'isPower',
    'permissionsIn',
    'holdsAll',
    'hiddenUpTo',
  ],
  'domains/chat/grants.ts': ['factsOf', 'grantOf', 'permissionsOf'],
  'domains/groups/handlers.ts': ['managesAll', 'visible'],
  'domains/presence/places.ts': ['mayWatch'],
  'domains/presence/snapshot.ts': ['seesAll', 'visibleAmong', 'presenceOf'],
  'domains/streams/handlers.ts': [
    'readable',
    'readableAmong',
    'readsService',
    'followsService',
    'mayAsk',
  ],
  'domains/users/handlers.ts': ['ownerOf'],
  'domains/users/search.ts': ['seesAll'],
  'transport/catch-up.ts': ['dismissUnreadable'],
}

/** Every mutant of one file. */
export function mutantsOf(path: string, root: string): Mutant[] {
  const source = readFileSync(path, 'utf8')
  const file = relative(root, path)
  const found: Mutant[] = []
  const deciding = DECIDING[file] ?? []
  const note = (node: Pick<Node, 'start' | 'end'>, replacement: string, within: string) => {
    const { start, end } = node
    const line = source.slice(0, start).split('\n').length
    const original = source.slice(start, end).replaceAll(/\s+/g, ' ')
    found.push({ file, line, within, start, end, replacement, original })
  }
  walk(parseSync(path, source).program as unknown as Node, [], (node, above) => {
    const names = namesOf(above)
    const within = names.join('.')
    if (isOwnership(node, source))
      note({ start: (callee(node)['object'] as Node).end, end: node.end }, '', within)
    if (isRefusal(node)) for (const [at, text] of guardOf(node, above)) note(at, text, within)
    if (deciding.includes(names.at(-1) ?? ''))
      for (const [at, value] of conditionsOf(node)) note(at, value, within)
  })
  return distinct(found)
}

const distinct = (mutants: readonly Mutant[]): Mutant[] => [
  ...new Map(
    mutants.map((each) => [`${each.start} ${each.end} ${each.replacement}`, each]),
  ).values(),
]

function walk(
  node: Node,
  above: readonly Node[],
  visit: (node: Node, above: readonly Node[]) => void,
) {
  visit(node, above)
  const within = [...above, node]
  for (const child of Object.values(node))
    for (const each of Array.isArray(child) ? (child as unknown[]) : [child])
      if (isNode(each)) walk(each, within, visit)
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' ||
  type === 'FunctionExpression' ||
  type === 'ArrowFunctionExpression'

const named = (node: unknown): string | undefined => {
  const { name, value } = (node ?? {}) as { name?: string; value?: string }
  return name ?? value
}

/** The names that something stands below, from the outside in: constants, functions, members of objects. */
const namesOf = (above: readonly Node[]): string[] =>
  above.flatMap(({ type, id, key }) => {
    const own = type === 'FunctionDeclaration' || type === 'VariableDeclarator' ? id : key
    return named(own) ?? []
  })

/** `fail('code' …)`, `refuse(…)`, `new CollabError('code' …)`, and a set that hands a call back. */
function isRefusal({ type, callee, arguments: args, argument }: Node): boolean {
  if (type === 'ReturnStatement') return named(argument) === 'one_by_one'
  if (type !== 'CallExpression' && type !== 'NewExpression') return false
  const { name, property } = callee as { name?: string; property?: Node }
  const called = name ?? named(property)
  if (called === 'refuse') return true
  const [code] = args as Node[]
  return (called === 'fail' || called === 'CollabError') && CODES.includes(named(code) ?? '')
}

/** Columns that say whose a row is, or that it is none any more. */
const COLUMNS = /owner|caller|(removed|deleted|disabled|ended|left|revoked)_at|until|sharedWith/

const callee = (node: Node): Node => node['callee'] as Node

/** `.where(…)` by whose a row is: what is asked for of one is not answered of all. */
function isOwnership(node: Node, source: string): boolean {
  if (node.type !== 'CallExpression' || named(callee(node)['property']) !== 'where') return false
  const [first] = node['arguments'] as Node[]
  return first !== undefined && COLUMNS.test(source.slice(first.start, node.end))
}

type Change = [at: Pick<Node, 'start' | 'end'>, replacement: string]

/** What leads to a refusal, taken away: the whole condition, and each of its reasons. */
function guardOf(refusal: Node, above: readonly Node[]): Change[] {
  let inner = refusal
  for (const outer of above.toReversed()) {
    const { type, test, consequent, alternate, operator, left, right } = outer
    if (type === 'IfStatement' || type === 'ConditionalExpression') {
      if (inner === consequent) return without(test as Node, 'false', '||')
      if (inner === alternate) return without(test as Node, 'true', '&&')
    }
    if (type === 'LogicalExpression' && inner === right) {
      if (operator === '&&') return without(left as Node, 'false', '||')
      return [[{ start: (left as Node).end, end: outer.end }, '']]
    }
    if (isFunction(outer)) break
    inner = outer
  }
  const statement = above.findLast(({ type }) => /^(Expression|Throw|Return)Statement$/.test(type))
  return statement && inner !== refusal ? [[statement, ';']] : []
}

const without = (test: Node, value: 'true' | 'false', joined: '&&' | '||'): Change[] => [
  [test, value],
  ...reasons(test, joined).map((each): Change => [each, value]),
]

/** The reasons of a condition, where any of them is enough. */
function reasons(test: Node, joined: '&&' | '||'): Node[] {
  if (test.type === 'ParenthesizedExpression') return reasons(test['expression'] as Node, joined)
  if (test.type !== 'LogicalExpression' || test['operator'] !== joined) return []
  const { left, right } = test as unknown as { left: Node; right: Node }
  return [left, right].flatMap((each) => {
    const inner = reasons(each, joined)
    return inner.length > 0 ? inner : [each]
  })
}

/** Conditions that a function decides by, turned: a part of one only where that is not the same as turning the whole. */
function conditionsOf({ type, test, left, right, operator, body, argument }: Node): Change[] {
  const both = (node: unknown): Change[] => [
    [node as Node, 'true'],
    [node as Node, 'false'],
  ]
  if (type === 'IfStatement' || type === 'ConditionalExpression') return both(test)
  if (type === 'LogicalExpression' && operator !== '??') {
    const value = operator === '&&' ? 'true' : 'false'
    return [left as Node, right as Node].filter(isCondition).map((each) => [each, value])
  }
  const answer = type === 'ArrowFunctionExpression' ? body : type === 'ReturnStatement' && argument
  return answer && isCondition(answer as Node) ? both(answer) : []
}

const COMPARISONS = ['===', '!==', '<', '>', '<=', '>=']
/** Functions whose answer is yes or no. */
const ASKING = /^(is|has|may|reads|some|every|includes|sees)/

/** What is true or false: a value that is passed on is none. */
function isCondition({ type, operator, callee }: Node): boolean {
  if (type === 'LogicalExpression') return operator !== '??'
  if (type === 'BinaryExpression') return COMPARISONS.includes(String(operator))
  if (type === 'CallExpression') {
    const { name, property } = callee as { name?: string; property?: Node }
    return ASKING.test(name ?? named(property) ?? '')
  }
  return type === 'UnaryExpression' && operator === '!'
}
