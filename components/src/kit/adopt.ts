import type { CSSResult } from 'lit'

/** Adds styles to what is drawn already; those that it has stay as they are. */
export function adopt(root: ShadowRoot | null, ...styles: readonly CSSResult[]): void {
  for (const { styleSheet } of styles) {
    if (styleSheet && root?.adoptedStyleSheets.includes(styleSheet) === false)
      root.adoptedStyleSheets.push(styleSheet)
  }
}
