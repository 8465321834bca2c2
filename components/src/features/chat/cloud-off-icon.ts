import { html, type TemplateResult } from 'lit'

export const cloudOffIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path
    d="M6.3 15.5h7.9a3 3 0 0 0 1.9-5.4M13.9 8.2A4.3 4.3 0 0 0 8 5M6.2 7.9a3.9 3.9 0 0 0-.2 7.6M3.5 3l13 14"
  />
</svg>`
