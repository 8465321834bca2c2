import { deep } from '../../../stories/src/stage/deep.ts'
import { around, isShown, named, stage } from './page.ts'

/** Rounding. */
const TOLERANCE = 1
/** What may be moved sideways by itself. */
const SCROLLERS = 'pre, code'
const CONTROLS = 'button, a[href], input, textarea, select, summary'

interface Edges {
  left: number
  right: number
  /** Whether something around cuts off what sticks out. */
  cut: boolean
}

/** What is cut off or sticks out sideways, and what has to be scrolled sideways to be read. */
export function overflow(): string[] {
  const problems: string[] = []
  const page = document.documentElement
  const wider = page.scrollWidth - page.clientWidth
  if (wider > TOLERANCE) problems.push(`overflow: the page is ${wider} px wider than its window`)
  const known = new Map<Element, Edges>()
  const outside = new Set<Element>()
  for (const element of deep(stage())) {
    if (!isShown(element) || element.matches(SCROLLERS)) continue
    if (scrollsSideways(element)) problems.push(`overflow: ${named(element)} scrolls sideways`)
    const edges = edgesOf(element, known)
    const out = outBy(element, edges)
    if (out <= TOLERANCE || (edges.cut && !element.matches(CONTROLS))) continue
    // What stands in something that sticks out does so too: the outermost is named.
    outside.add(element)
    const parent = around(element)
    if (parent && outside.has(parent)) continue
    const how = edges.cut ? 'is cut off' : 'sticks out'
    problems.push(`overflow: ${named(element)} ${how} by ${Math.round(out)} px`)
  }
  return problems
}

/** What only screen readers read is a pixel wide, wherever it stands. */
function outBy(element: Element, edges: Edges): number {
  const { left, right, width } = element.getBoundingClientRect()
  return width <= 1 ? 0 : Math.max(edges.left - left, right - edges.right)
}

/** How far an element may reach sideways: the window, and what cuts off around it. */
function edgesOf(element: Element, known: Map<Element, Edges>): Edges {
  const box = around(element)
  if (!box) return { left: 0, right: document.documentElement.clientWidth, cut: false }
  const before = known.get(box)
  if (before) return before
  const outer = edgesOf(box, known)
  const { left, right } = box.getBoundingClientRect()
  const edges =
    getComputedStyle(box).overflowX === 'visible' || box === document.documentElement
      ? outer
      : { left: Math.max(outer.left, left), right: Math.min(outer.right, right), cut: true }
  known.set(box, edges)
  return edges
}

function scrollsSideways(element: Element): boolean {
  if (!['auto', 'scroll'].includes(getComputedStyle(element).overflowX)) return false
  return element.scrollWidth > element.clientWidth + TOLERANCE && element.clientWidth > 0
}
