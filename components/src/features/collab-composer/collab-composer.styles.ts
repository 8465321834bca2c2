import { css, type CSSResult } from 'lit'
import { composerStyles } from './composer.styles.ts'

const alone = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
`

export const styles: CSSResult[] = [alone, composerStyles]
