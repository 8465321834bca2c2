import type { ErrorShape } from '@collab-kit/protocol'
import type { Page, WebSocketRoute } from '@playwright/test'

/** Stands between a page and the service's socket. */
export interface Wire {
  /** Keeps back what the service says, until released. */
  hold(): void
  release(): void
  /** Ends every connection and lets no new one through. */
  cut(): Promise<void>
  mend(): void
  /** Answers every call of this operation with an error instead of passing it on; nothing ends that. */
  refuse(operation: string, error: ErrorShape | undefined): void
  /** How many frames of the page have held this text. */
  said(text: string): number
}

/** Must be called before the page opens its socket. */
export async function interceptSocket(page: Page): Promise<Wire> {
  const open = new Set<WebSocketRoute>()
  let held: (() => void)[] | undefined
  let isCut = false
  const refused = new Map<string, ErrorShape>()
  const frames: string[] = []

  /** Refuses a frame that calls a refused operation: `42`, the id of its acknowledgement, and `["name", …]`. */
  function answered(socket: WebSocketRoute, frame: string): boolean {
    const [, id, name] = /^42(\d+)\["([^"]+)"/.exec(frame) ?? []
    const error = refused.get(name ?? '')
    if (id === undefined || !error) return false
    socket.send(`43${id}${JSON.stringify([{ ok: false, error }])}`)
    return true
  }

  await page.routeWebSocket(/\/socket\.io\//, async (socket) => {
    if (isCut) return socket.close()
    const service = socket.connectToServer()
    open.add(socket)
    socket.onClose(() => {
      open.delete(socket)
      void service.close()
    })
    socket.onMessage((frame) => {
      frames.push(String(frame))
      if (!answered(socket, String(frame))) service.send(frame)
    })
    service.onMessage((frame) => {
      if (held) held.push(() => socket.send(frame))
      else socket.send(frame)
    })
    return undefined
  })
  return {
    hold() {
      held ??= []
    },
    release() {
      const waiting = held ?? []
      held = undefined
      for (const pass of waiting) pass()
    },
    async cut() {
      isCut = true
      for (const socket of open) await socket.close()
      open.clear()
    },
    mend() {
      isCut = false
    },
    refuse(operation, error) {
      if (error) refused.set(operation, error)
      else refused.delete(operation)
    },
    said: (text) => frames.filter((frame) => frame.includes(text)).length,
  }
}
