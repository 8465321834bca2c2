import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit'

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
  text: string
  assertive: boolean
}

/** Speaks through live regions that exist from the first render on, one thing after the other. */
export class Announcer implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #summary: (count: number) => string
  readonly #topics = new Map<string, ReturnType<typeof setTimeout>>()
  #queue: Announcement[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #incoming: string[] = []
  #incomingTimer: ReturnType<typeof setTimeout> | undefined
  #lastIncoming = 0
  #lastFocus = 0
  #abort: AbortController | undefined

  /** @param summary Text for several messages at once. */
  constructor(host: ReactiveControllerHost & HTMLElement, summary: (count: number) => string) {
    this.#host = host
    this.#summary = summary
    host.addController(this)
  }

  /** The regions; part of the element's template, always. */
  render(): TemplateResult {
    return html`<div class="hidden" id="polite" aria-live="polite" aria-atomic="true"></div>
      <div class="hidden" id="assertive" aria-live="assertive" aria-atomic="true"></div>`
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    document.addEventListener('visibilitychange', () => this.#flushIncoming(), { signal })
    this.#host.addEventListener('focusin', () => (this.#lastFocus = Date.now()), { signal })
  }

  hostDisconnected(): void {
    this.#abort?.abort()
    for (const timer of this.#topics.values()) clearTimeout(timer)
    this.#topics.clear()
    clearTimeout(this.#timer)
    clearTimeout(this.#incomingTimer)
    this.#timer = this.#incomingTimer = undefined
    this.#queue = []
    this.#incoming = []
  }

  announce(
    text: string,
    { assertive = false, topic, delay = 0, spoken }: AnnouncementOptions = {},
  ): void {
    if (!this.#host.isConnected) return
    if (!topic) return this.#enqueue({ text, assertive })
    clearTimeout(this.#topics.get(topic))
    const timer = setTimeout(() => {
      this.#topics.delete(topic)
      this.#enqueue({ text, assertive })
      spoken?.()
    }, delay)
    this.#topics.set(topic, timer)
  }

  /** Messages that arrived: one is read out, more in a short time are counted. */
  incoming(texts: readonly string[]): void {
    if (texts.length === 0 || !this.#host.isConnected) return
    this.#incoming.push(...texts)
    this.#flushIncoming()
  }

  #flushIncoming(): void {
    // A hidden page says nothing; on return there is one summary.
    if (document.hidden || this.#incoming.length === 0 || this.#incomingTimer) return
    const wait = Math.max(this.#lastIncoming + INCOMING_MS - Date.now(), GAP_MS)
    this.#incomingTimer = setTimeout(() => {
      this.#incomingTimer = undefined
      if (document.hidden) return
      const [first, ...more] = this.#incoming
      this.#incoming = []
      this.#lastIncoming = Date.now()
      if (first === undefined) return
      this.#enqueue({
        text: more.length === 0 ? first : this.#summary(more.length + 1),
        assertive: false,
      })
    }, wait)
  }

  #enqueue(announcement: Announcement): void {
    if (document.hidden && !announcement.assertive) return
    this.#queue.push(announcement)
    this.#timer ??= setTimeout(() => this.#next(), this.#wait())
  }

  #wait(): number {
    return Math.max(GAP_MS, this.#lastFocus + FOCUS_GAP_MS - Date.now())
  }

  #next(): void {
    this.#timer = undefined
    const announcement = this.#queue.shift()
    if (!announcement) return
    const region = this.#host.shadowRoot?.getElementById(
      announcement.assertive ? 'assertive' : 'polite',
    )
    if (region) {
      // The same text twice in a row is no change and would not be spoken.
      const repeated = region.textContent === announcement.text
      region.textContent = repeated ? `${announcement.text}\u00A0` : announcement.text
    }
    if (this.#queue.length > 0) this.#timer = setTimeout(() => this.#next(), this.#wait())
  }
}
