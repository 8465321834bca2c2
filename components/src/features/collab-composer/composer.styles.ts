import { css } from 'lit'

export const composerStyles = css`
  .field {
    display: flex;
    align-items: flex-end;
    gap: 4px;
    padding: 4px;
    border: 1px solid var(--_border-strong);
    border-radius: 23px;
    background: var(--_surface);
    transition:
      border-color 0.12s,
      box-shadow 0.12s;
  }
  .field:focus-within {
    border-color: var(--_focus);
    box-shadow: 0 0 0 2px var(--_focus);
  }
  .field.over {
    border-color: var(--_danger);
    box-shadow: 0 0 0 1px var(--_danger);
  }
  .field.over:focus-within {
    box-shadow: 0 0 0 3px var(--_danger);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: var(--collab-chat-composer-max-block-size, 150px);
    padding: 7px 12px;
    border: 0;
    background: none;
    line-height: 1.45;
    resize: none;
    field-sizing: content;
    overflow-wrap: anywhere;
    scrollbar-width: thin;
  }
  /* The ring is drawn around the whole field. */
  textarea:focus-visible {
    outline: none;
  }
  textarea::placeholder {
    overflow: hidden;
    color: var(--_quiet);
    opacity: 1;
    text-overflow: ellipsis;
    unicode-bidi: plaintext;
    white-space: nowrap;
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
    padding: 0;
    border-radius: 50%;
    background: var(--_accent);
    color: var(--_on-accent);
    transition:
      background 0.12s,
      color 0.12s;
  }
  .send svg {
    stroke-width: 2.1;
  }
  .send:hover {
    background: color-mix(in oklab, var(--_accent), var(--_on-accent) 12%);
  }
  .send[aria-disabled='true'] {
    background: var(--_sunken);
    color: var(--_quiet);
  }
  .counter {
    padding: 4px 14px 0;
    color: var(--_quiet);
    font-size: 0.8em;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .counter.over {
    color: var(--_danger);
    font-weight: 550;
  }
  .read-only {
    margin: 0;
    padding: 11px 14px;
    border-radius: 12px;
    background: var(--_sunken);
    color: var(--_quiet);
    font-size: 0.9em;
    text-align: center;
  }
  @media (pointer: coarse) {
    /* Below 16 px iOS zooms into a text field. */
    textarea {
      font-size: max(16px, 1em);
      padding-block: 11px;
    }
    .send {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
  @media (forced-colors: active) {
    .send {
      border: 1px solid;
    }
    .send:not([aria-disabled='true']) {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
    .send[aria-disabled='true'] {
      color: GrayText;
    }
    .field:focus-within {
      outline: 2px solid Highlight;
    }
  }
`
