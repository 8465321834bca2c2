/** What is open in the page, the topmost last. */
let open: { element: HTMLElement; close: () => void }[] = []

/**
 * Has Escape close something of the top layer, where nothing else was opened after it. The press is spent then: nothing
 * that lies below hears of it.
 *
 * @param element What is open, an element with the attribute `popover`.
 * @returns ends that, once it is closed
 */
export function dismissable(element: HTMLElement, close: () => void): () => void {
  const entry = { element, close }
  // In the capture phase: what has the focus would be the first to hear it, and that may lie below.
  if (open.length === 0) window.addEventListener('keydown', dismiss, true)
  open.push(entry)
  return () => keep((each) => each !== entry)
}

function dismiss(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing) return
  // What went away together with its element never said so.
  keep(({ element }) => element.matches(':popover-open'))
  const top = open.at(-1)
  if (!top) return
  event.preventDefault()
  event.stopPropagation()
  top.close()
}

function keep(stays: (each: (typeof open)[number]) => boolean): void {
  open = open.filter(stays)
  if (open.length === 0) window.removeEventListener('keydown', dismiss, true)
}
