/**
 * Hears whatever scrolls in the page. What scrolls in a shadow root is heard there alone: the answered function is
 * told of an element in it.
 */
export function hearScrolling(
  heard: (event: Event) => void,
  signal: AbortSignal,
): (element: Element) => void {
  const how = { capture: true, passive: true, signal }
  const known = new WeakSet<Node>()
  window.addEventListener('scroll', heard, how)
  return (element) => {
    const root = element.getRootNode()
    if (!(root instanceof ShadowRoot) || known.has(root)) return
    known.add(root)
    root.addEventListener('scroll', heard, how)
  }
}
