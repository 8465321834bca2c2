/// <reference types="vite/client" />
import { expect, it } from 'vitest'
import languages from '../../../docs/guide/languages.md?raw'
import theming from '../../../docs/guide/theming.md?raw'
import { chat } from './localize/en/chat.ts'
import { shared } from './localize/en/shared.ts'
import { formatsOf } from './localize/formats.ts'

// What the guides for translators and themers say is so.

const kit = import.meta.glob<string>(['./element.ts', './tokens.css.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const features = Object.values(
  import.meta.glob<string>(['../features/**/*.ts', '!../features/**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).join('\n')

const tokensIn = (text: string) =>
  new Set([...text.matchAll(/--collab-(?!chat)[a-z0-9-]+\b(?!-)/g)].map(([name]) => name))
const documented = tokensIn(kit['./element.ts'] ?? '')

it('every token that a guide names is documented', () => {
  expect(tokensIn(theming).size).toBeGreaterThan(15)
  expect([...tokensIn(theming)].filter((name) => !documented.has(name))).toEqual([])
})

it('every token that the kit reads is documented', () => {
  const used = tokensIn((kit['./tokens.css.ts'] ?? '').replaceAll('${index + 1}', '12'))
  expect(used.size).toBeGreaterThan(25)
  expect([...used].filter((name) => !documented.has(name))).toEqual([])
})

it('every part and state that a guide styles is there', () => {
  const names = [...theming.matchAll(/::part\(([^)\s]+)\)|:state\(([^)\s]+)\)/g)]
  expect(names.length).toBeGreaterThan(2)
  for (const [, part, state] of names) {
    expect(features).toContain(part ? `@csspart ${part} -` : `@cssState ${state} -`)
  }
})

it('the texts that a guide registers have keys that exist, and say something', () => {
  const snippet = /```js\n([\s\S]*?)```/.exec(languages)?.[1] ?? ''
  const given: Record<string, object> = {}
  const page = { querySelector: () => given }
  // oxlint-disable-next-line typescript/no-implied-eval -- it is what readers of the guide will run
  const run = new Function('registerLocale', 'document', snippet.replace(/^import.*/m, ''))
  run((locale: string, texts: object) => (given[locale] = texts), page)
  expect(Object.keys(given)).toEqual(['de', 'nl', 'i18n'])
  for (const [locale, texts] of Object.entries(given)) {
    for (const [key, text] of Object.entries(texts) as [string, unknown][]) {
      expect(Object.keys({ ...chat, ...shared })).toContain(key)
      const said: unknown =
        typeof text === 'function'
          ? text(formatsOf(locale === 'i18n' ? 'en' : locale), key === 'members' ? 3 : 'Bo')
          : text
      expect(said).toMatch(key === 'members' ? /^3 leden$/ : /\w/)
    }
  }
})
