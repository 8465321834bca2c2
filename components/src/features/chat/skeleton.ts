import { html, type TemplateResult } from 'lit'

/** Grey shapes of messages while the real ones are on their way. */
export function skeleton(count: number): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">
    ${Array.from(
      { length: count },
      (_, index) =>
        html`<div class=${`ghost ghost-${index % 5}`}>
          <span class="ghost-face"></span><span class="ghost-text"></span>
        </div>`,
    )}
  </div>`
}
