/** A frame of a 60 Hz screen, milliseconds. */
const FRAME_MS = 1000 / 60

export interface Watched {
  /** Length of the watch, milliseconds. */
  ms: number
  /** Tasks of more than 50 ms, each in milliseconds. */
  longTasks: number[]
  frames: number
  /** Frames of a 60 Hz screen for which the page had nothing. */
  dropped: number
  /** Updates of the element. */
  renders: number
  /** The most of them before one frame. */
  rendersInFrame: number
  /** Messages whose template was evaluated. */
  rows: number
  /** Changes of the document within the list. */
  mutations: number
  /** Time spent in updates of the element, milliseconds. */
  renderMs: number
  renderMsMost: number
}

interface Updating {
  update(changed: unknown): void
  renderers: unknown
}

/** Counts what an element does; `rows` as the page's own renderer is asked for every row that is drawn. */
export class Watch {
  readonly #element: HTMLElement
  readonly #longTasks: number[] = []
  readonly #observer: PerformanceObserver
  readonly #mutations: MutationObserver
  /** Called around every update of the element. */
  around: (update: () => void) => void = (update) => update()
  #running = false
  #next = 0
  #start = 0
  #last = 0
  #frames = 0
  #dropped = 0
  #renders = 0
  #inFrame = 0
  #mostInFrame = 0
  #rows = 0
  #changes = 0
  #renderMs = 0
  #renderMsMost = 0

  constructor(element: HTMLElement) {
    this.#element = element
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (this.#running && entry.startTime >= this.#start) this.#longTasks.push(entry.duration)
    })
    this.#mutations = new MutationObserver((records) => (this.#changes += records.length))
    this.#follow(element as unknown as Updating)
  }

  start(): void {
    const feed = this.#element.shadowRoot?.querySelector('.feed')
    if (!feed) throw new Error('there is no list')
    this.#running = true
    this.#start = this.#last = performance.now()
    this.#longTasks.length = 0
    this.#frames = this.#dropped = this.#renders = this.#rows = this.#changes = 0
    this.#inFrame = this.#mostInFrame = this.#renderMs = this.#renderMsMost = 0
    this.#observer.observe({ type: 'longtask' })
    this.#mutations.observe(feed, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    })
    this.#next = requestAnimationFrame(this.#frame)
  }

  stop(): Watched {
    this.#changes += this.#mutations.takeRecords().length
    for (const { duration, startTime } of this.#observer.takeRecords())
      if (startTime >= this.#start) this.#longTasks.push(duration)
    this.#running = false
    cancelAnimationFrame(this.#next)
    this.#observer.disconnect()
    this.#mutations.disconnect()
    return {
      ms: performance.now() - this.#start,
      longTasks: this.#longTasks,
      frames: this.#frames,
      dropped: this.#dropped,
      renders: this.#renders,
      rendersInFrame: Math.max(this.#mostInFrame, this.#inFrame),
      rows: this.#rows,
      mutations: this.#changes,
      renderMs: this.#renderMs,
      renderMsMost: this.#renderMsMost,
    }
  }

  readonly #frame = (now: number): void => {
    if (!this.#running) return
    this.#frames++
    // The first frame may belong to the time before.
    if (this.#frames > 1)
      this.#dropped += Math.max(0, Math.round((now - this.#last) / FRAME_MS) - 1)
    this.#last = now
    this.#mostInFrame = Math.max(this.#mostInFrame, this.#inFrame)
    this.#inFrame = 0
    this.#next = requestAnimationFrame(this.#frame)
  }

  #follow(element: Updating): void {
    const update = element.update.bind(element)
    element.renderers = {
      body: () => {
        this.#rows++
        return undefined
      },
    }
    element.update = (changed) => {
      this.around(() => {
        const start = performance.now()
        update(changed)
        const ms = performance.now() - start
        this.#renders++
        this.#inFrame++
        this.#renderMs += ms
        this.#renderMsMost = Math.max(this.#renderMsMost, ms)
      })
    }
  }
}
