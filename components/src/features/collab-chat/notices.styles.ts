import { css } from 'lit'

export const noticeStyles = css`
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
