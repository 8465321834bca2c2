import { deep, focused } from '../../../stories/src/stage/deep.ts'
import type { Box, Focus } from './checks.ts'
import { around, named, rest, stage } from './page.ts'

export function toStart(): void {
  const root = stage()
  root.tabIndex = -1
  root.focus({ preventScroll: true })
  root.removeAttribute('tabindex')
}

/** What has the focus, once it has come to rest: a list may still scroll it into view. */
export async function focus(): Promise<Focus | undefined> {
  await rest()
  const active = focused()
  if (!active || active === document.body || active === stage()) return undefined
  const ring = [active, ...deep(active), ...allAround(active)].find(isOutlined)
  return { name: named(active), ...(ring && { ring: outlineOf(ring) }) }
}

export function blur(): void {
  const active = focused()
  if (active instanceof HTMLElement) active.blur()
}

/** A ring may be drawn around a part of what has the focus, or around the field that holds it. */
function allAround(element: Element): Element[] {
  const box = around(element)
  return box && box !== stage() ? [box, ...allAround(box)] : []
}

function isOutlined(element: Element): boolean {
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
}

function outlineOf(element: Element): Box {
  const { outlineWidth, outlineOffset } = getComputedStyle(element)
  const by = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset)
  const { left, right, top, bottom } = element.getBoundingClientRect()
  return { left: left - by, right: right + by, top: top - by, bottom: bottom + by }
}
