import { css } from 'lit'

export const buttonStyles = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 36px;
    padding: 6px 14px;
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_raised);
    font-weight: 550;
    line-height: 1.3;
  }
  .button:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 5%);
  }
  .button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .button.primary:hover {
    background: color-mix(
      in oklab,
      var(--_accent),
      oklch(from var(--_on-accent) calc(1 - l) 0 0) 10%
    );
  }
  .button[aria-disabled='true'] {
    opacity: 0.65;
  }
  @media (pointer: coarse) {
    .button {
      min-block-size: 44px;
    }
  }
`
