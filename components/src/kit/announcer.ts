import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Shortest time between two announcements, milliseconds: screen readers drop what comes faster. */
const GAP_MS = 150
/** Wait after the focus moved: what the focus says comes first. */
const FOCUS_GAP_MS = 250
/** Arriving messages are told at most this often. */
const INCOMING_MS = 1000

export interface AnnouncementOptions {
  /** Interrupts what is being said. Only for what the person has to act on. */
  assertive?: boolean
  /** A later announcement of the same topic replaces this one while it waits. */
  topic?: string
  /** How long to wait for something newer of the topic, milliseconds. Default 0. */
  delay?: number
  /** Called when a topic's text leaves the waiting room. */
  spoken?: () => void
}

interface Announcement {
  by: Announcer
  text: string
  assertive?: boolean | undefined
}

// One voice for the page, however many elements speak: their announcements keep the distance from each other too.
let queue: Announcement[] = []
let arrivals: Announcement[] = []
let timer: ReturnType<typeof setTimeout> | undefined
let arrivalsTimer: ReturnType<typeof setTimeout> | undefined

/** Speaks through live regions that exist from the first render on, one thing after the other. */
export class Announcer implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #topics = new Map<string, ReturnType<typeof setTimeout>>()
  #abort: AbortController | undefined

  /** Text for several messages at once. */
  readonly summary: (count: number) => string

  constructor(host: ReactiveControllerHost & HTMLElement, summary: (count: number) => string) {
    this.#host = host
    this.summary = summary
    host.addController(this)
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    document.addEventListener('visibilitychange', resume, { signal })
    document.addEventListener('focusin', letFocusSpeak, { signal })
    // One that moves within a shadow root is not seen outside of it.
    this.#host.shadowRoot?.addEventListener('focusin', letFocusSpeak, { signal })
  }

  hostDisconnected(): void {
    this.#abort?.abort()
    for (const waiting of this.#topics.values()) clearTimeout(waiting)
    this.#topics.clear()
    queue = queue.filter(({ by }) => by !== this)
    arrivals = arrivals.filter(({ by }) => by !== this)
    if (queue.length + arrivals.length > 0) return
    clearTimeout(timer)
    clearTimeout(arrivalsTimer)
    timer = arrivalsTimer = undefined
  }

  announce(text: string, { assertive, topic, delay, spoken }: AnnouncementOptions = {}): void {
    if (!this.#host.isConnected) return
    if (!topic) return enqueue({ by: this, text, assertive })
    clearTimeout(this.#topics.get(topic))
    const waiting = setTimeout(() => {
      this.#topics.delete(topic)
      enqueue({ by: this, text, assertive })
      spoken?.()
    }, delay)
    this.#topics.set(topic, waiting)
  }

  /** Messages that arrived: one is read out, more in a short time are counted. */
  incoming(texts: readonly string[]): void {
    if (!this.#host.isConnected) return
    arrivals.push(...texts.map((text) => ({ by: this, text })))
    arrivalsTimer ??= setTimeout(tellArrivals, GAP_MS)
  }

  /** Puts a text into the region, where screen readers find it. */
  say({ text, assertive }: Announcement): void {
    const root = this.#host.shadowRoot
    const region = (root?.querySelector('dialog:modal') ?? root)?.querySelector(
      assertive ? '#assertive' : '#polite',
    )
    // The same text twice in a row is no change and would not be spoken.
    if (region) region.textContent = region.textContent === text ? `${text}\u00A0` : text
  }
}

function enqueue(announcement: Announcement): void {
  queue.push(announcement)
  timer ??= setTimeout(speak, GAP_MS)
}

function speakAfter(wait: number): void {
  clearTimeout(timer)
  timer = setTimeout(speak, wait)
}

function letFocusSpeak(): void {
  speakAfter(FOCUS_GAP_MS)
}

function speak(): void {
  timer = undefined
  // A hidden page says nothing; what has to be acted on waits for the return.
  if (document.hidden) {
    queue = queue.filter(({ assertive }) => assertive)
    return
  }
  const next = queue.shift()
  if (!next) return
  next.by.say(next)
  if (queue.length > 0) speakAfter(GAP_MS)
}

function tellArrivals(): void {
  arrivalsTimer = undefined
  const last = arrivals.at(-1)
  // They are kept on a hidden page: on return there is one summary.
  if (document.hidden || !last) return
  enqueue(arrivals.length === 1 ? last : { by: last.by, text: last.by.summary(arrivals.length) })
  arrivals = []
  arrivalsTimer = setTimeout(tellArrivals, INCOMING_MS)
}

function resume(): void {
  speakAfter(GAP_MS)
  arrivalsTimer ??= setTimeout(tellArrivals, GAP_MS)
}
