import { css, type CSSResult } from 'lit'
import { dotStyles } from '../presence/status-dot.ts'

const layout = css`
  :host {
    display: inline-block;
    min-inline-size: 0;
    max-inline-size: 100%;
    vertical-align: middle;
  }
  .base {
    position: relative;
  }
  .button.own {
    --_dot: 16px;
    display: flex;
    inline-size: fit-content;
    justify-content: start;
    max-inline-size: 100%;
    padding-inline: 10px 8px;
    border-radius: 18px;
    text-align: start;
  }
  .button.own[aria-disabled='true'] {
    color: var(--_quiet);
    opacity: 1;
  }
  .own .words {
    display: flex;
    min-inline-size: 0;
    gap: 6px;
  }
  .own .state {
    flex: none;
  }
  .own .status {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--_quiet);
    font-weight: 450;
  }
  /* Why nothing can be said is read whole. */
  .own[aria-disabled='true'] .words {
    flex-wrap: wrap;
  }
  .own[aria-disabled='true'] .status {
    white-space: normal;
  }
  .own .chevron {
    inline-size: 1em;
    block-size: 1em;
    color: var(--_quiet);
  }
  .own[aria-expanded='true'] {
    background: color-mix(in oklab, var(--_raised), var(--_text) 5%);
  }
  :host(:state(loading)) .own .words,
  :host(:state(offline)) .own .words {
    color: var(--_quiet);
  }
`

export const styles: CSSResult[] = [dotStyles, layout]
