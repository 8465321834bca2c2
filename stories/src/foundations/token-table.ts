import '@collab-kit/components/collab-sign-in'
import { contrast, toRgb } from './colours.ts'

/** A colour, the ground it stands on, and how much they have to differ. */
interface Pair {
  token: string
  /** Names of the two inside the elements. */
  colour: string
  ground: string
  on: string
  least: number
}

const TEXT = 4.5
const LINE = 3

const pairs: Pair[] = [
  { token: '--collab-text', colour: 'text', ground: 'surface', on: 'surface', least: TEXT },
  { token: '--collab-text', colour: 'text', ground: 'sunken', on: 'surface-sunken', least: TEXT },
  { token: '--collab-text', colour: 'text', ground: 'raised', on: 'surface-raised', least: TEXT },
  { token: '--collab-text-quiet', colour: 'quiet', ground: 'surface', on: 'surface', least: TEXT },
  {
    token: '--collab-text-quiet',
    colour: 'quiet',
    ground: 'sunken',
    on: 'surface-sunken',
    least: TEXT,
  },
  { token: '--collab-on-accent', colour: 'on-accent', ground: 'accent', on: 'accent', least: TEXT },
  {
    token: '--collab-accent-text',
    colour: 'accent-text',
    ground: 'surface',
    on: 'surface',
    least: TEXT,
  },
  {
    token: '--collab-accent-text',
    colour: 'accent-text',
    ground: 'sunken',
    on: 'surface-sunken',
    least: TEXT,
  },
  {
    token: '--collab-on-accent-quiet',
    colour: 'on-accent-quiet',
    ground: 'accent-quiet',
    on: 'accent-quiet',
    least: TEXT,
  },
  {
    token: '--collab-danger-text',
    colour: 'danger',
    ground: 'surface',
    on: 'surface',
    least: TEXT,
  },
  {
    token: '--collab-danger-text',
    colour: 'danger',
    ground: 'danger-quiet',
    on: 'danger-quiet',
    least: TEXT,
  },
  {
    token: '--collab-warning-text',
    colour: 'warning',
    ground: 'warning-quiet',
    on: 'warning-quiet',
    least: TEXT,
  },
  { token: '--collab-focus', colour: 'focus', ground: 'surface', on: 'surface', least: LINE },
  { token: '--collab-focus', colour: 'focus', ground: 'sunken', on: 'surface-sunken', least: LINE },
  {
    token: '--collab-border-strong',
    colour: 'border-strong',
    ground: 'surface',
    on: 'surface',
    least: LINE,
  },
  { token: '--collab-online', colour: 'online', ground: 'surface', on: 'surface', least: LINE },
  { token: '--collab-away', colour: 'away', ground: 'surface', on: 'surface', least: LINE },
  { token: '--collab-offline', colour: 'offline', ground: 'surface', on: 'surface', least: LINE },
]

const ROW = ['Token', 'On', 'Sample', 'Contrast', 'Needs'] as const

/** A root with the kit's own style sheets, in which its colours can be asked for. */
function themedRoot(host: HTMLElement): ShadowRoot {
  const model = document.createElement('collab-sign-in')
  document.body.append(model)
  const root = host.attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [...(model.shadowRoot?.adoptedStyleSheets.slice(0, 1) ?? [])]
  model.remove()
  return root
}

/**
 * Every pair of colours that has to be told apart, as it is at this place of the page, now. The contrast is measured
 * anew whenever theme or brand change.
 */
export function tokenTable(): HTMLElement {
  const host = document.createElement('div')
  const root = themedRoot(host)
  const style = document.createElement('style')
  style.textContent = STYLE
  const table = document.createElement('table')
  table.innerHTML = `<caption class="hidden">Contrast of tokens</caption>
    <thead><tr>${ROW.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead>
    <tbody>${pairs.map(rowOf).join('')}</tbody>`
  root.append(style, table)
  let last = ''
  const measure = () => {
    if (!host.isConnected && last) return
    const now = measured(table)
    if (now.join() !== last) write(table, now)
    last = now.join()
    requestAnimationFrame(measure)
  }
  requestAnimationFrame(measure)
  return host
}

const STYLE = `
  table { border-collapse: collapse; inline-size: 100%; background: var(--_surface); }
  th, td { padding: 6px 8px; text-align: start; border-block-end: 1px solid var(--_border); }
  code { font-size: 0.9em; overflow-wrap: anywhere; }
  .sample { padding: 2px 8px; border-radius: 4px; }
  .sample i { display: inline-block; inline-size: 12px; block-size: 12px; border-radius: 50%; background: currentColor; }
  .low { color: var(--_danger); font-weight: 700; }
  @media (width < 480px) { th:nth-child(2), td:nth-child(2), th:nth-child(5), td:nth-child(5) { display: none; } }
`

const rowOf = ({ token, colour, ground, on, least }: Pair): string => `<tr>
  <td><code>${token}</code></td><td>${on}</td>
  <td><span class="sample" aria-hidden="true" style="color: var(--_${colour}); background: var(--_${ground})">${least === TEXT ? 'Aa' : '<i></i>'}</span></td>
  <td class="ratio"></td><td>${least} : 1</td></tr>`

function measured(table: HTMLElement): number[] {
  return [...table.querySelectorAll('.sample')].map((sample) => {
    const { color, backgroundColor } = getComputedStyle(sample)
    return contrast(toRgb(color), toRgb(backgroundColor))
  })
}

function write(table: HTMLElement, ratios: readonly number[]): void {
  for (const [index, cell] of [...table.querySelectorAll('.ratio')].entries()) {
    const ratio = ratios[index] ?? 0
    const isLow = ratio < (pairs[index]?.least ?? 0)
    cell.classList.toggle('low', isLow)
    cell.textContent = `${ratio.toFixed(2)} : 1${isLow ? ' – too low' : ''}`
  }
}
