/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest'

// What people see and hear comes from the catalogues: no words stand in templates, nor in what sets names by script.

const sources = import.meta.glob<string>(['../../**/*.ts', '!../../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Stands where an expression was. */
const HOLE = '\u0001'
const SPOKEN =
  'aria-label|aria-description|aria-placeholder|aria-roledescription|aria-valuetext|aria-keyshortcuts|title|placeholder|alt|label'

/** The texts of all html`…` of a source, also of those within others, with holes for their expressions. */
function templatesOf(source: string): string[] {
  const found: string[] = []
  let at = 0
  const string = (quote: string) => {
    for (at++; at < source.length && source[at] !== quote; at++) if (source[at] === '\\') at++
    at++
  }
  const template = (tag: string) => {
    let text = ''
    for (at++; at < source.length && source[at] !== '`'; at++) {
      if (source[at] === '\\') at++
      else if (source.startsWith('${', at)) {
        at += 2
        code()
        text += HOLE
        continue
      }
      text += source[at]
    }
    at++
    if (tag === 'html' || tag === 'svg') found.push(text)
  }
  /** Runs to the brace that ends it. */
  const code = () => {
    for (let depth = 0; at < source.length;) {
      const here = source[at] ?? ''
      if (source.startsWith('//', at)) at = lineEnd(source, at)
      else if (source.startsWith('/*', at)) at = source.indexOf('*/', at) + 2
      else if (here === "'" || here === '"') string(here)
      else if (here === '`') template(/\w*$/.exec(source.slice(0, at))?.[0] ?? '')
      else if (here === '}' && depth === 0) return
      else {
        depth += here === '{' ? 1 : here === '}' ? -1 : 0
        at++
      }
    }
  }
  while (at < source.length) {
    code()
    at++
  }
  return found
}

const lineEnd = (source: string, at: number) => {
  const end = source.indexOf('\n', at)
  return end < 0 ? source.length : end
}

/** Words of a template that are shown or read out. */
function wordsOf(template: string): string[] {
  const attributes = template.matchAll(
    new RegExp(`\\s(?:${SPOKEN})=(?:"([^"]*)"|([^\\s">]*))`, 'g'),
  )
  const texts = template.replace(/<!--[\s\S]*?-->/g, '').split(/<[^>]*>/)
  return [...[...attributes].map(([, quoted, plain]) => quoted ?? plain ?? ''), ...texts]
    .map((text) => text.replaceAll(HOLE, ' ').trim())
    .filter((text) => /\p{L}/u.test(text))
}

/** Words that a script shows or says without a template. */
function spokenBy(source: string): string[] {
  const calls = [
    new RegExp(`setAttribute\\(\\s*'(?:${SPOKEN})',\\s*['"\`]([^'"\`]*)`, 'g'),
    /\.(?:ariaLabel|ariaDescription|title|placeholder|alt|textContent|innerText)\s*=\s*['"`]([^'"`]*)/g,
    /\b(?:announce|incoming)\(\s*\[?\s*['"`]([^'"`]*)/g,
  ]
  return calls
    .flatMap((call) => [...source.matchAll(call)].map(([, text = '']) => text))
    .filter((text) => /\p{L}/u.test(text))
}

const literalsIn = (source: string) => [
  ...templatesOf(source).flatMap(wordsOf),
  ...spokenBy(source),
]

describe('the search for words', () => {
  it.each([
    ['html`<p>Hello</p>`', ['Hello']],
    ['html`<p>${a}</p> ${b ? html`<b>deep</b>` : nothing}`', ['deep']],
    ['html`<button aria-label="Send it">${icon}</button>`', ['Send it']],
    ['html`<button title=${title} aria-label="${x} more"></button>`', ['more']],
    ["element.setAttribute('aria-label', 'Close')", ['Close']],
    ["announcer.announce('Gone')", ['Gone']],
    ["element.title = 'Gone'", ['Gone']],
    ['html`<p class="text" part="a b" role="list">${text}, 99+ · #</p>`', []],
    ["// html`<p>a comment</p>`\nconst a = 'html`<p>a string</p>`'", []],
    ['css`p { color: red }`', []],
  ])('finds them in %s', (source, words) => {
    expect(literalsIn(source)).toEqual(words)
  })

  it('reads the templates of all elements', () => {
    const read = Object.entries(sources).filter(([path]) => path.includes('/features/'))
    expect(read.length).toBeGreaterThan(20)
    expect(read.flatMap(([, source]) => templatesOf(source)).length).toBeGreaterThan(40)
  })
})

it('no source holds words of its own', () => {
  const found = Object.entries(sources).map(([path, source]) => [path, literalsIn(source)])
  expect(found.filter(([, words = []]) => words.length > 0)).toEqual([])
})
