/** What a screen reader is given to say by an element, in order: the region and the text. */
export interface Spoken {
  readonly all: readonly string[]
  stop(): void
}

/** Listens to the live regions of an element, and of those inside it. */
export function listen(element: Element): Spoken {
  const all: string[] = []
  const root = element.shadowRoot
  if (!root) throw new Error('the element is not drawn yet')
  const take = (records: MutationRecord[]) => {
    for (const { target } of records) {
      const at = target instanceof Element ? target : target.parentElement
      const region = at?.closest('[aria-live]')
      const text = region?.textContent?.replaceAll('\u00A0', '').trim()
      if (text) all.push(`${region?.getAttribute('aria-live')}: ${text}`)
    }
  }
  const observer = new MutationObserver(take)
  observer.observe(root, { subtree: true, childList: true, characterData: true })
  return {
    get all() {
      take(observer.takeRecords())
      return all
    },
    stop: () => observer.disconnect(),
  }
}
