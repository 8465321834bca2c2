import { css, type CSSResult } from 'lit'
import { messageStyles } from './messages.styles.ts'

const layout = css`
  :host {
    display: block;
    block-size: var(--collab-chat-block-size, min(640px, 80dvh));
    min-inline-size: 0;
    /* Where a flex row asks how wide it would like to be: containment alone would answer 0. */
    contain-intrinsic-inline-size: 380px;
    container: collab-chat / inline-size;
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

  .header {
    display: flex;
    flex: none;
    align-items: center;
    gap: 12px;
    min-block-size: calc(58px + 6px * var(--_dense));
    padding: calc(8px + 2px * var(--_dense)) var(--_gutter);
    border-block-end: 1px solid var(--_border);
  }
  .header .avatar,
  .sign {
    --_avatar: 36px;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
  }
  .sign {
    display: grid;
    place-items: center;
    border-radius: 11px;
    background: var(--_accent-quiet);
    color: var(--_accent-text);
    font-size: 18px;
    font-weight: 600;
    line-height: 1;
  }
  .about {
    flex: 1;
    min-inline-size: 0;
  }
  .title {
    overflow: hidden;
    border-radius: 4px;
    font-size: 1.0667em;
    font-weight: 650;
    line-height: 1.3;
    letter-spacing: -0.01em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .topic {
    overflow: hidden;
    color: var(--_quiet);
    font-size: 0.8667em;
    line-height: 1.35;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .members,
  .badge {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 5px;
    color: var(--_quiet);
    font-size: 0.8667em;
    font-variant-numeric: tabular-nums;
  }
  .badge {
    gap: 7px;
    white-space: nowrap;
  }
  .dot {
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_online);
  }
  /* By shape too: colour alone tells not everyone. */
  .badge:is(.connecting, .reconnecting) .dot {
    border: 2px solid var(--_away);
    border-inline-end-color: transparent;
    background: none;
    animation: turn 1s linear infinite;
  }
  .badge.offline .dot {
    border: 2px solid var(--_offline);
    background: none;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
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
  .older .skeleton {
    inline-size: 100%;
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
  .jump:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 5%);
  }
  .jump .count {
    padding-inline-end: 4px;
    font-variant-numeric: tabular-nums;
  }

  .below {
    flex: none;
    inline-size: 100%;
    max-inline-size: var(--_column);
    margin-inline: auto;
    padding: 0 var(--_gutter) max(14px, env(safe-area-inset-bottom));
  }
  /* Always as high, so that the messages do not move when someone writes. */
  .typing {
    display: flex;
    align-items: center;
    gap: 8px;
    block-size: 24px;
    padding-inline: 4px;
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
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
`

const composer = css`
  .field {
    display: flex;
    align-items: flex-end;
    gap: 4px;
    padding: 4px;
    border: 1px solid var(--_border-strong);
    border-radius: 23px;
    background: var(--_surface);
    transition:
      border-color 0.12s,
      box-shadow 0.12s;
  }
  .field:focus-within {
    border-color: var(--_focus);
    box-shadow: 0 0 0 1px var(--_focus);
  }
  .field.over {
    border-color: var(--_danger);
    box-shadow: 0 0 0 1px var(--_danger);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: var(--collab-chat-composer-max-block-size, 150px);
    padding: 7px 12px;
    border: 0;
    background: none;
    line-height: 1.45;
    resize: none;
    field-sizing: content;
    overflow-wrap: anywhere;
    scrollbar-width: thin;
  }
  /* The ring is drawn around the whole field. */
  textarea:focus-visible {
    outline: none;
  }
  textarea::placeholder {
    overflow: hidden;
    color: var(--_quiet);
    opacity: 1;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
    padding: 0;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    transition:
      background 0.12s,
      color 0.12s;
  }
  .send svg {
    stroke-width: 2.1;
  }
  .send:hover {
    background: color-mix(in oklab, var(--_accent), var(--_on-accent) 12%);
  }
  .send[aria-disabled='true'] {
    background: var(--_sunken);
    color: var(--_quiet);
  }
  .counter {
    padding: 4px 14px 0;
    color: var(--_quiet);
    font-size: 0.8em;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .counter.over {
    color: var(--_danger);
    font-weight: 550;
  }
  .read-only {
    margin: 0;
    padding: 11px 14px;
    border-radius: 12px;
    background: var(--_sunken);
    color: var(--_quiet);
    font-size: 0.9em;
    text-align: center;
  }
  @media (pointer: coarse) {
    /* Below 16 px iOS zooms into a text field. */
    textarea {
      font-size: max(16px, 1em);
      padding-block: 10px;
    }
    .send,
    .jump {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
`

const standIns = css`
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
  .notice {
    display: flex;
    flex-direction: column;
    align-items: center;
    max-inline-size: 360px;
    margin: auto;
    text-align: center;
    animation: appear 0.2s ease-out;
  }
  .notice-icon {
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    margin-block-end: 16px;
    border-radius: 18px;
    background: var(--_accent-quiet);
    color: var(--_accent-text);
    font-size: 22px;
  }
  .notice-title {
    font-size: 1.1333em;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .notice-text {
    margin-block-start: 4px;
    color: var(--_quiet);
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  .notice-code {
    max-inline-size: 100%;
    margin-block-start: 14px;
    padding: 6px 10px;
    border: 1px solid var(--_border);
    border-radius: 8px;
    background: var(--_sunken);
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 0.8667em;
    overflow-wrap: anywhere;
    user-select: all;
  }
  .notice .button {
    margin-block-start: 20px;
  }

  .loading {
    flex: 1;
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    overflow: hidden;
  }
  /* Only what takes its time is worth a placeholder. */
  .skeleton {
    display: grid;
    gap: 14px;
    animation: appear 0.3s ease-out 0.15s backwards;
  }
  .ghost {
    display: flex;
    align-items: flex-end;
    gap: 8px;
  }
  .ghost-face,
  .ghost-text,
  .ghost-title {
    background: color-mix(in oklab, var(--_text) 7%, var(--_surface));
    animation: pulse 1.6s ease-in-out infinite;
  }
  .ghost-face {
    inline-size: 30px;
    block-size: 30px;
    border-radius: 50%;
  }
  .ghost-text {
    inline-size: 52%;
    block-size: 38px;
    border-radius: 18px;
  }
  .ghost-title {
    display: block;
    inline-size: 120px;
    block-size: 14px;
    border-radius: 7px;
  }
  .ghost-1 .ghost-text {
    inline-size: 38%;
    block-size: 58px;
  }
  .ghost-2 {
    flex-direction: row-reverse;
  }
  .ghost-2 .ghost-face {
    display: none;
  }
  .ghost-2 .ghost-text {
    inline-size: 44%;
  }
  .ghost-3 .ghost-text {
    inline-size: 61%;
  }
  .ghost-4 .ghost-text {
    inline-size: 29%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.5;
    }
  }
`

const narrow = css`
  @container collab-chat (inline-size < 28rem) {
    .base {
      --_gutter: 12px;
    }
    .topic {
      font-size: 0.8em;
    }
    .badge:not(.live) .badge-text {
      font-size: 0.9em;
    }
  }
  @container collab-chat (inline-size >= 60rem) {
    .base {
      --_gutter: 24px;
    }
  }
  @media (forced-colors: active) {
    .bubble,
    .jump,
    .send,
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
    .send:not([aria-disabled='true']) {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
    .send[aria-disabled='true'] {
      color: GrayText;
    }
    .field:focus-within {
      outline: 2px solid Highlight;
    }
  }
`

export const styles: CSSResult[] = [layout, messageStyles, composer, standIns, narrow]
