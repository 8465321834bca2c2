import { type Anchors, isSamePosition } from './anchors.ts'
import { Crowd, type Pointing } from './cursor-layer-crowd.ts'
import { type DrawCursor, Figure } from './cursor-layer-figure.ts'
import { CursorView } from './cursor-layer-view.ts'
import { hearScrolling } from './scrolling.ts'

export type { Pointing } from './cursor-layer-crowd.ts'
export { type CursorPerson, type DrawCursor, GLIDE_MS } from './cursor-layer-figure.ts'

/** When names stand beside cursors: always, while they move and a little longer, or never. */
export type CursorLabels = 'always' | 'move' | 'never'

export interface CursorSettings {
  /** Most cursors drawn. */
  max: number
  labels: CursorLabels
  /** How long a cursor rests before its name fades, milliseconds. */
  idleMs: number
  /** Another way to draw cursors. */
  draw?: DrawCursor | undefined
}

export const cursorDefaults: CursorSettings = { max: 30, labels: 'move', idleMs: 3000 }

/** With reduced motion cursors jump, and at most that often, milliseconds. */
export const CALM_GAP_MS = 250
/** What was measured is measured again after this time where a cursor moves: not every change of a page is told. */
const TRUST_MS = 250

/**
 * Other people's cursors over the content.
 *
 * There is a loop of frames only while something moves. A frame first reads all it needs of the layout, and nothing
 * where only cursors move; then it writes `translate` alone.
 */
export class CursorLayer {
  readonly #overlay: HTMLElement
  readonly #anchors: Anchors
  readonly #view: CursorView
  readonly #crowd = new Crowd()
  readonly #figures = new Map<string, Figure>()
  #settings = cursorDefaults
  #watching: AbortController | undefined
  #frame = 0
  #dirty: 'layout' | 'offsets' | undefined = 'layout'
  #calm = false
  #appliedAt = -Infinity
  #calmTimer: ReturnType<typeof setTimeout> | undefined
  #idleTimer: ReturnType<typeof setTimeout> | undefined

  /** @param overlay An element over the whole content, in a root with `cursorStyles`; the layer's own from now on. */
  constructor(overlay: HTMLElement, anchors: Anchors) {
    this.#overlay = overlay
    this.#anchors = anchors
    overlay.classList.add('cursors')
    // Decoration: who is where is told in words elsewhere. Whatever a page draws here takes no focus and no pointer.
    overlay.ariaHidden = 'true'
    overlay.inert = true
    this.#view = new CursorView(anchors, overlay)
  }

  /** How many cursors are drawn. */
  get size(): number {
    return this.#figures.size
  }

  /** Who is there now, and where; without those who are not to be drawn. */
  update(all: readonly Pointing[]): void {
    this.#crowd.update(all, performance.now())
    this.#choose(false)
  }

