import { html, type TemplateResult } from 'lit'

export const alertIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="10" cy="10" r="7.2" />
  <path d="M10 6.4v4.2M10 13.4v.1" />
</svg>`
