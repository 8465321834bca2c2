import { css, type CSSResult } from 'lit'

/** People side by side; fetched where a page wants them that way. */
export const inlineStyles: CSSResult = css`
  .inline ul {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    padding: 6px;
  }
  .inline .row {
    max-inline-size: 100%;
    content-visibility: visible;
  }
  .inline .who {
    --_avatar: var(--collab-presence-avatar-size, 24px);
    min-block-size: 34px;
    padding: 3px 12px 3px 5px;
    border: 1px solid var(--_border);
    border-radius: 18px;
  }
  .inline .who:dir(rtl) {
    padding: 3px 5px 3px 12px;
  }
  .inline .activity {
    display: none;
  }
  @media (pointer: coarse) {
    .inline .who {
      min-block-size: 44px;
      border-radius: 22px;
    }
  }
`
