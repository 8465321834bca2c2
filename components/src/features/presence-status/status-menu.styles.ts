import { css } from 'lit'
import { floatingStyles } from '../presence/floating.styles.ts'

export const menuStyles = css`
  ${floatingStyles}
  .menu {
    inline-size: 300px;
    padding: 8px;
  }
  .menu fieldset {
    display: grid;
    gap: 2px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .menu legend {
    padding: 4px 8px 6px;
    color: var(--_quiet);
    font-size: 0.8em;
    font-weight: 600;
  }
  .choice {
    --_dot: 16px;
    position: relative;
    display: grid;
    grid-template-columns: auto 1fr auto;
    align-items: center;
    column-gap: 10px;
    min-block-size: 36px;
    padding: 6px 8px;
    border-radius: 8px;
    cursor: pointer;
  }
  .choice:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 6%);
  }
  .choice:has(:checked) {
    background: var(--_accent-quiet);
  }
  .choice:has(:focus-visible) {
    outline: 2px solid var(--_focus);
    outline-offset: -2px;
  }
  .choice input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .choice .hint {
    grid-column: 2 / -1;
    color: var(--_quiet);
    font-size: 0.8667em;
    line-height: 1.35;
  }
  .choice .check {
    inline-size: 1.1em;
    block-size: 1.1em;
    color: var(--_accent-text);
  }
  .choice:not(:has(:checked)) .check {
    visibility: hidden;
  }
  .menu form {
    display: grid;
    gap: 10px;
    margin-block-start: 8px;
    padding: 12px 8px 8px;
    border-block-start: 1px solid var(--_border);
  }
  .field {
    display: grid;
    gap: 4px;
  }
  .field label {
    font-size: 0.8667em;
    font-weight: 550;
  }
  .field input,
  .field select {
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: 36px;
    padding: 6px 10px;
    border: 1px solid var(--_border-strong);
    border-radius: 10px;
    background: var(--_surface);
    color: inherit;
    font: inherit;
  }
  .field input::placeholder {
    color: var(--_quiet);
    opacity: 1;
  }
  .field input[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  .until {
    color: var(--_quiet);
    font-size: 0.8667em;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }
  .buttons .link {
    margin-inline-end: auto;
  }
  .field-error,
  .failed {
    color: var(--_danger);
    font-size: 0.8667em;
  }
  .failed {
    margin: 8px 0 0;
    padding: 8px 10px;
    border-radius: 8px;
    background: var(--_danger-quiet);
  }
  @media (pointer: coarse) {
    .choice,
    .field input,
    .field select {
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .choice:has(:checked) {
      border: 1px solid Highlight;
    }
  }
`
