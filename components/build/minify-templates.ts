import { parseAst, type Plugin } from 'vite'

/** What a style sheet or a template says, without the indentation and the comments that are for its authors. */
const minifiers: Record<string, (text: string) => string> = {
  css: (text) =>
    withoutIndentation(
      text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')),
    )
      .replace(/ ?([{};,]) ?/g, '$1')
      .replace(/: /g, ':')
      .replace(/;(\s*})/g, '$1'),
  html: withoutIndentation,
}

/** The same in as few lines as can be. */
const joiners: Record<string, (text: string) => string> = {
  css: (text) =>
    text
      .replace(/([{};,])\n+/g, '$1')
      .replace(/\n+(?=[}])/g, '')
      .replace(/\n+/g, ' '),
  // Between attributes one space.
  html: (text) => text.replace(/\n/g, ' '),
}

function withoutIndentation(text: string): string {
  return text.replace(/[ \t]*\n[ \t]*/g, '\n')
}

/** A stretch of the code and what stands there instead. */
interface Part {
  start: number
  end: number
  text: string
}

/**
 * The texts between the values of a template without those that are nothing but a break of the line: between tags and
 * values it is the author's, as in JSX, and each would become a node of the page wherever the template is drawn.
 * With `keepLines` the line breaks move into the value or the tag that follows.
 */
function withoutBlanks(quasis: readonly Node[], code: string, keepLines: boolean): Part[] {
  const moved: Part[] = []
  let inTag = false
  const parts = quasis.map(({ start, end }, index) => {
    const raw = code.slice(start, end)
    const text = raw.replace(
      /(^|>)(\s*\n\s*)(<\/?[\w-]*|$)/g,
      (all, ...[tag = '', blank = '', next = '']: string[]) => {
        if ((tag === '' && inTag) || (next === '' && index === quasis.length - 1)) return all
        const lines = keepLines ? blank.replace(/[^\n]/g, '') : ''
        if (next) return tag + next + lines
        moved.push({ start: end + 2, end: end + 2, text: lines })
        return tag
      },
    )
    const [open, close] = [raw.lastIndexOf('<'), raw.lastIndexOf('>')]
    if (open !== close) inTag = open > close
    return { start, end, text }
  })
  return [...parts, ...moved]
}

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) yield* walk(child)
  }
}

export interface MinifyTemplatesOptions {
  /** Leaves lines as they are, so that source maps stay right. */
  keepLines?: boolean
}

/** Minifies what stands in the templates css`…` and html`…`; bundlers leave the inside of strings alone. */
export function minifyTemplates({ keepLines = false }: MinifyTemplatesOptions = {}): Plugin {
  return {
    name: 'collab-kit:minify-templates',
    enforce: 'post',
    transform: {
      filter: { id: /\/components\/src\/.*\.ts$/, code: /\b(?:css|html)`/ },
      handler(code) {
        const parts: Part[] = []
        for (const node of walk(parseAst(code) as unknown as Node)) {
          if (node.type === 'ImportDeclaration') parts.push(...withoutCheck(node, code))
          if (node.type !== 'TaggedTemplateExpression') continue
          const { tag, quasi } = node as unknown as { tag: Node; quasi: Node & { quasis: Node[] } }
          const name = tag.type === 'Identifier' ? (tag['name'] as string) : ''
          const minify = minifiers[name]
          if (!minify) continue
          // A call, of what the import is now: see `withoutCheck`.
          if (name === 'css')
            parts.push(
              { start: tag.end, end: tag.end, text: '(' },
              { start: quasi.end, end: quasi.end, text: ')' },
            )
          const texts =
            name === 'html'
              ? withoutBlanks(quasi.quasis, code, keepLines)
              : quasi.quasis.map(({ start, end }) => ({ start, end, text: code.slice(start, end) }))
          for (const { start, end, text: written } of texts) {
            const text = minify(written)
            // An empty stretch is a line break that moved.
            const joined = keepLines || start === end ? text : (joiners[name]?.(text) ?? text)
            parts.push({ start, end, text: joined })
          }
        }
        return { code: splice(code, parts), map: null }
      },
    },
  }
}

/**
 * Lit's `css` checks what stands in a style sheet. Types have done so before, and a page does not load the check: its
 * `unsafeCSS` makes the same of the same text.
 */
function withoutCheck(node: Node, code: string): Part[] {
  const { source, specifiers } = node as unknown as { source: Node; specifiers: Node[] }
  if (source['value'] !== 'lit') return []
  return specifiers
    .filter(({ start, end }) => code.slice(start, end) === 'css')
    .map(({ start, end }) => ({ start, end, text: 'unsafeCSS as css' }))
}

function splice(code: string, parts: Part[]): string {
  let result = ''
  let end = 0
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    result += code.slice(end, part.start) + part.text
    end = part.end
  }
  return result + code.slice(end)
}
