import { css } from 'lit'

export const skeletonStyles = css`
  .loading {
    flex: 1;
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    overflow: hidden;
  }
  /* Only what takes its time is worth a placeholder. */
  .skeleton {
    display: grid;
    gap: 14px;
    animation: appear 0.3s ease-out 0.15s backwards;
  }
  .ghost {
    display: flex;
    align-items: flex-end;
    gap: 8px;
  }
  .ghost-face,
  .ghost-text,
  .ghost-title {
    background: color-mix(in oklab, var(--_text) 7%, var(--_surface));
    animation: pulse 1.6s ease-in-out infinite;
  }
  .ghost-face {
    inline-size: 30px;
    block-size: 30px;
    border-radius: 50%;
  }
  .ghost-text {
    inline-size: 52%;
    block-size: 38px;
    border-radius: 18px;
  }
  .ghost-title {
    display: block;
    inline-size: 120px;
    block-size: 14px;
    border-radius: 7px;
  }
  .ghost-1 .ghost-text {
    inline-size: 38%;
    block-size: 58px;
  }
  .ghost-2 {
    flex-direction: row-reverse;
  }
  .ghost-2 .ghost-face {
    display: none;
  }
  .ghost-2 .ghost-text {
    inline-size: 44%;
  }
  .ghost-3 .ghost-text {
    inline-size: 61%;
  }
  .ghost-4 .ghost-text {
    inline-size: 29%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.5;
    }
  }
`
