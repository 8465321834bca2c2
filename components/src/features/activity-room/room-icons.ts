import { html, type TemplateResult } from 'lit'

// Drawn for this kit on a grid of 20. Decoration: the text beside an icon, or the label of its button, says it.

/** A place on a map: where everybody is. */
export const whereIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M10 17.2s5.4-4.6 5.4-8.9a5.4 5.4 0 0 0-10.8 0c0 4.3 5.4 8.9 5.4 8.9Z" />
  <circle cx="10" cy="8.2" r="1.9" />
</svg>`
export const eyeIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5Z" />
  <circle cx="10" cy="10" r="2.2" />
</svg>`
export const closeIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />
</svg>`
export const doorIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path
    d="M11.5 3.2H5.7a1.5 1.5 0 0 0-1.5 1.5v10.6a1.5 1.5 0 0 0 1.5 1.5h5.8M8.6 10h8.2M14 7.2l2.8 2.8-2.8 2.8"
  />
</svg>`
export const flagIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M5 17.2V3.4M5 4.2c3.6-1.8 6 1.6 10 0v7.4c-4 1.6-6.4-1.8-10 0" />
</svg>`
