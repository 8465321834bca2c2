import { css, type CSSResult } from 'lit'
import { composerStyles } from '../collab-composer/composer.styles.ts'
import { styles as messagesStyles } from '../collab-messages/collab-messages.styles.ts'

const layout = css`
  .header {
    display: flex;
    flex: none;
    align-items: center;
    gap: 12px;
    min-block-size: calc(58px + 6px * var(--_dense));
    padding: calc(8px + 2px * var(--_dense)) var(--_gutter);
    border-block-end: 1px solid var(--_border);
  }
  .header .avatar,
  .sign {
    --_avatar: 36px;
    flex: none;
    inline-size: 36px;
    block-size: 36px;
  }
  .sign {
    display: grid;
    place-items: center;
    border-radius: 11px;
    background: var(--_accent-quiet);
    color: var(--_on-accent-quiet);
    font-size: 18px;
    font-weight: 600;
    line-height: 1;
  }
  .about {
    flex: 1;
    min-inline-size: 0;
  }
  .title {
    border-radius: 4px;
    font-size: 1.0667em;
    font-weight: 650;
    line-height: 1.3;
    letter-spacing: -0.01em;
  }
  /* Cut at the text's own end, but standing where the page's lines start. */
  .cut {
    display: block;
    inline-size: fit-content;
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .topic {
    color: var(--_quiet);
    font-size: 0.8667em;
    line-height: 1.35;
  }
  .members,
  .badge {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 5px;
    color: var(--_quiet);
    font-size: 0.8667em;
    font-variant-numeric: tabular-nums;
  }
  .badge {
    gap: 7px;
    white-space: nowrap;
  }
  .dot {
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_online);
  }
  /* By shape too: colour alone tells not everyone. */
  .badge:is(.connecting, .reconnecting) .dot {
    border: 2px solid var(--_away);
    border-inline-end-color: transparent;
    background: none;
    animation: turn 1s linear infinite;
  }
  .badge.offline .dot {
    border: 2px solid var(--_offline);
    background: none;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }

  .below {
    flex: none;
    inline-size: 100%;
    max-inline-size: var(--_column);
    margin-inline: auto;
    padding: 0 var(--_gutter) max(14px, env(safe-area-inset-bottom));
  }

  @container collab (inline-size < 30em) {
    .topic {
      font-size: 0.8em;
    }
    /* The dot has a shape for each state, and the line below says it in words. */
    .badge-text {
      position: absolute;
      inline-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
`

export const styles: CSSResult[] = [...messagesStyles, composerStyles, layout]
