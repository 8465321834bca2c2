import { html, type TemplateResult } from 'lit'

/**
 * Where screen readers listen: part of an element's template from the first rendering on, or what is put in later is
 * not spoken. A modal dialog of the element has them a second time, for nothing outside of it is heard while it is open.
 */
export const liveRegions = (): TemplateResult =>
  html`<div class="hidden" id="polite" aria-live="polite" aria-atomic="true"></div>
    <div class="hidden" id="assertive" aria-live="assertive" aria-atomic="true"></div>`
