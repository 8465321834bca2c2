import { css, type CSSResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { cursorStyles } from '../activity/cursor-layer.styles.ts'
import { noticeStyles } from '../chat/notices.styles.ts'
import { fieldStyles } from './room-fields.styles.ts'
import { toolbarStyles } from './room-toolbar.styles.ts'

const layout = css`
  :host {
    display: block;
    min-inline-size: 0;
    container: collab-room / inline-size;
    contain-intrinsic-inline-size: 640px;
    --_edge: calc(14px + 2px * var(--_dense));
  }
  /* What stands inside is the page's own and looks as it did. */
  :host,
  :host(:state(system-font)) {
    color: inherit;
    font: inherit;
    letter-spacing: inherit;
    text-align: inherit;
    text-transform: inherit;
    -webkit-tap-highlight-color: inherit;
  }
  .chrome {
    color: var(--_text);
    font-family: var(--collab-font-family, inherit);
    font-size: var(--collab-font-size, 15px);
    font-style: normal;
    font-weight: 400;
    line-height: 1.45;
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
  }
  :host(:state(system-font)) .chrome {
    font-family: var(--collab-font-family, system-ui, sans-serif);
  }
  .base {
    position: relative;
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr) auto;
    grid-template-areas: 'toolbar toolbar' 'status status' 'content sidebar';
    min-block-size: 100%;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }
  .cut {
    display: block;
    inline-size: fit-content;
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .status {
    grid-area: status;
    min-inline-size: 0;
  }
  .banner {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 10px;
    padding: 7px var(--_edge);
    background: var(--_warning-quiet);
    color: var(--_warning);
    font-size: 0.8667em;
    font-weight: 550;
    animation: appear 0.2s ease-out;
  }
  .banner.recovered {
    background: color-mix(in oklab, var(--_online) 14%, var(--_surface));
    color: var(--_text);
  }
  .banner .link {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 3px;
  }

  .content {
    position: relative;
    isolation: isolate;
    grid-area: content;
    min-inline-size: 0;
    min-block-size: 120px;
    border-end-start-radius: calc(var(--_radius) - 1px);
    border-end-end-radius: calc(var(--_radius) - 1px);
  }
  /* What is last in the content stays in view below what says who is followed. */
  :host(:state(following)) .app {
    padding-block-end: 40px;
  }
  .app:focus {
    outline: none;
  }
  .app:focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: -2px;
  }
  .overlay,
  .layer {
    position: absolute;
    inset: 0;
    z-index: var(--collab-room-overlay-z, 1000);
    border-radius: inherit;
    pointer-events: none;
  }
  .overlay {
    contain: strict;
  }
  /* Known last, perhaps otherwise by now; the names are still to be read. */
  .overlay.faded {
    filter: grayscale(1);
  }
  .overlay.faded :is(.pointer, .chevron) {
    opacity: 0.4;
  }
  .cursors {
    z-index: auto;
  }

  .follow-frame {
    position: absolute;
    inset: 0;
    z-index: calc(var(--collab-room-overlay-z, 1000) + 1);
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    border: var(--collab-room-follow-width, 3px) solid var(--_person);
    border-radius: inherit;
    pointer-events: none;
    animation: appear 0.15s ease-out;
  }
  .follow-note {
    position: sticky;
    inset-block-end: 0;
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: fit-content;
    max-inline-size: calc(100% - 16px);
    margin-inline: auto;
    padding: 3px 4px 3px 14px;
    border-start-start-radius: 12px;
    border-start-end-radius: 12px;
    background: var(--_person);
    color: var(--collab-on-person, light-dark(#fff, #17181c));
    font-size: 0.8667em;
    font-weight: 600;
    pointer-events: auto;
  }
  .follow-note:dir(rtl) {
    padding: 3px 14px 3px 4px;
  }
  .follow-note .button {
    min-block-size: 28px;
    padding: 2px 12px;
    border-color: transparent;
    border-radius: 9px;
    background: light-dark(rgb(0 0 0 / 24%), rgb(255 255 255 / 40%));
    color: inherit;
  }
  @media (pointer: coarse) {
    .follow-note .button {
      min-block-size: 44px;
    }
  }
  .follow-note .button:focus-visible {
    outline-color: currentColor;
    outline-offset: -3px;
  }

  .cover {
    position: absolute;
    inset: 0;
    z-index: calc(var(--collab-room-overlay-z, 1000) + 2);
    display: flex;
    padding: 24px;
    border-radius: inherit;
    background: color-mix(in oklab, var(--_surface) 82%, transparent);
    backdrop-filter: blur(5px);
    overflow: auto;
    animation: appear 0.2s ease-out;
  }
  .cover .notice {
    padding: 28px 24px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
  }
  .cover .link {
    margin-block-start: 10px;
    padding-inline: 12px;
  }
  .notice-title {
    margin-block-end: 4px;
    border-radius: 5px;
    outline-offset: 3px;
  }
  .covered {
    min-block-size: 340px;
  }
  .covered.signed-out {
    min-block-size: 480px;
  }
  .sign-in {
    inline-size: min(100%, 420px);
    margin: auto;
    padding: 8px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
  }

  .sidebar {
    grid-area: sidebar;
    display: flex;
    flex-direction: column;
    inline-size: var(--collab-room-sidebar-inline-size, 20rem);
    max-inline-size: 45cqi;
    min-block-size: 380px;
    border-inline-start: 1px solid var(--_border);
    border-end-end-radius: calc(var(--_radius) - 1px);
    background: var(--_surface);
    overflow: clip;
  }
  .sidebar-inner {
    position: sticky;
    inset-block-start: 0;
    display: flex;
    flex: 1;
    flex-direction: column;
    max-block-size: 100dvh;
    min-block-size: 0;
  }
  .sidebar collab-chat {
    flex: 1;
    min-block-size: 0;
    --collab-chat-block-size: 100%;
  }
  .sidebar collab-chat::part(base) {
    border: 0;
    border-radius: 0;
  }
  :host(:state(narrow)) {
    & .base {
      grid-template: auto auto auto auto / minmax(0, 1fr);
      grid-template-areas: 'toolbar' 'status' 'content' 'sidebar';
    }
    & .sidebar {
      inline-size: auto;
      max-inline-size: none;
      block-size: min(460px, 72dvh);
      border-block-start: 1px solid var(--_border);
      border-inline-start: 0;
      border-end-start-radius: calc(var(--_radius) - 1px);
    }
    & .sidebar-inner {
      position: static;
    }
  }
  @container collab-room (inline-size < 28rem) {
    .cover {
      padding: 12px;
    }
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @media (forced-colors: active) {
    .follow-frame {
      border-color: Highlight;
    }
    .follow-note {
      border: 1px solid CanvasText;
      background: Canvas;
      color: CanvasText;
    }
    .follow-note .button {
      border-color: ButtonText;
    }
    .cover {
      background: Canvas;
    }
  }
`

export const styles: CSSResult[] = [
  buttonStyles,
  noticeStyles,
  cursorStyles,
  layout,
  toolbarStyles,
  fieldStyles,
]
