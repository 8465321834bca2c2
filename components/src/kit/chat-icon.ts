import { html, type TemplateResult } from 'lit'

export const chatIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path
    d="M10 3.5c4 0 7 2.6 7 6s-3 6-7 6c-.9 0-1.8-.1-2.6-.4L3.6 16.5l1-3.1C3.6 12.4 3 11 3 9.5c0-3.4 3-6 7-6Z"
  />
</svg>`
