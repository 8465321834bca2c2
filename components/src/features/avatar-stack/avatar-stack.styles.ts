import { css, type CSSResult, unsafeCSS } from 'lit'
import { faceStyles } from '../presence/face.ts'
import { dotStyles } from '../presence/status-dot.ts'

/** Who comes first lies on top, so that no mark of a state is covered. */
const piled = Array.from(
  { length: 12 },
  (_, index) => `.stack li:nth-child(${index + 1}){z-index:${12 - index}}`,
).join('')

const layout = css`
  ${unsafeCSS(piled)}
  :host {
    display: inline-flex;
    max-inline-size: 100%;
    vertical-align: middle;
  }
  .base {
    --_avatar: var(--collab-avatar-size, calc(32px + 2px * var(--_dense)));
    --_overlap: var(--collab-avatar-overlap, calc(var(--_avatar) * 0.25));
    --_ring: var(--collab-avatar-ring, 2px);
    position: relative;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    min-inline-size: 0;
    border-radius: 8px;
  }
  :host([size='small']) .base {
    --_avatar: var(--collab-avatar-size, 28px);
    --_overlap: var(--collab-avatar-overlap, 4px);
  }
  :host([size='large']) .base {
    --_avatar: var(--collab-avatar-size, 40px);
  }
  ul {
    display: flex;
    margin: 0;
    padding: 0;
    padding-inline-end: var(--_overlap);
    list-style: none;
  }
  .stack {
    isolation: isolate;
  }
  .stack li {
    position: relative;
    flex: none;
    inline-size: calc(var(--_avatar) - var(--_overlap));
  }
  .stack li:hover,
  .stack li:focus-within {
    z-index: 13;
  }
  /* The ring of the focus lies over neighbours of any colour: of a light and a dark line one is always seen. */
  .stack .person:focus-visible {
    outline: none;
  }
  .stack .person:focus-visible .avatar,
  .stack .overflow:focus-visible {
    outline: 3px solid var(--_focus);
    outline-offset: calc(var(--_ring) + 1px);
    box-shadow:
      0 0 0 calc(var(--_ring) + 5px) var(--_surface),
      0 0 0 calc(var(--_ring) + 7px) var(--_text);
  }
  .stack .rest {
    inline-size: auto;
  }
  .stack:has(.rest) {
    padding-inline-end: 0;
  }
  .person,
  .overflow {
    position: relative;
    display: block;
    inline-size: var(--_avatar);
    block-size: var(--_avatar);
    padding: 0;
    border-radius: 50%;
  }
  /* The ring is the surface around: it sets each face apart from the one below. */
  .stack .avatar,
  .overflow {
    box-shadow: 0 0 0 var(--_ring) var(--_surface);
  }
  .stack .avatar {
    mask: none;
  }
  .stack .dot {
    padding: 0;
    border-radius: 50%;
    background: var(--_surface);
  }
  .person:hover .face {
    transform: translateY(-2px);
    transition: transform 0.12s ease-out;
  }
  .overflow {
    display: grid;
    place-items: center;
    inline-size: auto;
    min-inline-size: var(--_avatar);
    padding-inline: calc(var(--_overlap) + 3px) 5px;
    border-radius: calc(var(--_avatar) / 2);
    background: color-mix(in oklab, var(--_text) 10%, var(--_surface));
    color: var(--_text);
    font-size: max(calc(var(--_avatar) * 0.36), 11px);
    font-weight: 650;
    font-variant-numeric: tabular-nums;
    letter-spacing: -0.02em;
  }
  .overflow:hover,
  .overflow[aria-expanded='true'] {
    background: color-mix(in oklab, var(--_text) 16%, var(--_surface));
  }
  .count {
    color: var(--_quiet);
    font-size: 0.8667em;
    overflow-wrap: anywhere;
  }
  .joining {
    animation: join 0.12s ease-out;
  }
  .leaving {
    pointer-events: none;
    animation: join 0.12s ease-in reverse forwards;
  }
  @keyframes join {
    from {
      opacity: 0;
      transform: scale(0.4);
    }
  }
  .ghost {
    display: block;
    inline-size: var(--_avatar);
    block-size: var(--_avatar);
    border-radius: 50%;
    box-shadow: 0 0 0 var(--_ring) var(--_surface);
    background: color-mix(in oklab, var(--_text) 10%, var(--_surface));
  }
  .ghosts {
    animation: appear 0.3s ease-out 0.15s backwards;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  .tooltip {
    position: fixed;
    inset: auto;
    max-inline-size: min(260px, calc(100vw - 16px));
    margin: 0;
    padding: 4px 10px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
    font-size: 0.8667em;
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .base,
    :host([size]) .base {
      --_avatar: max(var(--collab-avatar-size, 44px), 44px);
      --_overlap: 0px;
    }
  }
  @media (forced-colors: active) {
    .stack .avatar,
    .overflow {
      border: 1px solid CanvasText;
    }
  }
`

export const styles: CSSResult[] = [dotStyles, faceStyles, layout]
