export type Hint = 'online' | 'offline' | 'visible' | 'hidden' | 'shown'

/** Tells what the browser knows about network and page; silent where there is no browser. */
export function watchHints(tell: (hint: Hint) => void): () => void {
  if (typeof window === 'undefined') return () => {}
  const ended = new AbortController()
  const listen = (target: EventTarget, type: string, handler: (event: Event) => void) =>
    target.addEventListener(type, handler, { signal: ended.signal })
  listen(window, 'online', () => tell('online'))
  listen(window, 'offline', () => tell('offline'))
  listen(window, 'pagehide', () => tell('hidden'))
  listen(window, 'pageshow', (event) => {
    // The first `pageshow` of a page is none of ours: nothing was hidden before.
    if ((event as PageTransitionEvent).persisted) tell('shown')
  })
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') tell('visible')
  })
  return () => ended.abort()
}
