import { html, LitElement, type TemplateResult } from 'lit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERSON_COLOURS } from './person.ts'
import { tokens } from './tokens.css.ts'

// Row 16 of the accessibility specification: every colour that the kit derives is read back from the browser and
// measured as WCAG does, for brands of all hues, in both schemes.

const SURFACES = ['surface', 'sunken', 'raised']

/** What is drawn on what, and the least contrast it has to have. */
const PAIRS: [front: string, backs: string[], least: number][] = [
  ['text', [...SURFACES, 'accent-quiet'], 4.5],
  ['quiet', SURFACES, 4.5],
  ['accent-text', [...SURFACES, 'accent-quiet'], 4.5],
  ['on-accent-quiet', ['accent-quiet'], 4.5],
  // Also the text of one's own messages on their bubbles.
  ['on-accent', ['accent'], 4.5],
  ['focus', [...SURFACES, 'accent-quiet'], 3],
  ['border-strong', SURFACES, 3],
  ['danger', [...SURFACES, 'danger-quiet'], 4.5],
  ['warning', [...SURFACES, 'warning-quiet'], 4.5],
  ['online', SURFACES, 3],
  ['away', SURFACES, 3],
  ['offline', SURFACES, 3],
]
const NAMES = [...new Set(PAIRS.flatMap(([front, backs]) => [front, ...backs]))]

class ProbeElement extends LitElement {
  static override readonly styles = [tokens]
  protected override render(): TemplateResult {
    return html`${NAMES.map((name) => html`<i id=${name}></i>`)}
    ${Array.from({ length: PERSON_COLOURS }, (_, index) => html`<i class="avatar person-${index}"></i>`)}`
  }
}
customElements.define('test-colours', ProbeElement)

/** A brand of every hue, lightness and strength: all colours of six steps in each channel. */
const STEPS = ['00', '33', '66', '99', 'cc', 'ff']
const BRANDS = [
  ...STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`))),
  // More than most screens can show.
  ...[1, 2, 3, 4, 5, 6].map(
    (corner) => `color(display-p3 ${corner & 1} ${(corner >> 1) & 1} ${corner >> 2})`,
  ),
]

let probe: ProbeElement
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
const known = new Map<string, number>()

/** Relative luminance of a computed colour, as the screen shows it. */
function luminance(colour: string): number {
  const before = known.get(colour)
  if (before !== undefined) return before
  if (!canvas) throw new Error('there is no canvas')
  canvas.fillStyle = colour
  canvas.fillRect(0, 0, 1, 1)
  const [r = 0, g = 0, b = 0, a] = canvas.getImageData(0, 0, 1, 1).data
  if (a !== 255) throw new Error(`${colour} is not opaque`)
  const [red = 0, green = 0, blue = 0] = [r, g, b].map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const result = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  known.set(colour, result)
  return result
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const computed = (selector: string, property: 'color' | 'backgroundColor'): string => {
  const found = probe.renderRoot.querySelector(selector)
  if (!found) throw new Error(`there is no ${selector}`)
  return getComputedStyle(found)[property]
}

beforeAll(async () => {
  probe = document.body.appendChild(new ProbeElement())
  await probe.updateComplete
  for (const name of NAMES) {
    probe.renderRoot
      .querySelector<HTMLElement>(`#${name}`)
      ?.style.setProperty('color', `var(--_${name})`)
  }
})
afterAll(() => probe.remove())

describe.each(['light', 'dark'])('[A11Y-16] in the %s scheme', (scheme) => {
  beforeAll(() => void (probe.style.colorScheme = scheme))

  it('every text, border and ring of the kit can be seen, whatever the brand', () => {
    const worst = new Map<string, { ratio: number; brand: string; least: number }>()
    for (const brand of BRANDS) {
      probe.style.setProperty('--collab-brand', brand)
      const colours = Object.fromEntries(NAMES.map((name) => [name, computed(`#${name}`, 'color')]))
      for (const [front, backs, least] of PAIRS) {
        for (const back of backs) {
          const ratio = contrast(colours[front] ?? '', colours[back] ?? '')
          const pair = `${front} on ${back}`
          if (ratio < (worst.get(pair)?.ratio ?? Infinity)) worst.set(pair, { ratio, brand, least })
        }
      }
    }
    expect([...worst].filter(([, { ratio, least }]) => ratio < least)).toEqual([])
  })

  it('initials can be read on the colour of every person', () => {
    const ratios = Array.from({ length: PERSON_COLOURS }, (_, index) =>
      contrast(
        computed(`.person-${index}`, 'color'),
        computed(`.person-${index}`, 'backgroundColor'),
      ),
    )
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5)
  })
})
