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
  // No element here keeps white space of its template.
  html: withoutIndentation,
}

/** The same in as few lines as can be. */
const joiners: Record<string, (text: string) => string> = {
  css: (text) =>
    text
      .replace(/([{};,])\n+/g, '$1')
      .replace(/\n+(?=[}])/g, '')
      .replace(/\n+/g, ' '),
  // Between attributes one space, between tags none.
  html: (text) => text.replace(/>\n</g, '><').replace(/\n/g, ' '),
}

function withoutIndentation(text: string): string {
  return text.replace(/[ \t]*\n[ \t]*/g, '\n')
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
        const parts: { start: number; end: number; text: string }[] = []
        for (const node of walk(parseAst(code) as unknown as Node)) {
          if (node.type !== 'TaggedTemplateExpression') continue
          const { tag, quasi } = node as unknown as { tag: Node; quasi: { quasis: Node[] } }
          const name = tag.type === 'Identifier' ? (tag['name'] as string) : ''
          const minify = minifiers[name]
          if (!minify) continue
          for (const { start, end } of quasi.quasis) {
            const text = minify(code.slice(start, end))
            parts.push({
              start,
              end,
              text: keepLines ? text : (joiners[name]?.(text) ?? text),
            })
          }
        }
        return { code: splice(code, parts), map: null }
      },
    },
  }
}

function splice(code: string, parts: { start: number; end: number; text: string }[]): string {
  let result = ''
  let end = 0
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    result += code.slice(end, part.start) + part.text
    end = part.end
  }
  return result + code.slice(end)
}
