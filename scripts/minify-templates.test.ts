import { describe, expect, it } from 'vitest'
import { minifyTemplates } from '../components/build/minify-templates.ts'

type Transform = { handler: (code: string) => { code: string } }

const minified = (code: string, keepLines = false) =>
  (minifyTemplates({ keepLines }).transform as unknown as Transform).handler(code).code

const ROW = `html\`<p
  class=\${a}
>
  \${one}
  <b>x</b>
  \${two}
  \${three}
</p>\``

describe('minified templates', () => {
  it('have no text node that is only a break of the line', () => {
    expect(minified(ROW)).toBe('html`<p class=${a} >${one}<b>x</b>${two}${three}</p>`')
  })

  it('keep a space that stands in a line, and the break of a line within a text', () => {
    expect(minified('html`<p>${a} ${b} <i>c</i></p>`')).toBe('html`<p>${a} ${b} <i>c</i></p>`')
    expect(minified('html`<p>two\n  words, ${a}\n  more</p>`')).toBe(
      'html`<p>two words, ${a} more</p>`',
    )
  })

  it('keep what parts the attributes of a tag', () => {
    expect(minified('html`<a\n  b=${c}\n  ${d}\n  e\n></a>`')).toBe('html`<a b=${c} ${d} e ></a>`')
  })

  it('minify templates within the values of others', () => {
    expect(minified('html`<p>\n  ${x ? html`<i>\n    ${y}\n  </i>` : z}\n</p>`')).toBe(
      'html`<p>${x ? html`<i>${y}</i>` : z}</p>`',
    )
  })

  it('say the same in as many lines where source maps have to stay right', () => {
    const code = minified(ROW, true)
    expect(code.split('\n')).toHaveLength(ROW.split('\n').length)
    const texts = code.replace(/^html`|`$/g, '').split(/\$\{\s*\w+\s*\}/)
    expect(texts.map((each) => each.replace(/\s+/g, ' '))).toEqual([
      '<p class=',
      ' >',
      '<b >x</b>',
      '',
      '</p >',
    ])
    const at = (text: string, word: string) => text.slice(0, text.indexOf(word)).split('\n').length
    for (const value of ['one', 'two', 'three']) expect(at(code, value)).toBe(at(ROW, value))
  })
})

describe('minified style sheets', () => {
  it('say the same without what is for their authors', () => {
    expect(minified('css`\n  /* Why. */\n  .a {\n    color: red;\n  }\n  ${b}\n`')).toBe(
      'css(` .a{color:red}${b} `)',
    )
  })

  it('are made without the check of what stands in them', () => {
    const code = minified("import { css, html as css2, nothing } from 'lit'\ncss`a{}${b}`")
    expect(code).toBe(
      "import { unsafeCSS as css, html as css2, nothing } from 'lit'\ncss(`a{}${b}`)",
    )
    expect(minified("import { css } from './own.ts'")).toBe("import { css } from './own.ts'")
  })
})
