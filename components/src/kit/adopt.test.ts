import { css, unsafeCSS } from 'lit'
import { expect, it } from 'vitest'
import { adopt } from './adopt.ts'

const inner = css`
  .b {
    order: 1;
  }
`

it('styles are added once, after those that are there', () => {
  const root = document.createElement('div').attachShadow({ mode: 'open' })
  adopt(root, inner)
  const outer = css`
    ${inner}
  `
  adopt(root, outer, inner)
  expect(root.adoptedStyleSheets).toEqual([inner.styleSheet, outer.styleSheet])
})

it('a style sheet is the same without Lit’s check of what stands in it, as pages load it', () => {
  const checked = css`
    ${inner}
  `
  expect(unsafeCSS(`${String(inner)}`).cssText.trim()).toBe(checked.cssText.trim())
})
