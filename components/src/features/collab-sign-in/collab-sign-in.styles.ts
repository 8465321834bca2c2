import { css } from 'lit'

export const styles = css`
  :host {
    display: block;
    container: collab-sign-in / inline-size;
    inline-size: 100%;
    max-inline-size: 380px;
    margin: auto;
    contain-intrinsic-inline-size: 340px;
  }
  .base {
    display: flex;
    flex-direction: column;
    padding: 8px;
  }
  .mark {
    display: grid;
    place-items: center;
    inline-size: 48px;
    block-size: 48px;
    margin: 0 auto 14px;
    border-radius: 15px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 20px;
  }
  .title {
    font-size: 1.4667em;
    font-weight: 680;
    line-height: 1.25;
    letter-spacing: -0.02em;
    text-align: center;
    text-wrap: balance;
  }
  .intro {
    margin: 6px 0 0;
    color: var(--_quiet);
    text-align: center;
    text-wrap: balance;
  }
  form {
    display: flex;
    flex-direction: column;
    gap: 14px;
    margin-block-start: 22px;
  }
  .field {
    display: flex;
    flex-direction: column;
    gap: 6px;
  }
  label {
    font-size: 0.9em;
    font-weight: 600;
  }
  .input-row {
    position: relative;
    display: flex;
  }
  input {
    flex: 1;
    min-inline-size: 0;
    block-size: 44px;
    padding: 0 13px;
    border: 1px solid var(--_border-strong);
    border-radius: 11px;
    background: var(--_surface);
    text-align: start;
  }
  input[name='password'] {
    padding-inline-end: 48px;
  }
  input:focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 0;
    border-color: var(--_focus);
  }
  input[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  .reveal {
    position: absolute;
    inset-block: 4px;
    inset-inline-end: 4px;
    display: grid;
    place-items: center;
    inline-size: 36px;
    border-radius: 8px;
    color: var(--_quiet);
  }
  .reveal:hover {
    background: var(--_sunken);
    color: var(--_text);
  }
  .hint,
  .field-error,
  .form-error {
    margin: 0;
    font-size: 0.8667em;
  }
  .hint {
    color: var(--_quiet);
  }
  .field-error,
  .form-error {
    display: flex;
    gap: 6px;
    color: var(--_danger);
    font-weight: 500;
  }
  .field-error svg,
  .form-error svg {
    inline-size: 1.2em;
    block-size: 1.2em;
    margin-block-start: 0.12em;
  }
  .form-error {
    padding: 10px 12px;
    border-radius: 11px;
    background: var(--_danger-quiet);
  }
  .button {
    min-block-size: 44px;
    border-radius: 11px;
    font-weight: 600;
  }
  .ways {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 4px;
    margin-block-start: 16px;
    font-size: 0.9333em;
  }
  .spinner {
    inline-size: 15px;
    block-size: 15px;
    border: 2px solid currentColor;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.8s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  .ghosts {
    display: grid;
    gap: 14px;
    animation: appear 0.3s ease-out 0.15s backwards;
  }
  .ghosts i {
    block-size: 44px;
    border-radius: 11px;
    background: var(--_sunken);
  }
  .ghosts i:first-child {
    inline-size: 60%;
    block-size: 24px;
    margin: 0 auto 12px;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @media (pointer: coarse) {
    input {
      font-size: max(16px, 1em);
    }
    .reveal {
      inline-size: 44px;
      inset-block: 0;
      inset-inline-end: 0;
    }
  }
`
