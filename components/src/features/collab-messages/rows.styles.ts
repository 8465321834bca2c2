import { css } from 'lit'

/** Flat rows: all on one side, name and time in one line above the text; for teams that read a lot. */
export const rowsStyles = css`
  .own .line {
    flex-direction: row;
  }
  .row .line {
    align-items: flex-start;
    gap: 12px;
    padding-inline: 8px;
    border-radius: 8px;
  }
  .row .line:hover {
    background: var(--_sunken);
  }
  .row .face {
    margin: 3px 0 0;
  }
  .row .stack,
  .row:not(.last, .failed) .stack {
    position: static;
    display: grid;
    flex: 1;
    grid-template-columns: auto 1fr;
    align-items: baseline;
    justify-items: start;
    gap: 0 8px;
    max-inline-size: 100%;
  }
  .row .author {
    padding: 0;
    margin: 0;
    color: var(--_text);
  }
  .row .bubble {
    grid-area: 2 / 1 / auto / -1;
    padding: 0 0 2px;
    border-radius: 4px;
    background: none;
    color: inherit;
  }
  .own.row .bubble {
    background: none;
    color: inherit;
  }
  .own .bubble a {
    color: var(--collab-text-link, var(--_accent-text));
  }
  .row .meta,
  .row:not(.last, .failed) .meta {
    position: static;
    grid-area: 1 / 2;
    margin: 0;
    padding: 0;
    opacity: 1;
  }
  /* Time on hover and focus for those in the middle, in the room of the picture, so that nothing moves. */
  .row:not(.first, .failed) .meta {
    position: absolute;
    inset-block-start: 3px;
    inset-inline-start: 0;
    justify-content: center;
    inline-size: calc(var(--_avatar) + 24px);
    opacity: 0;
  }
  .row:not(.first, .failed) .meta .state {
    display: none;
  }
  .row:not(.first, .failed):is(:hover, :focus-visible, :focus-within) .meta {
    opacity: 1;
  }
  .row.first:not(.last, .failed) .meta {
    display: flex;
  }
  .row .failure {
    grid-column: 1 / -1;
    justify-content: flex-start;
    padding: 0;
  }
  .failed .bubble {
    border: 0;
    color: var(--_danger);
  }
  .row .bubble.gone {
    border: 0;
  }
  @media (prefers-contrast: more), (forced-colors: active) {
    .row .bubble {
      border: 0;
    }
    .row .line {
      border-block-end: 1px solid var(--_border-strong);
    }
  }
`
