import { css, html, nothing, render, type TemplateResult } from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { keyboardHelp } from '../../kit/localize/en/keyboard-help.ts'
import { options } from '../../kit/localize/en/options.ts'
import { liveRegions } from '../../kit/live-regions.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Announce } from '../chat/announce-choice.ts'
import { announceOptions, announceStyles } from './announce-options.ts'

export interface OptionsContext {
  localize: Localize
  /** How much is said as far as the person has not chosen. */
  announce: Announce | undefined
  /** Whether single keys do something. */
  shortcuts: 'on' | 'off' | undefined
  /** Whether there is a composer to tell about. */
  canWrite: boolean
}

type Key = keyof typeof keyboardHelp

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

/**
 * Lets people choose what is announced, and shows which keys do what. The browser's own modal dialog: it takes the
 * focus, Escape closes it, the focus returns.
 */
export function showOptions(root: ShadowRoot, context: OptionsContext): void {
  if (root.querySelector('dialog')) return
  context.localize.include({ ...options, ...keyboardHelp })
  const holder = document.createElement('div')
  const sheet = styles.styleSheet
  if (sheet) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  const closed = () => {
    holder.remove()
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet)
  }
  root.querySelector('.base')?.append(holder)
  render(
    html`<dialog part="keyboard-help" aria-labelledby="options-title" @close=${closed}>
      ${content(context)}
    </dialog>`,
    holder,
  )
  holder.querySelector('dialog')?.showModal()
}

function content({ localize, announce, shortcuts, canWrite }: OptionsContext): TemplateResult {
  const reading = READING.filter(([, what]) => what !== 'keysHelp' || shortcuts !== 'off')
  const row = ([keys, what]: [string[], Key]) =>
    html`<div class="keys-row">
      <dt dir="ltr">${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
      <dd>${localize.text(what)}</dd>
    </div>`
  return html`<h2 class="text" id="options-title">${localize.text('options')}</h2>
    ${announceOptions(localize, announce)}
    <h3 class="text">${localize.text('keysTitle')}</h3>
    <dl>${reading.map(row)} ${canWrite ? WRITING.map(row) : nothing}</dl>
    <form method="dialog">
      <button class="button">${localize.text('keysClose')}</button>
    </form>
    ${liveRegions()}`
}

const styles = css`
  ${buttonStyles} ${announceStyles}
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
    align-items: flex-start;
    align-content: flex-start;
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
