import { css, html, nothing, render, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { keyboardHelp as texts } from '../../kit/localize/en/keyboard-help.ts'
import { liveRegions } from '../../kit/live-regions.ts'
import type { Localize } from '../../kit/localize/localize.ts'

export interface KeyboardHelpContext {
  localize: Localize
  /** Whether there is a composer to tell about. */
  canWrite: boolean
}

type Key = keyof typeof texts

const READING: [keys: string[], what: Key][] = [
  [['↑', '↓'], 'keysUpDown'],
  [['Home', 'End'], 'keysHomeEnd'],
  [['Enter'], 'keysEnter'],
  [['Esc'], 'keysEscape'],
  [['Ctrl + Home', 'Ctrl + End'], 'keysLeave'],
  [['?'], 'keysHelp'],
]
const WRITING: [keys: string[], what: Key][] = [
  [['Enter'], 'keysSend'],
  [['Shift + Enter'], 'keysNewLine'],
  [['Alt + ↑'], 'keysToMessages'],
]

/** Shows which keys do what. The browser's own modal dialog: it takes the focus, Escape closes it, the focus returns. */
export function showKeyboardHelp(
  root: ShadowRoot,
  { localize, canWrite }: KeyboardHelpContext,
): void {
  if (root.querySelector('dialog')) return
  localize.include(texts)
  const holder = document.createElement('div')
  const sheet = styles.styleSheet
  if (sheet) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  const closed = () => {
    holder.remove()
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet)
  }
  root.querySelector('.base')?.append(holder)
  render(
    html`<dialog part="keyboard-help" aria-labelledby="keys-title" @close=${closed}>
      ${content(localize, canWrite)}
    </dialog>`,
    holder,
  )
  holder.querySelector('dialog')?.showModal()
}

function content(localize: Localize, canWrite: boolean): TemplateResult {
  const row = ([keys, what]: [string[], Key]) =>
    html`<div class="keys-row">
      <dt dir="ltr">${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
      <dd>${localize.text(what)}</dd>
    </div>`
  return html`<h2 id="keys-title">${localize.text('keysTitle')}</h2>
    <dl>${READING.map(row)} ${canWrite ? WRITING.map(row) : nothing}</dl>
    <form method="dialog">
      <button class="button">${localize.text('keysClose')}</button>
    </form>
    ${liveRegions()}`
}

const styles = css`
  ${buttonStyles}
  dialog {
    max-inline-size: min(440px, 92vw);
    max-block-size: 86vh;
    padding: 20px 24px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    color: var(--_text);
    box-shadow: var(--_shadow);
    overflow: auto;
  }
  dialog::backdrop {
    background: var(--collab-scrim, rgb(0 0 0 / 40%));
  }
  dialog h2 {
    margin: 0 0 12px;
    font-size: 1.1333em;
  }
  dialog dl {
    display: grid;
    grid-template-columns: fit-content(45%) 1fr;
    column-gap: 20px;
    margin: 0 0 16px;
  }
  .keys-row {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    padding-block: 6px;
    border-block-start: 1px solid var(--_border);
  }
  dt {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  dd {
    margin: 0;
  }
  kbd {
    padding: 1px 6px;
    border: 1px solid var(--_border-strong);
    border-radius: 5px;
    font: inherit;
    font-size: 0.8667em;
    white-space: nowrap;
  }
`
