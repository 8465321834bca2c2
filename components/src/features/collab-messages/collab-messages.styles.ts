import { css, type CSSResult } from 'lit'
import { messageStyles } from './messages.styles.ts'
import { skeletonStyles } from '../chat/skeleton.styles.ts'

const layout = css`
  :host {
    display: block;
    block-size: var(--collab-chat-block-size, min(640px, 80dvh));
    min-inline-size: 0;
    /* Where a flex row asks how wide it would like to be: containment alone would answer 0. */
    contain-intrinsic-inline-size: 380px;
    container: collab / inline-size;
  }
  .base {
    --_gutter: 16px;
    --_column: var(--collab-chat-max-inline-size, 880px);
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: 0;
    overflow: clip;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }

  .banner {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 7px var(--_gutter);
    background: var(--_warning-quiet);
    color: var(--_warning);
    font-size: 0.8667em;
    font-weight: 550;
    animation: appear 0.2s ease-out;
  }
  .banner.recovered {
    background: color-mix(in oklab, var(--_online) 14%, var(--_surface));
    color: var(--_text);
  }

  .main {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
  }
  .scroller {
    isolation: isolate;
    flex: 1;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scroll-padding-block: 12px;
    scrollbar-color: color-mix(in oklab, var(--_text) 24%, transparent) transparent;
    scrollbar-width: thin;
  }
  .content {
    display: flex;
    flex-direction: column;
    min-block-size: 100%;
    max-inline-size: var(--_column);
    margin-inline: auto;
    padding: 12px var(--_gutter) 4px;
  }
  /* Few messages stand at the end, near the composer. */
  .feed {
    margin-block-start: auto;
  }
  .older {
    display: grid;
    place-items: center;
    block-size: 92px;
    overflow: hidden;
    font-size: 0.8667em;
  }
  .older > * {
    grid-area: 1 / 1;
  }
  .older .skeleton {
    inline-size: 100%;
  }
  .skeleton + .link:not(:focus-visible),
  .skeleton:has(+ :focus-visible) {
    opacity: 0;
  }
  .older.failed {
    display: flex;
    flex-wrap: wrap;
    align-content: center;
    justify-content: center;
    gap: 0 8px;
    color: var(--_danger);
  }
  .beginning {
    margin: 12px 0 4px;
    color: var(--_quiet);
    font-size: 0.8667em;
    text-align: center;
  }

  .jump {
    position: absolute;
    z-index: 1;
    inset-block-end: 12px;
    inset-inline-end: 50%;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 40px;
    min-block-size: 40px;
    padding: 0 10px;
    border: 1px solid var(--_border);
    border-radius: 20px;
    background: var(--_raised);
    color: var(--_accent-text);
    box-shadow: var(--_shadow);
    font-size: 0.8667em;
    font-weight: 650;
    translate: 50%;
    animation: appear 0.16s ease-out;
  }
  .jump:dir(rtl) {
    translate: -50%;
  }
  .jump.up {
    inset-block: 12px auto;
  }
  .up svg {
    rotate: 180deg;
  }
  /* On messages of any colour its ring stands on a ground of its own. */
  .jump:focus-visible {
    box-shadow: 0 0 0 2px light-dark(#fff, #000);
  }
  .jump:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 5%);
  }
  .jump .count {
    padding-inline-end: 4px;
    font-variant-numeric: tabular-nums;
  }

  /* Always as high, so that the messages do not move when someone writes. */
  .typing {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px;
    inline-size: 100%;
    max-inline-size: var(--_column);
    block-size: 2em;
    margin-inline: auto;
    padding-inline: calc(var(--_gutter) + 4px);
    overflow: hidden;
    color: var(--_quiet);
    font-size: 0.8em;
    white-space: nowrap;
  }
  .typing-text {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .dots {
    display: inline-flex;
    gap: 3px;
  }
  .dots i {
    inline-size: 5px;
    block-size: 5px;
    border-radius: 50%;
    background: currentColor;
    animation: breathe 1.2s ease-in-out infinite;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.15s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.3s;
  }
  @keyframes breathe {
    0%,
    60%,
    100% {
      opacity: 0.35;
    }
    30% {
      opacity: 1;
      translate: 0 -2px;
    }
  }
  .stage,
  .empty {
    display: flex;
    flex: 1;
    flex-direction: column;
    align-items: center;
    justify-content: safe center;
    min-block-size: 0;
    padding: 24px var(--_gutter);
    overflow: auto;
  }
  .empty {
    overflow: visible;
  }
  .empty ~ .feed,
  .feed:has(+ .empty:not([hidden])) {
    margin: 0;
  }

  @keyframes appear {
    from {
      opacity: 0;
    }
  }
`

const narrow = css`
  @container collab (inline-size < 30em) {
    .base {
      --_gutter: 12px;
    }
  }
  @container collab (inline-size >= 64em) {
    .base {
      --_gutter: 24px;
    }
  }
  @media (forced-colors: active) {
    .bubble,
    .jump,
    .ghost-text,
    .notice-icon,
    .sign,
    .avatar {
      border: 1px solid;
    }
    .own .bubble {
      border-width: 2px;
      border-color: Highlight;
    }
    .dot,
    .dots i {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`

export const styles: CSSResult[] = [layout, messageStyles, skeletonStyles, narrow]
