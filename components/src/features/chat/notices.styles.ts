import { css } from 'lit'

export const noticeStyles = css`
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
    color: var(--_on-accent-quiet);
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
`
