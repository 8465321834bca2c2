import { html, type TemplateResult } from 'lit'

export const eyeIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Z" />
  <circle cx="10" cy="10" r="2.2" />
</svg>`
export const eyeOffIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path
    d="M8.2 5.2A7.4 7.4 0 0 1 10 5c4.8 0 7.5 5 7.5 5a12.5 12.5 0 0 1-2 2.5M5 6.6A12.5 12.5 0 0 0 2.5 10s2.7 5 7.5 5a7.3 7.3 0 0 0 3.4-.8M3.5 3.5l13 13"
  />
</svg>`
