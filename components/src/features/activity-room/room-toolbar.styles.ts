import { css } from 'lit'

export const toolbarStyles = css`
  .toolbar {
    position: relative;
    grid-area: toolbar;
    display: flex;
    align-items: center;
    gap: 10px;
    min-inline-size: 0;
    min-block-size: calc(50px + 6px * var(--_dense));
    padding: calc(6px + 2px * var(--_dense)) var(--_edge);
    border-block-end: 1px solid var(--_border);
    border-start-start-radius: calc(var(--_radius) - 1px);
    border-start-end-radius: calc(var(--_radius) - 1px);
    background: var(--_surface);
  }
  .title {
    min-inline-size: 3ch;
    font-size: 1.0667em;
    font-weight: 650;
    line-height: 1.3;
    letter-spacing: -0.01em;
  }
  .space {
    flex: 1;
  }
  .ghost-title,
  .ghost-face {
    display: block;
    background: color-mix(in oklab, var(--_text) 9%, var(--_surface));
    animation: pulse 1.6s ease-in-out infinite;
  }
  .ghost-title {
    inline-size: 132px;
    block-size: 14px;
    border-radius: 7px;
  }
  .ghost-face {
    inline-size: 28px;
    block-size: 28px;
    border-radius: 50%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.5;
    }
  }
  .tag,
  .badge,
  .followers {
    display: inline-flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 6px;
    min-inline-size: 24px;
    color: var(--_quiet);
    font-size: 0.8667em;
    white-space: nowrap;
  }
  :is(.tag, .badge, .followers) > :is(svg, .dot) {
    flex: none;
  }
  :is(.tag, .badge, .followers) > .text {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .tag {
    padding: 2px 10px 2px 8px;
    border-radius: 20px;
    background: var(--_accent-quiet);
    color: var(--_on-accent-quiet);
    font-weight: 550;
  }
  .dot {
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
  }
  /* By shape too: colour alone tells not everyone. */
  .badge:is(.connecting, .reconnecting) .dot {
    border: 2px solid var(--_away);
    border-inline-end-color: transparent;
    animation: turn 1s linear infinite;
  }
  .badge.offline .dot {
    border: 2px solid var(--_offline);
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  .people-button,
  .icon-button {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-inline-size: 36px;
    min-block-size: 36px;
    padding: 3px;
    border-radius: 18px;
    color: var(--_quiet);
  }
  .people-button {
    padding-inline: 4px 10px;
  }
  .icon-button {
    border-radius: 10px;
  }
  :is(.people-button, .icon-button):hover,
  :is(.people-button, .icon-button)[aria-expanded='true'] {
    background: color-mix(in oklab, var(--_surface), var(--_text) 7%);
    color: var(--_text);
  }
  .faces {
    display: flex;
    align-items: center;
    --_avatar: 28px;
  }
  .faces > * {
    box-shadow: 0 0 0 2px var(--_surface);
  }
  .faces > * + * {
    margin-inline-start: -6px;
  }
  .faces .avatar {
    font-size: 10px;
  }
  .faces .more {
    display: grid;
    place-items: center;
    min-inline-size: 28px;
    block-size: 28px;
    padding-inline: 6px;
    border-radius: 14px;
    background: var(--_sunken);
    color: var(--_text);
    font-size: 11.5px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .more.of-2 {
    display: none;
  }

  .people {
    position: absolute;
    z-index: 1100;
    inset-block-start: calc(100% + 6px);
    inset-inline-end: var(--_edge);
    inline-size: min(340px, 100cqi - 2 * var(--_edge));
    max-block-size: min(420px, 70dvh);
    padding: 6px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
    overflow: hidden auto;
    animation: appear 0.12s ease-out;
  }
  .people-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding-inline-start: 10px;
  }
  .people-title {
    border-radius: 5px;
    font-weight: 650;
    outline-offset: 3px;
  }
  .people ul {
    margin: 4px 0 0;
    padding: 0;
    list-style: none;
  }
  .people li {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: calc(50px + 6px * var(--_dense));
    padding: 5px 6px 5px 10px;
    border-radius: 10px;
    --_avatar: 34px;
  }
  .people li:dir(rtl) {
    padding: 5px 10px 5px 6px;
  }
  .people li:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 4%);
  }
  .who {
    flex: 1;
    min-inline-size: 0;
  }
  .name {
    font-weight: 550;
    line-height: 1.3;
  }
  .doing {
    color: var(--_quiet);
    font-size: 0.8667em;
    line-height: 1.35;
  }
  .alone {
    margin: 2px 10px 10px;
    color: var(--_quiet);
    font-size: 0.8667em;
  }
  .button.small {
    min-block-size: 30px;
    padding: 3px 12px;
    border-radius: 9px;
    font-size: 0.8667em;
  }
  .button.pressed {
    border-color: transparent;
    background: var(--_accent-quiet);
    color: var(--_on-accent-quiet);
  }
  @container collab-room (inline-size < 34rem) {
    .faces .avatar:nth-of-type(n + 3),
    .faces .more.of-4 {
      display: none;
    }
    .faces .more.of-2 {
      display: grid;
    }
    /* The sign tells it, and assistive technology reads the words. */
    :is(.followers, .badge, .tag) > .text {
      position: absolute;
      inline-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .tag {
      padding: 6px;
    }
    :is(.followers, .tag) svg {
      inline-size: 18px;
      block-size: 18px;
    }
    .people-button {
      padding-inline-end: 4px;
    }
    .people-button > svg {
      display: none;
    }
  }
  @container collab-room (inline-size < 22rem) {
    .toolbar {
      gap: 6px;
    }
  }
  @media (pointer: coarse) {
    .people-button,
    .icon-button,
    .button.small {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .people-button,
    .icon-button {
      border: 1px solid ButtonText;
    }
    .faces > * {
      border: 1px solid CanvasText;
    }
  }
`
