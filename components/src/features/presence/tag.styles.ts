import { css } from 'lit'

/** A word beside a name, as “You”. */
export const tagStyles = css`
  .tag {
    flex: none;
    padding: 0 6px;
    border-radius: 6px;
    background: color-mix(in oklab, var(--_text) 8%, transparent);
    color: var(--_text);
    font-size: 0.7333em;
    font-weight: 600;
    line-height: 1.55;
  }
`
