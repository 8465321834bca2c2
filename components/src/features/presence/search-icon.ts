import { html, type TemplateResult } from 'lit'

export const searchIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="9" cy="9" r="5.2" />
  <path d="m13 13 3.8 3.8" />
</svg>`
