import { css } from 'lit'

export const fieldStyles = css`
  .outline {
    position: absolute;
    border-radius: 8px;
    outline: 2px solid var(--_person);
    outline-offset: 1px;
    animation: appear 0.15s ease-out;
  }
  .outline-name {
    position: absolute;
    inset-block-start: -11px;
    inset-inline-end: 8px;
    display: inline-flex;
    gap: 5px;
    max-inline-size: min(180px, 100% - 16px);
    padding: 1px 8px;
    border-radius: 9px;
    background: var(--_person);
    color: var(--collab-on-person, light-dark(#fff, #17181c));
    font-family: var(--collab-font-family, system-ui, sans-serif);
    font-size: 11.5px;
    font-weight: 600;
    line-height: 17px;
  }

  .hint {
    position: absolute;
    z-index: 1;
    inline-size: max-content;
    max-inline-size: min(340px, 100%);
    padding: 10px 12px;
    border: 1px solid var(--_border);
    border-inline-start: 3px solid var(--_person);
    border-radius: 10px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
    font-size: var(--collab-font-size, 14px);
    pointer-events: auto;
    animation: appear 0.15s ease-out;
  }
  .hint.quiet {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 6px 10px;
    border-inline-start: 1px solid var(--_border);
    color: var(--_quiet);
    pointer-events: none;
  }
  .hint-who {
    color: var(--_quiet);
    font-size: 0.9em;
  }
  .hint-value {
    max-block-size: 7.5em;
    margin: 4px 0 10px;
    overflow: hidden auto;
    font-weight: 550;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .hint-actions {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  @media (forced-colors: active) {
    .outline {
      outline-color: Highlight;
    }
    .outline-name {
      border: 1px solid CanvasText;
      background: Canvas;
      color: CanvasText;
    }
  }
`
