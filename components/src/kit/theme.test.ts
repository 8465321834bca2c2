import { css, type CSSResultGroup, html, LitElement, type TemplateResult } from 'lit'
import { afterEach, describe, expect, it } from 'vitest'
import { cdp } from 'vitest/browser'
import { avatar } from './avatar.ts'
import { buttonStyles } from './button.styles.ts'
import type { Density, Theme } from './element.ts'
import { tokens } from './tokens.css.ts'

const own = css`
  .room {
    inline-size: calc(100px + 10px * var(--_dense));
  }
  .moving {
    animation: turn 9s linear infinite;
    transition: opacity 9s;
  }
  .shown {
    display: block;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
`

class ThemedElement extends LitElement {
  static override readonly styles: CSSResultGroup = [tokens, buttonStyles, own]
  static override readonly properties = {
    theme: { reflect: true },
    density: { reflect: true },
  }
  declare theme: Theme | undefined
  declare density: Density | undefined
  protected override render(): TemplateResult {
    return html`<i class="surface"></i><i class="border"></i><i class="strong"></i>
      <i class="quiet"></i><i class="text"></i>
      <div class="room"></div>
      <div class="moving" part="moving"></div>
      <div class="shown" part="shown"></div>
      <div class="shown" part="shown" id="gone" hidden></div>
      <button class="button primary" part="button">x</button>
      ${avatar('ann', 'Ann')}<slot></slot>`
  }
  /** A computed value of something inside. */
  look(selector: string, property: string): string {
    const found = this.renderRoot.querySelector(selector)
    if (!found) throw new Error(`there is no ${selector}`)
    return getComputedStyle(found).getPropertyValue(property)
  }
  /** A private colour as the browser resolves it. */
  colour(name: string): string {
    const probe = this.renderRoot.querySelector<HTMLElement>('.surface')
    if (!probe) throw new Error('there is no probe')
    probe.style.color = `var(--_${name})`
    return getComputedStyle(probe).color
  }
}
customElements.define('test-themed', ThemedElement)

async function themed(
  properties: Partial<Pick<ThemedElement, 'theme' | 'density'>> = {},
  parent: Element = document.body,
): Promise<ThemedElement> {
  const element = Object.assign(new ThemedElement(), properties)
  parent.append(element)
  await element.updateComplete
  return element
}

function place(style: string, parent: Element = document.body): HTMLElement {
  const div = parent.appendChild(document.createElement('div'))
  div.style.cssText = style
  return div
}

function pageRule(css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  document.adoptedStyleSheets = [sheet]
}

const prefers = (features: Record<string, string>) =>
  cdp().send('Emulation.setEmulatedMedia', {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  })

afterEach(async () => {
  document.body.replaceChildren()
  document.adoptedStyleSheets = []
  await prefers({})
})

const LIGHT = 'rgb(255, 255, 255)'
const DARK = 'rgb(23, 24, 28)'

describe('the scheme', () => {
  it.each([
    ['color-scheme: light', undefined, LIGHT],
    ['color-scheme: dark', undefined, DARK],
    ['color-scheme: dark', 'inherit', DARK],
    ['color-scheme: dark', 'light', LIGHT],
    ['color-scheme: light', 'dark', DARK],
    ['', undefined, LIGHT],
  ] as const)('of a place with %j and theme %j is found', async (style, theme, surface) => {
    const element = await themed({ theme }, place(style))
    expect(element.colour('surface')).toBe(surface)
  })

  it('is turned around again and again by what stands inside each other', async () => {
    const dark = await themed({ theme: 'dark' })
    const inner = await themed({}, dark)
    const light = await themed({ theme: 'light' }, dark)
    const innermost = await themed({}, place('color-scheme: dark', light))
    expect([dark, inner, light, innermost].map((each) => each.colour('surface'))).toEqual([
      DARK,
      DARK,
      LIGHT,
      DARK,
    ])
  })

  it('of the system is followed where it is asked for, and only there', async () => {
    const asked = await themed({ theme: 'system' }, place('color-scheme: light'))
    const other = await themed({}, place('color-scheme: light'))
    const page = await themed({}, place('color-scheme: light dark'))
    await prefers({ 'prefers-color-scheme': 'dark' })
    expect([asked, other, page].map((each) => each.colour('surface'))).toEqual([DARK, LIGHT, DARK])
    await prefers({ 'prefers-color-scheme': 'light' })
    expect([asked, page].map((each) => each.colour('surface'))).toEqual([LIGHT, LIGHT])
  })
})

