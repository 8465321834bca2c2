/** A message as it is handed to every kit. */
export interface Said {
  id: string
  number: number
  sender: string
  name: string
  own: boolean
  text: string
  /** ISO 8601. */
  at: string
}

/** What a page does to show messages with one kit. */
export interface Rival {
  /** Fills the kit's own store, where it has one; not measured. */
  prepare?(messages: readonly Said[]): void | Promise<void>
  /** Puts the chat on the page. */
  mount(host: HTMLElement, messages: readonly Said[]): void
  /** One message comes in. */
  append(message: Said): void
  /** Where the list is, once it is there; the host without it. */
  root?(): Node | null | undefined
  /** The row of the newest message. */
  newest(): Element | null | undefined
  /** Where its text stands. */
  text(row: Element): Element | null | undefined
}
