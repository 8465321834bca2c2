import type { CDPSession, Page } from '@playwright/test'

/** Connections of a page to the service, opened at all and open now. */
export function countSockets(page: Page): { opened: number; open: number } {
  const count = { opened: 0, open: 0 }
  page.on('websocket', (socket) => {
    if (!socket.url().includes('/socket.io/')) return
    count.opened++
    count.open++
    socket.on('close', () => count.open--)
  })
  return count
}

/** Keeps count of timers from the first script on. */
export function countTimers(): void {
  const waiting = new Set<unknown>()
  Object.assign(window, { waitingTimers: () => waiting.size })
  const { setTimeout: wait, clearTimeout: forget, setInterval: repeat, clearInterval: end } = window
  Object.assign(window, {
    setTimeout: (handler: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
      const timer = wait(
        (...values: unknown[]) => {
          waiting.delete(timer)
          handler(...values)
        },
        ms,
        ...given,
      )
      waiting.add(timer)
      return timer
    },
    clearTimeout: (timer: number) => {
      waiting.delete(timer)
      forget(timer)
    },
    setInterval: (handler: TimerHandler, ms?: number) => {
      const timer = repeat(handler, ms)
      waiting.add(timer)
      return timer
    },
    clearInterval: (timer: number) => {
      waiting.delete(timer)
      end(timer)
    },
  })
}

interface Held {
  /** Elements that the page still holds somewhere. */
  elements: number
  sockets: number
  observers: number
  timers: number
  /** Listeners of document and window. */
  listeners: number
  nodes: number
  /** Bytes of objects. */
  heap: number
}

/** @param tags Elements that are looked for. */
export async function held(
  page: Page,
  devtools: CDPSession,
  tags: readonly string[],
): Promise<Held> {
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.collectGarbage')
  const evaluate = async (expression: string) => {
    const { result } = await devtools.send('Runtime.evaluate', { expression, objectGroup: 'held' })
    return result.objectId ?? ''
  }
  const count = async (constructor: string) => {
    const prototypeObjectId = await evaluate(`${constructor}.prototype`)
    const { objects } = await devtools.send('Runtime.queryObjects', {
      prototypeObjectId,
      objectGroup: 'held',
    })
    const { result } = await devtools.send('Runtime.callFunctionOn', {
      functionDeclaration: 'function() { return this.length }',
      objectId: objects.objectId ?? '',
    })
    return Number(result.value)
  }
  const listenersOf = async (target: string) => {
    const { listeners } = await devtools.send('DOMDebugger.getEventListeners', {
      objectId: await evaluate(target),
    })
    return listeners.length
  }
  let elements = 0
  for (const tag of tags) elements += await count(`customElements.get('${tag}')`)
  const answer = {
    elements,
    sockets: await count('WebSocket'),
    observers:
      (await count('IntersectionObserver')) +
      (await count('ResizeObserver')) +
      (await count('MutationObserver')),
    timers: await page.evaluate(() =>
      (window as unknown as { waitingTimers(): number }).waitingTimers(),
    ),
    listeners: (await listenersOf('document')) + (await listenersOf('window')),
  }
  await devtools.send('Runtime.releaseObjectGroup', { objectGroup: 'held' })
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? NaN
  return { ...answer, nodes: metric('Nodes'), heap: metric('JSHeapUsedSize') }
}