  set settings(settings: CursorSettings) {
    const before = this.#settings
    const keys = ['max', 'labels', 'idleMs', 'draw'] as const
    const same = keys.every((key) => settings[key] === before[key])
    if (same && this.#overlay.dataset['labels']) return
    const again = settings.draw !== before.draw
    this.#settings = settings
    this.#overlay.dataset['labels'] = settings.labels
    this.#choose(again)
  }

  /** The layout of the content may be another one. */
  refresh(): void {
    this.#dirty = 'layout'
    this.#anchors.forget()
    this.#schedule()
  }

  /** Takes all cursors away and listens to nothing any more; an update brings them back. */
  clear(): void {
    this.update([])
  }

  #choose(again: boolean): void {
    const { max, idleMs, draw } = this.#settings
    const chosen = this.#crowd.choose(max, idleMs, (username) => this.#figures.has(username))
    const gone = new Set(this.#figures.keys())
    const made: HTMLElement[] = []
    for (const { username, name, position, movedAt } of chosen) {
      gone.delete(username)
      let figure = this.#figures.get(username)
      if (!figure) {
        this.#figures.set(username, (figure = new Figure(username)))
        made.push(figure.element)
      }
      figure.show({ username, displayName: name }, draw, again)
      figure.movedAt = movedAt
      const known = figure.fresh ?? figure.position ?? null
      if (position && !isSamePosition(position, known)) figure.fresh = position
    }
    for (const username of gone) {
      this.#figures.get(username)?.element.remove()
      this.#figures.delete(username)
    }
    if (made.length > 0) this.#overlay.append(...made)
    this.#watch(this.#figures.size > 0)
    this.#rest()
    if ([...this.#figures.values()].some(({ fresh }) => fresh)) this.#schedule()
  }

  #schedule(): void {
    if (this.#figures.size > 0) this.#frame ||= requestAnimationFrame((now) => this.#draw(now))
  }

  #draw(now: number): void {
    this.#frame = 0
    const apply = this.#mayApply(now)
    const fresh = apply ? [...this.#figures.values()].filter((figure) => figure.fresh) : []
    const dirty = this.#dirty ?? (fresh.length > 0 && this.#view.age(now) > TRUST_MS && 'offsets')
    if (dirty) this.#measure(now, dirty)
    for (const figure of fresh) {
      figure.position = figure.fresh
      figure.fresh = undefined
      figure.measure()
      if (figure.position) figure.place(this.#view.spotOf(figure.position), now)
      if (this.#calm) figure.arrive()
    }
    let moving = false
    for (const figure of this.#figures.values()) if (figure.draw(now)) moving = true
    if (moving) this.#schedule()
  }

  #measure(now: number, what: 'layout' | 'offsets'): void {
    this.#dirty = undefined
    this.#view.measure(now, what === 'layout')
    if (what === 'layout') this.#calm = prefersCalm(this.#overlay)
    for (const figure of this.#figures.values()) {
      if (figure.position) figure.place(this.#view.spotOf(figure.position))
    }
  }

  /** Whether new positions are taken over in this frame; if not, a later one is asked for. */
  #mayApply(now: number): boolean {
    const wait = this.#calm ? this.#appliedAt + CALM_GAP_MS - now : 0
    if (wait <= 0) {
      this.#appliedAt = now
      return true
    }
    this.#calmTimer ??= setTimeout(() => {
      this.#calmTimer = undefined
      this.#schedule()
    }, wait)
    return false
  }

  /** Names of those that rest fade: one timer for the next of them. */
  #rest(): void {
    clearTimeout(this.#idleTimer)
    const { idleMs } = this.#settings
    const now = performance.now()
    let next = Infinity
    for (const figure of this.#figures.values()) {
      const left = figure.movedAt + idleMs - now
      figure.idle = left <= 0
      if (left > 0) next = Math.min(next, left)
    }
    if (next < Infinity) this.#idleTimer = setTimeout(() => this.#rest(), next + 1)
  }

  #watch(on: boolean): void {
    if (on === Boolean(this.#watching)) return
    if (!on) {
      this.#watching?.abort()
      this.#watching = undefined
      cancelAnimationFrame(this.#frame)
      clearTimeout(this.#calmTimer)
      this.#calmTimer = undefined
      this.#frame = 0
      return
    }
    this.#dirty = 'layout'
    const { signal } = (this.#watching = new AbortController())
    const { content } = this.#anchors
    const passive = { capture: true, passive: true, signal }
    const all = () => this.refresh()
    const offsets = () => {
      this.#dirty ??= 'offsets'
      this.#schedule()
    }
    const hear = hearScrolling(offsets, signal)
    hear(content)
    this.#view.found = hear
    window.addEventListener('resize', all, passive)
    window.visualViewport?.addEventListener('resize', offsets, passive)
    window.visualViewport?.addEventListener('scroll', offsets, passive)
    content.addEventListener('transitionend', all, passive)
    content.addEventListener('animationend', all, passive)
    content.addEventListener('toggle', all, passive)
    matchMedia('(prefers-reduced-motion: reduce)').addEventListener('change', all, { signal })
    const sizes = new ResizeObserver(all)
    sizes.observe(content)
    sizes.observe(this.#overlay)
    const changes = this.#watchChanges()
    signal.addEventListener('abort', () => {
      sizes.disconnect()
      changes.disconnect()
    })
  }

  /** Whatever changes in the content may have moved what cursors refer to. */
  #watchChanges(): MutationObserver {
    const { content } = this.#anchors
    const observer = new MutationObserver((records) => {
      if (records.some(({ target }) => !this.#overlay.contains(target))) this.refresh()
    })
    const root = content.getRootNode()
    for (const each of root instanceof ShadowRoot ? [content, root.host] : [content]) {
      observer.observe(each, {
        subtree: true,
        childList: true,
        characterData: true,
        attributeFilter: ['class', 'style', 'hidden', 'open', 'dir', 'data-collab-anchor'],
      })
    }
    return observer
  }
}

/** Whether the person, or the page by its token, wants nothing to move. */
function prefersCalm(element: HTMLElement): boolean {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return true
  return getComputedStyle(element).getPropertyValue('--collab-motion').trim() === '0'
}
