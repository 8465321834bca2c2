import type { Clock } from '../../clock.ts'

export interface IdleOptions {
  clock: Clock
  /** How long nobody does anything before nobody is there, milliseconds. */
  idleAfterMs: number
  /** The same for a page that is hidden. */
  hiddenIdleMs: number
  /** Nobody is there, or somebody is again; told on each change. */
  onChange(idle: boolean): void
}

/** What people do; the page itself never does any of it. Scrolling is left out: scripts do that, and following does. */
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'touchmove']

/** Tells whether somebody is at this page, until the returned function is called; silent where there is no document. */
export function watchIdle({ clock, idleAfterMs, hiddenIdleMs, onChange }: IdleOptions): () => void {
  if (typeof document === 'undefined') return () => {}
  const ended = new AbortController()
  let idle = false
  let timer: unknown
  let activeAt = clock.now()
  let hiddenAt = document.visibilityState === 'hidden' ? activeAt : undefined

  const dueAt = () =>
    Math.min(activeAt + idleAfterMs, hiddenAt === undefined ? Infinity : hiddenAt + hiddenIdleMs)

  function look() {
    clock.clearTimeout(timer)
    const wait = dueAt() - clock.now()
    if (idle !== wait <= 0) {
      idle = !idle
      onChange(idle)
    }
    // One timer however much is done: when it is due, what was done meanwhile counts.
    if (!idle) timer = clock.setTimeout(look, wait)
  }

  function act() {
    // What is hidden cannot be used, whatever scripts do with it.
    if (hiddenAt !== undefined) return
    activeAt = clock.now()
    if (idle) look()
  }

  const how = { signal: ended.signal, passive: true, capture: true }
  for (const type of INPUTS) document.addEventListener(type, act, how)
  const seen = () => {
    const isHidden = document.visibilityState === 'hidden'
    hiddenAt = isHidden ? clock.now() : undefined
    // Whoever comes back to the page is there.
    if (!isHidden) activeAt = clock.now()
    look()
  }
  document.addEventListener('visibilitychange', seen, how)
  look()
  return () => {
    ended.abort()
    clock.clearTimeout(timer)
  }
}
