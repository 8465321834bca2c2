import { css } from 'lit'

export const messageStyles = css`
  .chunk {
    content-visibility: auto;
    /* Room for the ring around a bubble at the edge. */
    overflow-clip-margin: 6px;
  }
  /* The end of the list is always looked at; what is skipped there would move it. */
  .exact .chunk,
  .chunk:last-child,
  .chunk:has(+ .pending) {
    content-visibility: visible;
  }

  .row {
    --_avatar: var(--collab-chat-avatar-size, 30px);
    --_bubble-radius: var(--collab-chat-bubble-radius, 18px);
    --_tight: 6px;
    position: relative;
    padding-block-start: 2px;
    outline: none;
  }
  .row:focus-visible {
    z-index: 1;
  }
  /* Between bubbles of its own colour the ring stands on a ground of its own. */
  .row:focus-visible .bubble {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
    box-shadow: 0 0 0 6px var(--_surface);
  }
  .row.first {
    padding-block-start: calc(var(--collab-chat-gap, 14px) + 4px * var(--_dense));
  }
  .line {
    display: flex;
    align-items: flex-end;
    gap: 8px;
  }
  .own .line {
    flex-direction: row-reverse;
  }
  .face {
    flex: none;
    inline-size: var(--_avatar);
    /* Beside the last bubble, not beside the time below it. */
    margin-block-end: 20px;
  }
  .stack {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    min-inline-size: 0;
    /* Beside it the time of a message has its place, however large the text. */
    max-inline-size: min(78%, 68ch, 100% - 7em);
  }
  .own .stack {
    align-items: flex-end;
  }

  .author {
    max-inline-size: 100%;
    padding: 1px 12px;
    margin-block-end: 2px;
    overflow: hidden;
    color: var(--_quiet);
    font-size: 0.8667em;
    font-weight: 600;
    line-height: 1.4;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .guest {
    display: inline-block;
    margin-inline-start: 4px;
    padding: 0 6px;
    border: 1px solid var(--_border);
    border-radius: 6px;
    font-size: 0.8462em;
    font-weight: 500;
    line-height: 1.3;
  }

  .bubble {
    display: block;
    max-inline-size: 100%;
    padding: calc(7px + 1px * var(--_dense)) 13px;
    border-radius: var(--_bubble-radius);
    background: var(--collab-chat-bubble-bg, var(--_sunken));
    line-height: 1.42;
    text-align: start;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
    white-space: pre-wrap;
  }
  .own .bubble {
    background: var(--collab-chat-bubble-own-bg, var(--_accent));
    color: var(--collab-chat-bubble-own-fg, var(--_on-accent));
  }
  /* The corners on the sender's side tell first, middle and last of a group. */
  .row:not(.own, .first) .bubble {
    border-start-start-radius: var(--_tight);
  }
  .row:not(.own, .last) .bubble {
    border-end-start-radius: var(--_tight);
  }
  .own:not(.first) .bubble {
    border-start-end-radius: var(--_tight);
  }
  .own:not(.last) .bubble {
    border-end-end-radius: var(--_tight);
  }
  .row .bubble.emoji {
    padding: 2px 4px;
    background: none;
    font-size: 2.4em;
    line-height: 1.2;
  }
  .row .bubble.gone {
    background: none;
    border: 1px dashed var(--_border-strong);
    color: var(--_quiet);
    font-style: italic;
  }
  .bubble a {
    border-radius: 3px;
    color: var(--collab-text-link, var(--_accent-text));
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
    unicode-bidi: isolate;
  }
  .own .bubble a {
    color: inherit;
  }
  .own .bubble a:focus-visible {
    outline-color: currentColor;
    outline-offset: 1px;
  }

  /* One line under the last of a group; for the others it comes up beside the bubble and moves nothing. */
  .meta {
    display: flex;
    align-items: center;
    gap: 4px;
    min-block-size: 18px;
    padding-inline: 12px;
    margin-block-start: 2px;
    color: var(--_quiet);
    font-size: 0.7667em;
    font-variant-numeric: tabular-nums;
    line-height: 1.4;
    white-space: nowrap;
  }
  .own .meta {
    padding-inline: 8px 6px;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .state svg {
    inline-size: 14px;
    block-size: 14px;
  }
  /* Fast ones never show the clock. */
  .sending .waiting svg {
    animation: appear 0.2s ease-out 0.4s backwards;
  }
  .row:not(.last, .failed) .stack {
    position: relative;
  }
  .row:not(.last, .failed) .meta {
    position: absolute;
    inset-block-end: 9px;
    inset-inline-start: 100%;
    margin: 0;
    padding-inline: 8px;
    opacity: 0;
    pointer-events: none;
    transition: opacity 0.12s;
  }
  .own:not(.last, .failed) .meta {
    inset-inline: auto 100%;
  }
  .row:not(.last, .failed):is(:hover, :focus-visible, :focus-within) .meta {
    opacity: 1;
  }
  .row:not(.last) .face {
    margin: 0;
  }

  .failed .bubble {
    border: 1px solid var(--_danger);
    background: var(--_danger-quiet);
    color: var(--_text);
  }
  .failed .meta {
    color: var(--_danger);
  }
  .day,
  .unread {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 12px;
    padding-block: 12px 10px;
    color: var(--_quiet);
    font-size: 0.8em;
    font-weight: 600;
  }
  .day::before,
  .day::after,
  .unread::before,
  .unread::after {
    flex: 1;
    block-size: 1px;
    background: var(--_border);
    content: '';
  }
  .unread {
    color: var(--_accent-text);
  }
  .unread::before,
  .unread::after {
    background: currentColor;
    opacity: 0.4;
  }

  .fresh .line {
    animation: rise 0.16s ease-out;
  }
  @keyframes rise {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }
  /* Where a jump has led. */
  .found .bubble {
    animation: found 1.2s ease-out;
  }
  @keyframes found {
    30% {
      box-shadow: 0 0 0 4px color-mix(in oklab, var(--_focus) 55%, transparent);
    }
  }
  @media (pointer: coarse) {
    .jump {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
  @media (prefers-contrast: more) {
    .bubble {
      border: 1px solid var(--_border-strong);
    }
  }
  @container collab (inline-size < 30em) {
    .stack {
      max-inline-size: 84%;
    }
    .row:not(.last, .failed) .meta {
      display: none;
    }
  }
  @media print {
    .chunk {
      content-visibility: visible;
    }
  }
`
