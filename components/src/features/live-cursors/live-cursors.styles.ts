import { css } from 'lit'

export const styles = css`
  :host {
    --_cursor-z: var(--collab-cursor-z, 1000);
    display: block;
    position: relative;
    isolation: isolate;
    /* What stands inside is the page's own and looks as it did. */
    color: inherit;
    font: inherit;
    letter-spacing: inherit;
    text-align: inherit;
    text-transform: inherit;
    -webkit-tap-highlight-color: inherit;
  }
  :host(:state(system-font)) {
    font-family: inherit;
  }
  :host(:state(system-font)) .cursors {
    font-family: var(--collab-font-family, system-ui, sans-serif);
  }
  :host(:state(alone)) {
    position: absolute;
    inset: 0;
    isolation: auto;
    pointer-events: none;
    z-index: var(--_cursor-z);
  }
  slot[name='cursor'] {
    display: none;
  }
`
