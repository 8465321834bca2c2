import { html, type TemplateResult } from 'lit'

// Drawn for this kit on a grid of 20. Decoration: the text beside an icon, or the label of its button, says it.

export const sendIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M10 16V4.5M5 9.3 10 4.3l5 5" />
</svg>`
export const downIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="M10 4v11.5M5 10.7l5 5 5-5" />
</svg>`
export const clockIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="10" cy="10" r="7" />
  <path d="M10 6.2V10l2.6 1.6" />
</svg>`
export const checkIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <path d="m4.5 10.5 3.7 3.7 7.3-8" />
</svg>`
export const peopleIcon: TemplateResult = html`<svg viewBox="0 0 20 20" aria-hidden="true">
  <circle cx="7.6" cy="7" r="2.8" />
  <path
    d="M2.4 16c.3-2.9 2.4-4.6 5.2-4.6s4.9 1.7 5.2 4.6M13 4.5a2.7 2.7 0 0 1 0 5M14.8 11.7c1.6.6 2.6 2.1 2.8 4.3"
  />
</svg>`
