import { css, unsafeCSS } from 'lit'
import { PERSON_COLOURS } from './person.ts'

// Public tokens are only read, never set: a value given anywhere around the element reaches it by inheritance.
// Each colour is light-dark(), so the inherited color-scheme alone decides.

/** Hues of people: even steps, but not through the narrow yellow where white text is hard to read. */
const people = Array.from({ length: PERSON_COLOURS }, (_, index) => {
  const hue = Math.round((index * 360) / PERSON_COLOURS + 12) % 360
  return `.person-${index}{--_person:var(--collab-person-${index + 1},light-dark(oklch(.52 .12 ${hue}),oklch(.78 .11 ${hue})))}`
}).join('')

/**
 * The look of every element.
 *
 * White or black on the brand is chosen by its luminance; the other accents are the brand moved to a lightness that
 * reads on every surface (at least 4.5:1 for text, 3:1 for the focus ring), whatever the brand is.
 */
export const tokens = css`
  :host {
    --_brand: var(--collab-brand, #5457d6);
    --_surface: var(--collab-surface, light-dark(#fff, #17181c));
    --_sunken: var(--collab-surface-sunken, light-dark(#f3f4f6, #202228));
    --_raised: var(--collab-surface-raised, light-dark(#fff, #26282f));
    --_border: var(--collab-border, light-dark(#e5e6ea, #30323a));
    --_border-strong: var(--collab-border-strong, light-dark(#868a94, #757984));
    --_shadow: var(--collab-shadow, 0 1px 2px rgb(16 18 27 / 8%), 0 4px 16px rgb(16 18 27 / 12%));
    --_text: var(--collab-text, light-dark(#1b1c21, #ecedf0));
    --_quiet: var(--collab-text-quiet, light-dark(#5d616b, #a5a9b4));
    --_accent: var(--collab-accent, var(--_brand));
    --_white: clamp(0, (0.1791 - y) * 1e6, 1);
    --_on-accent: var(
      --collab-on-accent,
      color(
        from var(--_accent) xyz-d65 calc(0.9505 * var(--_white)) var(--_white)
          calc(1.089 * var(--_white))
      )
    );
    --_accent-text: var(
      --collab-accent-text,
      light-dark(
        oklch(from var(--_brand) min(l, 0.48) min(c, 0.2) h),
        oklch(from var(--_brand) max(l, 0.76) min(c, 0.2) h)
      )
    );
    --_accent-quiet: var(
      --collab-accent-quiet,
      color-mix(in oklab, var(--_brand) 12%, var(--_surface))
    );
    --_on-accent-quiet: var(--collab-on-accent-quiet, var(--_accent-text));
    --_focus: var(
      --collab-focus,
      light-dark(
        oklch(from var(--_brand) min(l, 0.55) c h),
        oklch(from var(--_brand) max(l, 0.72) c h)
      )
    );
    --_danger: var(--collab-danger-text, light-dark(#b3261e, #ffb4ab));
    --_danger-quiet: var(--collab-danger-quiet, light-dark(#fdecea, #41201d));
    --_warning: var(--collab-warning-text, light-dark(#7a4d00, #f3c26b));
    --_warning-quiet: var(--collab-warning-quiet, light-dark(#fff4db, #372b12));
    --_online: var(--collab-online, light-dark(#1f8a4c, #4cc27c));
    --_away: var(--collab-away, light-dark(#b26a00, #f0b44c));
    --_offline: var(--collab-offline, var(--_border-strong));
    --_radius: var(--collab-radius, 14px);
    --_dense: var(--collab-density, 0);

    box-sizing: border-box;
    color: var(--_text);
    font-family: var(--collab-font-family, inherit);
    font-size: var(--collab-font-size, 15px);
    font-style: normal;
    font-weight: 400;
    line-height: 1.45;
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    -webkit-tap-highlight-color: transparent;
  }
  :host(:state(system-font)) {
    font-family: var(--collab-font-family, system-ui, sans-serif);
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme='system']) {
    color-scheme: light dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([density='compact']) {
    --_dense: -1;
  }
  :host([density='cozy']) {
    --_dense: 0;
  }
  :host([density='roomy']) {
    --_dense: 1;
  }

  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  /* A text in a language that runs the other way than the page keeps its own order. */
  time,
  .text {
    unicode-bidi: plaintext;
  }
  .font-probe {
    display: none;
    font-family: initial;
  }
  /* There for screen readers, invisible, and not to be scrolled to. */
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button,
  input,
  textarea {
    margin: 0;
    font: inherit;
    letter-spacing: inherit;
    color: inherit;
  }
  button {
    border: 0;
    background: none;
    cursor: pointer;
  }
  button:disabled,
  button[aria-disabled='true'] {
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
  }
  svg {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  ${unsafeCSS(people)}
  .avatar {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: var(--_avatar, 32px);
    block-size: var(--_avatar, 32px);
    border-radius: 50%;
    background: var(--_person);
    color: var(--collab-on-person, light-dark(#fff, #17181c));
    font-size: calc(var(--_avatar, 32px) * 0.38);
    font-weight: 600;
    line-height: 1;
    letter-spacing: 0.01em;
    overflow: hidden;
    user-select: none;
  }
  .link {
    padding: 4px 2px;
    border-radius: 4px;
    color: var(--_accent-text);
    font-weight: 550;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  @media (pointer: coarse) {
    .link {
      min-block-size: 44px;
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --_border: var(--_border-strong);
      --_quiet: var(--_text);
    }
  }
  /* Nothing of the page's wins over these two: its ::part rules could bring back what a person has turned off. */
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @container style(--collab-motion: 0) {
    *,
    ::before,
    ::after {
      animation: none !important;
      transition: none !important;
    }
  }
`
