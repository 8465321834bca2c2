import { came, painted, rest } from './paint.ts'
import { CHAT, createRoom, type Room } from './room.ts'

export interface Mounted {
  element: HTMLElement
  /** From the creation of the element until the newest message was in the document, milliseconds. */
  drawnMs: number
  /** The same until it was painted. */
  paintedMs: number
}

/** The row of a message. */
export const rowOf = (element: HTMLElement, number: number): Element | null | undefined =>
  element.shadowRoot?.querySelector(`[data-key="m${number}"]`)

/** Puts a chat on the page. */
export async function mount(
  room: Room,
  before: (element: HTMLElement) => void = () => {},
): Promise<Mounted> {
  const host = document.querySelector('main')
  if (!host) throw new Error('the page has no place for a chat')
  const start = performance.now()
  const element = document.createElement('collab-chat')
  element.chatId = CHAT
  element.client = room.client
  before(element)
  host.append(element)
  const row = await came(element.shadowRoot!, () => rowOf(element, room.newest))
  const drawnMs = performance.now() - start
  const paintedMs = (await painted()) - start
  seen(row)
  return { element, drawnMs, paintedMs }
}

/** A newest message that is not in sight was not painted. */
function seen(row: Element): void {
  const { top, bottom } = row.getBoundingClientRect()
  const view = row.closest('.scroller')?.getBoundingClientRect()
  if (!view || top < view.top - 1 || bottom > view.bottom + 1)
    throw new Error(`the newest message is at ${top}–${bottom}, out of sight`)
}

/** Opens a chat of so many messages, as a page does that was just loaded, and takes it away again. */
export async function open(count: number): Promise<Omit<Mounted, 'element'>> {
  const room = createRoom({ count })
  try {
    const { element, drawnMs, paintedMs } = await mount(room)
    element.remove()
    return { drawnMs, paintedMs }
  } finally {
    room.close()
    await rest()
    window.gc?.()
    await rest()
  }
}

declare global {
  interface Window {
    gc?: () => void
  }
}
