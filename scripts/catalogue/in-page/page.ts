import { deep } from '../../../stories/src/stage/deep.ts'

/** Where the story stands. */
export const stage = (): HTMLElement =>
  document.querySelector<HTMLElement>('.stage') ?? document.body

export const isShown = (element: Element): boolean =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true })

/** What to call an element in a sentence. */
export function named(element: Element): string {
  const root = element.getRootNode()
  const where = root instanceof ShadowRoot ? `${root.host.localName} › ` : ''
  const classes = [...element.classList].map((name) => `.${name}`).join('')
  return `${where}${element.localName}${element.id ? `#${element.id}` : classes}`
}

/** What an element stands in, as it is drawn. */
export function around(element: Element): Element | undefined {
  if (element.assignedSlot) return element.assignedSlot
  if (element.parentElement) return element.parentElement
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}

const frame = () =>
  new Promise<void>((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  )

/** Ends movements and waits until nothing waits to be drawn. */
export async function rest(): Promise<void> {
  for (let round = 0; round < 100; round++) {
    await frame()
    const elements = [...deep(stage())]
    const moving = movements(elements)
    for (const movement of moving) movement.finish()
    if (moving.length === 0 && !elements.some(waits)) return
  }
}

const waits = (element: Element): boolean =>
  'isUpdatePending' in element && element.isUpdatePending === true

/** Those that come to an end. */
function movements(elements: readonly Element[]): Animation[] {
  const roots = [document, ...elements.flatMap((each) => each.shadowRoot ?? [])]
  return roots
    .flatMap((root) => root.getAnimations())
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
}
