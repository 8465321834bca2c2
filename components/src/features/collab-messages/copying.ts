import { css, type ReactiveController } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import { momentOf } from './moments.ts'

/** A chat on paper is its messages, all that are drawn. */
export const printStyles = css`
  @media print {
    :host {
      block-size: auto;
      contain-intrinsic-inline-size: auto;
    }
    .base,
    .main,
    .scroller {
      display: block;
      block-size: auto;
      overflow: visible;
    }
    .below,
    .jump,
    .typing,
    .older,
    .banner {
      display: none;
    }
    .row {
      break-inside: avoid;
    }
  }
`

/** Several messages that are copied say who wrote each and when; within one it is the text alone, as everywhere. */
export class Copying implements ReactiveController {
  readonly #host: HTMLElement
  readonly #localize: Localize

  constructor(host: HTMLElement, localize: Localize) {
    this.#host = host
    this.#localize = localize
  }

  hostConnected(): void {
    this.#host.shadowRoot?.addEventListener('copy', this.#copy as EventListener)
  }

  hostDisconnected(): void {
    this.#host.shadowRoot?.removeEventListener('copy', this.#copy as EventListener)
  }

  readonly #copy = (event: ClipboardEvent): void => {
    const root = this.#host.shadowRoot
    const range = root && selectionIn(root)
    if (!range) return
    const articles = [...root.querySelectorAll('article')].filter((article) =>
      range.intersectsNode(article),
    )
    if (articles.length < 2) return
    const lines = articles.map((article) => line(article, this.#localize))
    event.clipboardData?.setData('text/plain', lines.join('\n'))
    event.preventDefault()
  }
}

function line(article: Element, localize: Localize): string {
  const text = (part: string) =>
    article.querySelector(`[part~=${part}]`)?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? ''
  // White space of the message itself is its own.
  const body = article.querySelector('[part~=message-body]')?.textContent?.trim() ?? ''
  return `[${momentOf(article, localize)}] ${text('message-author')}: ${body}`
}

/** What is selected inside: browsers tell it in one of two ways. */
function selectionIn(root: ShadowRoot): Range | undefined {
  const selection = document.getSelection()
  const [given] = selection?.getComposedRanges?.({ shadowRoots: [root] }) ?? []
  if (!given || !root.contains(given.startContainer) || !root.contains(given.endContainer)) return
  const range = document.createRange()
  range.setStart(given.startContainer, given.startOffset)
  range.setEnd(given.endContainer, given.endOffset)
  return range
}
