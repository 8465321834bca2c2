import { html, type TemplateResult } from 'lit'

export const lockIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <rect x="4.2" y="9" width="11.6" height="7.6" rx="2" />
  <path d="M6.8 9V6.6a3.2 3.2 0 0 1 6.4 0V9" />
</svg>`
export const searchIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="9" cy="9" r="5.2" />
  <path d="m13 13 3.8 3.8" />
</svg>`
export const globeIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="10" cy="10" r="7.2" />
  <path d="M2.9 10h14.2M10 2.8c2.2 2.2 3 4.6 3 7.2s-.8 5-3 7.2c-2.2-2.2-3-4.6-3-7.2s.8-5 3-7.2" />
</svg>`
