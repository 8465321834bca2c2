import { css, type CSSResult } from 'lit'
import { faceStyles } from '../presence/face.ts'
import { dotStyles } from '../presence/status-dot.ts'
import { tagStyles } from '../presence/tag.styles.ts'

const layout = css`
  :host {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    container: collab / inline-size;
  }
  .base {
    --_avatar: var(--collab-presence-avatar-size, calc(32px + 4px * var(--_dense)));
    --_gap: var(--collab-presence-gap, calc(10px + 2px * var(--_dense)));
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow: clip;
  }
  .head {
    flex: none;
    padding: 14px 16px 6px;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 8px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .count {
    color: var(--_quiet);
    font-weight: 500;
    font-size: 0.8667em;
    font-variant-numeric: tabular-nums;
  }
  .stale {
    flex: none;
    margin: 4px 12px;
    padding: 6px 10px;
    border-radius: 10px;
    background: var(--_warning-quiet);
    color: var(--_warning);
    font-size: 0.8667em;
  }
  .stale b {
    margin-inline-end: 6px;
    font-weight: 650;
  }
  .search {
    position: relative;
    flex: none;
    min-block-size: 36px;
    margin: 4px 12px 6px;
  }
  .scroller {
    flex: 1;
    min-block-size: 0;
    padding: 2px 8px 10px;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scroll-padding-block: 40px 8px;
    scrollbar-color: color-mix(in oklab, var(--_text) 24%, transparent) transparent;
    scrollbar-width: thin;
  }
  .group-label {
    position: sticky;
    inset-block-start: -2px;
    z-index: 1;
    display: flex;
    align-items: baseline;
    gap: 6px;
    padding: 10px 8px 4px;
    background: var(--_surface);
    color: var(--_quiet);
    font-size: 0.8em;
    font-weight: 600;
  }
  .group-label span {
    font-weight: 500;
    font-variant-numeric: tabular-nums;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  /* In a wide place names do not stand alone at one side. */
  @container collab (inline-size >= 560px) {
    .base:not(.inline) ul {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
      column-gap: 8px;
    }
  }
  .more {
    margin-block-start: 4px;
    margin-inline-start: 6px;
  }
  @media (pointer: coarse) {
    .search {
      min-block-size: 44px;
    }
  }
`

const rows = css`
  .who {
    display: flex;
    align-items: center;
    gap: var(--_gap);
    inline-size: 100%;
    min-block-size: max(calc(var(--_avatar) + 12px + 4px * var(--_dense)), 32px);
    padding: 4px 8px;
    border-radius: 10px;
    text-align: start;
  }
  .who:hover,
  .who[aria-expanded='true'] {
    background: color-mix(in oklab, var(--_text) 5%, var(--_surface));
  }
  .who:focus-visible {
    outline-offset: -2px;
  }
  .words {
    display: block;
    flex: 1;
    min-inline-size: 0;
    line-height: 1.35;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .name,
  .activity {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    /* Cut off where the text ends, and still at the side where the list begins. */
    text-align: left;
  }
  .who:dir(rtl) :is(.name, .activity) {
    text-align: right;
  }
  .name {
    font-weight: 550;
  }
  .activity {
    display: block;
    color: var(--_quiet);
    font-size: 0.8667em;
  }
  .offline .name {
    color: var(--_quiet);
    font-weight: 500;
  }
  /* Beyond a screenful, what is not seen is not laid out. */
  .many .row {
    content-visibility: auto;
    contain-intrinsic-block-size: auto 46px;
  }
  @media (pointer: coarse) {
    .who {
      min-block-size: 44px;
    }
  }
`

const places = css`
  .empty {
    padding: 20px 16px 24px;
    text-align: center;
    text-wrap: balance;
  }
  .ghosts {
    display: grid;
    gap: 4px;
    padding-block-start: 8px;
    animation: appear 0.3s ease-out 0.15s backwards;
  }
  .ghost {
    display: flex;
    align-items: center;
    gap: var(--_gap);
    padding: 6px 8px;
  }
  .ghost i {
    background: color-mix(in oklab, var(--_text) 8%, var(--_surface));
    animation: pulse 1.6s ease-in-out infinite;
  }
  .ghost i:first-child {
    inline-size: var(--_avatar);
    block-size: var(--_avatar);
    border-radius: 50%;
  }
  .ghost i:last-child {
    inline-size: 46%;
    block-size: 12px;
    border-radius: 6px;
  }
  .ghost:nth-child(2n) i:last-child {
    inline-size: 32%;
  }
  .ghost:nth-child(3n) i:last-child {
    inline-size: 58%;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @keyframes pulse {
    50% {
      opacity: 0.5;
    }
  }
  @media (prefers-contrast: more) {
    .ghost i {
      border: 1px solid;
    }
  }
`

export const styles: CSSResult[] = [dotStyles, faceStyles, tagStyles, layout, rows, places]
