import { css, html, type TemplateResult } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import { ANNOUNCE, type Announce, announceFor, chooseAnnounce } from '../chat/announce-choice.ts'

const TEXTS = { full: 'announceFull', summary: 'announceSummary', off: 'announceOff' } as const

/** Lets a person choose how much of what arrives their screen reader says. */
export function announceOptions(localize: Localize, page: Announce | undefined): TemplateResult {
  const chosen = announceFor(page)
  return html`<fieldset class="choices" part="announce-options">
    <legend class="text">${localize.text('announceLegend')}</legend>
    ${ANNOUNCE.map(
      (each) =>
        html`<label class="choice">
          <input
            type="radio"
            name="announce"
            value=${each}
            ?checked=${each === chosen}
            ?autofocus=${each === chosen}
            @change=${() => chooseAnnounce(each)}
          />
          <span class="text">${localize.text(TEXTS[each])}</span>
        </label>`,
    )}
  </fieldset>`
}

export const announceStyles = css`
  .choices {
    margin: 0 0 16px;
    padding: 0;
    border: 0;
  }
  legend,
  dialog h3 {
    margin: 0 0 6px;
    padding: 0;
    color: var(--_quiet);
    font-size: 0.8667em;
    font-weight: 600;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 32px;
    cursor: pointer;
  }
  .choice input {
    flex: none;
    inline-size: 18px;
    block-size: 18px;
    border-radius: 50%;
    accent-color: var(--_accent);
    cursor: pointer;
  }
  @media (pointer: coarse) {
    .choice {
      min-block-size: 44px;
    }
  }
`
