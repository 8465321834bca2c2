import { css, html, nothing, type TemplateResult } from 'lit'
import { initials, personColour } from '../../kit/person.ts'
import type { Person } from './people.ts'
import { statusDot } from './status-dot.ts'

/** A picture that does not come leaves the initials to be seen. */
const missing = (event: Event): void => {
  if (event.target instanceof HTMLImageElement) event.target.hidden = true
}

/** Picture or initials of a person, with how they are here at the corner. Decoration: the name stands beside it. */
export function face({ username, name, user, state }: Person): TemplateResult {
  return html`<span class="face ${state}" aria-hidden="true"
    ><span class="avatar person-${personColour(username)}" part="avatar"
      ><span part="initials">${initials(name)}</span>${
        user?.picture
          ? html`<img
              part="image"
              src=${user.picture}
              alt=""
              loading="lazy"
              decoding="async"
              referrerpolicy="no-referrer"
              @error=${missing}
            />`
          : nothing
      }</span
    >${statusDot(state)}</span
  >`
}

export const faceStyles = css`
  .face {
    position: relative;
    display: block;
    flex: none;
    --_dot: clamp(12px, calc(var(--_avatar) * 0.4), 16px);
  }
  .face .avatar > * {
    grid-area: 1 / 1;
  }
  .face img {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    background: var(--_sunken);
  }
  /* Cut out of the picture, on whatever ground the whole stands. */
  .face .avatar {
    --_hole: calc(var(--_dot) / 2 + 2px);
    --_at: calc(100% - var(--_dot) / 2 + 2px);
    mask: radial-gradient(
      circle at var(--_at) calc(100% - var(--_dot) / 2 + 2px),
      #0000 calc(var(--_hole) - 0.5px),
      #000 var(--_hole)
    );
  }
  .face .avatar:dir(rtl) {
    --_at: calc(var(--_dot) / 2 - 2px);
  }
  .face .dot {
    position: absolute;
    inset-block-end: -2px;
    inset-inline-end: -2px;
  }
  /* Whoever is gone, and everybody when nothing is live, is there as a shadow: still to be read. */
  .face.offline .avatar,
  :host(:state(offline)) .face .avatar {
    background: color-mix(in oklab, var(--_person) 20%, var(--_surface));
    color: var(--_text);
  }
  .face.offline img,
  :host(:state(offline)) .face img {
    filter: grayscale(1);
    opacity: 0.7;
  }
  :host(:state(offline)) .face .dot {
    color: var(--_offline);
  }
`
