import { css } from 'lit'

/** The overlay and the cursors in it; for elements that have the kit's tokens. */
export const cursorStyles = css`
  .cursors {
    position: absolute;
    inset: 0;
    z-index: var(--_cursor-z, 1000);
    contain: strict;
    overflow: clip;
    pointer-events: none;
    user-select: none;
    writing-mode: horizontal-tb;
    font-family: var(--collab-font-family, inherit);
    font-style: normal;
    letter-spacing: normal;
    text-align: start;
    text-indent: 0;
    text-transform: none;
    word-spacing: normal;
  }
  /* Tells where the overlay is and how large a pixel is drawn; a zoom or a transform may stand anywhere around. */
  .cursors > .ruler {
    position: absolute;
    top: 0;
    left: 0;
    inline-size: 1000px;
    block-size: 1000px;
    visibility: hidden;
  }
  .cursor {
    --collab-cursor-color: var(--_person);
    --_label: var(--collab-cursor-label-bg, var(--_person));
    position: absolute;
    top: 0;
    left: 0;
    inline-size: 0;
    block-size: 0;
    contain: layout style;
    will-change: translate;
    animation: cursor-in 0.12s ease-out;
  }
  .cursor[data-off] {
    visibility: hidden;
  }
  .cursor > .pointer,
  .cursor > .chevron {
    position: absolute;
    inline-size: var(--collab-cursor-size, 20px);
    block-size: var(--collab-cursor-size, 20px);
    fill: var(--_person);
    stroke: light-dark(#fff, #101114);
    stroke-width: 1.5;
    overflow: visible;
    filter: drop-shadow(0 1px 1.5px rgb(0 0 0 / 35%));
  }
  /* Its tip is the place. */
  .cursor > .pointer {
    top: -2px;
    left: -2px;
  }
  .cursor > .chevron {
    display: none;
    top: calc(var(--collab-cursor-size, 20px) / -2);
    left: calc(var(--collab-cursor-size, 20px) / -2);
  }
  .cursor > .label {
    position: absolute;
    top: calc(var(--collab-cursor-size, 20px) * 0.8);
    left: calc(var(--collab-cursor-size, 20px) * 0.62);
    max-inline-size: 180px;
    padding: 2px 8px;
    border: 1px solid transparent;
    border-radius: 3px 10px 10px;
    background: var(--_label);
    color: var(
      --collab-on-person,
      color(
        from var(--_label) xyz-d65 calc(0.9505 * var(--_white)) var(--_white)
          calc(1.089 * var(--_white))
      )
    );
    font-size: 12px;
    font-weight: 600;
    line-height: 18px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    box-shadow: 0 1px 3px rgb(0 0 0 / 22%);
    transition: opacity 0.3s;
  }
  .cursor[data-flip-x] > .label {
    right: 4px;
    left: auto;
    border-radius: 10px 3px 10px 10px;
  }
  .cursor[data-flip-y] > .label {
    top: auto;
    bottom: 6px;
    border-radius: 10px 10px 10px 3px;
  }
  .cursor[data-flip-x][data-flip-y] > .label {
    border-radius: 10px 10px 3px;
  }
  .cursor[data-idle] > .label {
    opacity: 0;
  }
  .cursors[data-labels='always'] .label {
    opacity: 1;
  }
  .cursors[data-labels='never'] .label {
    display: none;
  }
  .cursor[data-edge] {
    & > .pointer {
      display: none;
    }
    & > .chevron {
      display: block;
    }
    & > .label {
      translate: 0 -50%;
      border-radius: 10px;
    }
  }
  .cursor[data-edge='left'] > .chevron {
    rotate: -90deg;
  }
  .cursor[data-edge='right'] > .chevron {
    rotate: 90deg;
  }
  .cursor[data-edge='bottom'] > .chevron {
    rotate: 180deg;
  }
  .cursor[data-edge='left'] > .label {
    inset: 0 auto auto 14px;
  }
  .cursor[data-edge='right'] > .label {
    inset: 0 14px auto auto;
  }
  .cursor[data-edge='top'] > .label {
    inset: 12px auto auto -10px;
    translate: none;
  }
  .cursor[data-edge='bottom'] > .label {
    inset: auto auto 12px -10px;
    translate: none;
  }
  .cursor[data-edge='top'][data-flip-x] > .label,
  .cursor[data-edge='bottom'][data-flip-x] > .label {
    right: -10px;
    left: auto;
  }
  @keyframes cursor-in {
    from {
      opacity: 0;
    }
  }
  @media (forced-colors: active) {
    .cursor > .pointer,
    .cursor > .chevron {
      fill: CanvasText;
      stroke: Canvas;
    }
    .cursor > .label {
      border-color: CanvasText;
      background: Canvas;
      color: CanvasText;
    }
  }
`