describe('density', () => {
  it.each([
    [undefined, '', '100px'],
    [undefined, '-1', '90px'],
    [undefined, '1', '110px'],
    ['compact', '', '90px'],
    ['roomy', '', '110px'],
    // What is said of one element is nearer than what is said of the page.
    ['cozy', '-1', '100px'],
    ['roomy', '-1', '110px'],
    ['compact', '1', '90px'],
  ] as const)(
    'as the attribute %j in a page of %j makes room of %s',
    async (density, token, room) => {
      const element = await themed({ density }, place(token && `--collab-density: ${token}`))
      expect(element.look('.room', 'inline-size')).toBe(room)
    },
  )
})

describe('the page', () => {
  it('gives a colour anywhere around, and the rest follows', async () => {
    const element = await themed({}, place('--collab-brand: #b91c1c; --collab-surface: #fff8f0'))
    expect(element.colour('accent')).toBe('rgb(185, 28, 28)')
    expect(element.colour('surface')).toBe('rgb(255, 248, 240)')
    expect(element.colour('on-accent')).toBe('color(xyz-d65 0.9505 1 1.089)')
  })

  it('has its ::part rules win without !important', async () => {
    pageRule('test-themed::part(button) { background: rgb(1, 2, 3); border-radius: 1px }')
    const element = await themed()
    expect(element.look('.button', 'background-color')).toBe('rgb(1, 2, 3)')
    expect(element.look('.button', 'border-radius')).toBe('1px')
  })

  it('cannot show by ::part what is hidden, and may change how the rest is shown', async () => {
    pageRule('test-themed::part(shown) { display: grid !important }')
    const element = await themed()
    expect(element.look('#gone', 'display')).toBe('none')
    expect(element.look('.shown', 'display')).toBe('grid')
  })

  it('hides an element by its own attribute', async () => {
    const element = await themed()
    element.hidden = true
    expect(getComputedStyle(element).display).toBe('none')
  })
})

describe('[A11Y-20] reduced motion', () => {
  const moves = (element: ThemedElement) =>
    element.renderRoot.querySelector('.moving')?.getAnimations().length

  it('stops every movement, also what a page brings in', async () => {
    pageRule('test-themed::part(moving) { animation-duration: 3s; transition: all 3s }')
    const element = await themed()
    expect(moves(element)).toBe(1)
    await prefers({ 'prefers-reduced-motion': 'reduce' })
    expect(moves(element)).toBe(0)
    expect(element.look('.moving', 'transition-duration')).toBe('0s')
  })

  it('is a page’s choice too', async () => {
    const element = await themed({}, place('--collab-motion: 0'))
    expect(moves(element)).toBe(0)
    expect(moves(await themed({}, place('--collab-motion: 1')))).toBe(1)
  })
})

it('[A11Y-21] forced colours leave only those of the system, and a ring that is seen', async () => {
  const element = await themed()
  await prefers({ 'forced-colors': 'active' })
  const system = (name: string) => {
    const probe = place(`color: ${name}; forced-color-adjust: none`)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
  expect(element.look('.avatar', 'background-color')).toBe(system('Canvas'))
  expect(element.look('.avatar', 'color')).toBe(system('CanvasText'))
  expect(element.look('.button', 'background-color')).toBe(system('ButtonFace'))
  expect(element.look('.button', 'color')).toBe(system('ButtonText'))
  expect(element.look('.button', 'border-top-style')).toBe('solid')
  expect(element.look('.button', 'border-top-color')).not.toBe(system('ButtonFace'))
  element.renderRoot
    .querySelector<HTMLElement>('.button')
    ?.focus({ focusVisible: true } as FocusOptions)
  expect(element.look('.button', 'outline-style')).toBe('solid')
  expect(element.look('.button', 'outline-width')).toBe('2px')
  expect([system('CanvasText'), system('ButtonText'), system('Highlight')]).toContain(
    element.look('.button', 'outline-color'),
  )
})

it('[A11Y-22] who prefers more contrast gets firm lines and no quiet text', async () => {
  const element = await themed()
  const colours = () =>
    ['border', 'border-strong', 'quiet', 'text'].map((name) => element.colour(name))
  const [border, strong, quiet, text] = colours()
  expect([border, quiet]).not.toEqual([strong, text])
  await prefers({ 'prefers-contrast': 'more' })
  expect(colours()).toEqual([strong, strong, text, text])
})
