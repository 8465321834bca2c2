import { css } from 'lit'

export const floatingStyles = css`
  .floating {
    position: fixed;
    inset: auto;
    inline-size: max-content;
    max-inline-size: min(320px, calc(100vw - 16px));
    max-block-size: min(480px, calc(100dvh - 16px));
    margin: 0;
    padding: 0;
    border: 1px solid var(--_border);
    border-radius: min(var(--_radius), 16px);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
  }
  .floating:popover-open {
    animation: float 0.12s ease-out;
  }
  @keyframes float {
    from {
      opacity: 0;
      translate: 0 -4px;
    }
  }
`
