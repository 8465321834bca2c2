import type { Page } from '@playwright/test'

/** What can be seen of the focus, in pixels of enough contrast at each side. */
export type Ring = Record<'left' | 'right' | 'top' | 'bottom', number>

/** Compares the page with the focus to the page without it; nothing when nothing has the focus. */
export async function ringOf(page: Page): Promise<{ name: string; ring: Ring } | undefined> {
  const focused = await page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    if (!active || active === document.body) return undefined
    // A message shows it at its bubble, a text field at the frame around it.
    const shown =
      active.querySelector('[part=message-body]') ??
      (active.localName === 'textarea' ? active.closest('.field') : null) ??
      active
    const { left, right, top, bottom } = shown.getBoundingClientRect()
    const name = active.getAttribute('data-key') ?? active.getAttribute('part') ?? active.localName
    return { name, left, right, top, bottom }
  })
  if (!focused) return undefined
  const picture = async () => (await page.screenshot({ animations: 'disabled' })).toString('base64')
  const withFocus = await picture()
  await page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    if (active instanceof HTMLElement) active.blur()
  })
  const without = await picture()
  const ring = await page.evaluate(measure, { ...focused, withFocus, without })
  return { name: focused.name, ring }
}

interface Question {
  left: number
  right: number
  top: number
  bottom: number
  withFocus: string
  without: string
}

/** Runs in the page. Counts, along the middle lines, the pixels that the focus changes by 3:1 and more. */
async function measure({ left, right, top, bottom, withFocus, without }: Question): Promise<Ring> {
  const pixels = async (png: string) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.codePointAt(0) ?? 0)
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    if (!context) throw new Error('there is no canvas')
    context.drawImage(bitmap, 0, 0)
    return context.getImageData(0, 0, bitmap.width, bitmap.height)
  }
  const [one, other] = [await pixels(withFocus), await pixels(without)]
  const luminance = ({ data, width }: ImageData, x: number, y: number) => {
    const at = (y * width + x) * 4
    const linear = (value = 0) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }
    return 0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2])
  }
  const changed = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= one.width || y >= one.height) return false
    const [dark = 0, light = 0] = [luminance(one, x, y), luminance(other, x, y)].toSorted(
      (a, b) => a - b,
    )
    return (light + 0.05) / (dark + 0.05) >= 3
  }
  const [middleX, middleY] = [Math.round((left + right) / 2), Math.round((top + bottom) / 2)]
  /** From a little inside the edge to a little outside of it. */
  const count = (edge: number, isChanged: (at: number) => boolean) => {
    let found = 0
    for (let at = Math.round(edge) - 6; at < Math.round(edge) + 6; at++) if (isChanged(at)) found++
    return found
  }
  return {
    left: count(left, (x) => changed(x, middleY)),
    right: count(right, (x) => changed(x, middleY)),
    top: count(top, (y) => changed(middleX, y)),
    bottom: count(bottom, (y) => changed(middleX, y)),
  }
}

/** Controls too small to be hit, by the rule of 2.5.8: so large, or so far from the next. */
export function smallTargets(page: Page, least: number, { spaced }: { spaced: boolean }) {
  return page.evaluate(
    ([smallest, mayBeSpaced]) => {
      const roots: ParentNode[] = [window.demo.element.shadowRoot]
      const controls: Element[] = []
      for (const root of roots) {
        for (const each of root.querySelectorAll('*')) {
          if (each.shadowRoot) roots.push(each.shadowRoot)
          if (each.matches('button, a[href], input, textarea, select, summary')) controls.push(each)
        }
      }
      // A link in a sentence is as large as its line.
      const targets = controls.filter(
        (each) => each.checkVisibility() && !each.closest('[part~=message-body]'),
      )
      const middle = ({ left, right, top, bottom }: DOMRect) => [
        (left + right) / 2,
        (top + bottom) / 2,
      ]
      return targets
        .filter((each) => {
          const box = each.getBoundingClientRect()
          if (box.width >= smallest - 0.5 && box.height >= smallest - 0.5) return false
          const [x = 0, y = 0] = middle(box)
          const alone = targets.every((next) => {
            if (next === each) return true
            const [nextX = 0, nextY = 0] = middle(next.getBoundingClientRect())
            return Math.hypot(x - nextX, y - nextY) >= smallest
          })
          return !(mayBeSpaced && alone)
        })
        .map((each) => {
          const { width, height } = each.getBoundingClientRect()
          return `${each.getAttribute('part') ?? each.className}: ${Math.round(width)} × ${Math.round(height)}`
        })
    },
    [least, spaced] as const,
  )
}

/** What is cut off, sticks out or makes the page scroll sideways. */
export function lost(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = []
    const page = document.documentElement
    if (page.scrollWidth > page.clientWidth)
      problems.push(`the page is ${page.scrollWidth} px wide`)
    const roots: ParentNode[] = [window.demo.element.shadowRoot]
    for (const root of roots) {
      for (const each of root.querySelectorAll<HTMLElement>('*')) {
        if (each.shadowRoot) roots.push(each.shadowRoot)
        if (!each.checkVisibility() || each.closest('.hidden, [aria-hidden=true], svg')) continue
        // Grey shapes of what is still to come: there is nothing to lose.
        if (each.querySelector(':scope > .skeleton')) continue
        const name = each.getAttribute('part') ?? each.className
        const { clipPath, overflowX, overflowY, textOverflow } = getComputedStyle(each)
        if (clipPath === 'inset(50%)') continue
        const [wide, high] = [
          each.scrollWidth - each.clientWidth,
          each.scrollHeight - each.clientHeight,
        ]
        if (['auto', 'scroll'].includes(overflowX) && wide > 1)
          problems.push(`${name} scrolls sideways`)
        const cuts = !['auto', 'scroll', 'visible'].includes(overflowY) && each.clientHeight > 0
        const { bottom } = each.getBoundingClientRect()
        // What is there for screen readers alone may stand anywhere.
        const seen = [...each.querySelectorAll('*')].filter(
          (child) => !child.closest('.hidden, .skeleton, svg'),
        )
        const inner = seen.find((child) => {
          const box = child.closest('.scroller, .stage')
          return (!box || box === child) && child.getBoundingClientRect().bottom > bottom + 1
        })
        if (cuts && (inner ?? (seen.length === 0 && high > 1)))
          problems.push(`${name} is cut off below`)
        // One line that ends in an ellipsis is whole for assistive technology, and as its own tooltip.
        // A field of one line scrolls its own text.
        const whole = textOverflow === 'ellipsis' || each.localName === 'input'
        if (['hidden', 'clip'].includes(overflowX) && wide > 1 && !whole)
          problems.push(`${name} is cut off by ${wide} px at its end`)
        if (!each.matches('button, input, textarea')) continue
        const { left, right } = each.getBoundingClientRect()
        if (left < -1 || right > page.clientWidth + 1) problems.push(`${name} sticks out`)
      }
    }
    return problems
  })
}
