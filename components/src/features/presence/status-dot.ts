import type { PresenceState } from '@collab-kit/protocol'
import { css, svg, type TemplateResult, html } from 'lit'

// A disc, a moon, a disc with a bar, a ring: told apart without colour too.
const shapes = {
  available: svg`<circle cx="8" cy="8" r="6" />`,
  away: svg`<path d="M8.37 2.01A6 6 0 1 0 13.99 7.63 4 4 0 0 1 8.37 2.01Z" />`,
  dnd: svg`<path d="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM5.2 6.9h5.6v2.2H5.2Z" fill-rule="evenodd" />`,
  offline: svg`<circle class="ring" cx="8" cy="8" r="4.7" />`,
} satisfies Record<PresenceState, unknown>

/** How somebody is here, as a mark. Decoration: the state stands beside it in words. */
export function statusDot(state: PresenceState): TemplateResult {
  return html`<svg class="dot ${state}" part="status-dot" viewBox="0 0 16 16" aria-hidden="true">
    ${shapes[state]}
  </svg>`
}

export const dotStyles = css`
  .dot {
    inline-size: var(--_dot, 14px);
    block-size: var(--_dot, 14px);
    fill: currentColor;
    stroke: none;
    color: var(--_offline);
  }
  .dot .ring {
    fill: none;
    stroke: currentColor;
    stroke-width: 2.6;
  }
  .dot.available {
    color: var(--_online);
  }
  .dot.away {
    color: var(--_away);
  }
  .dot.dnd {
    color: var(--collab-busy, light-dark(#c8373f, #ff8a8a));
  }
`
