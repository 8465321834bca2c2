import type { CDPSession, Page } from '@playwright/test'
import { createGuest } from '../rig/person.ts'
import { expect, test } from './fixtures.ts'

// What comes and goes two hundred times leaves nothing: no connection, no timer, no listener, no memory.

/** Keeps count of timers from the first script on. */
function countTimers(): void {
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
  chats: number
  sockets: number
  observers: number
  timers: number
  /** Listeners of document and window. */
  listeners: number
  nodes: number
  /** Bytes of objects. */
  heap: number
}

async function held(page: Page, devtools: CDPSession): Promise<Held> {
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
  const answer = {
    chats: await count("customElements.get('collab-chat')"),
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

for (const way of ['attributes', 'provider'] as const) {
  test(`two hundred chats that come and go leave nothing, connected by ${way}`, async ({
    openHost,
    page,
    service,
  }) => {
    test.setTimeout(300_000)
    const people = await Promise.all(
      Array.from({ length: 4 }, (_, index) => createGuest(service.url, `P${index}`)),
    )
    const sockets = { opened: 0, open: 0 }
    page.on('websocket', (socket) => {
      sockets.opened++
      sockets.open++
      socket.on('close', () => sockets.open--)
    })
    await page.addInitScript(countTimers)
    await openHost('<main></main>')
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable')

    /** Chats come, one after the other, are used, and go; then what they keep for a moment has gone too. */
    const rounds = async (count: number) => {
      await page.evaluate(
        async ({ tokens, chats, inProvider }) => {
          for (let round = 0; round < chats; round++) {
            const token = tokens[round % tokens.length]!
            const chat = document.createElement('collab-chat') as HTMLElement & {
              whenReady?(): Promise<void>
            }
            chat.setAttribute('chat-id', 'lobby')
            const outer = inProvider ? document.createElement('collab-provider') : chat
            outer.setAttribute('token', token)
            if (outer !== chat) outer.append(chat)
            document.querySelector('main')?.append(outer)
            await customElements.whenDefined('collab-chat')
            await chat.whenReady?.()
            chat.focus()
            chat.shadowRoot?.querySelector('textarea')?.blur()
            outer.remove()
          }
        },
        { tokens: people.map(({ token }) => token), chats: count, inProvider: way === 'provider' },
      )
      await expect.poll(() => sockets.open).toBe(0)
      // Things die in turns: what one turn frees lets go of the next.
      await expect.poll(async () => (await held(page, devtools)).chats).toBe(0)
    }
    // What is fetched and made once.
    await rounds(20)
    await rounds(80)
    const half = await held(page, devtools)
    await rounds(100)
    const end = await held(page, devtools)
    expect(sockets.opened).toBeGreaterThan(0)
    expect({ ...end, heap: 0, nodes: 0 }).toEqual({ ...half, heap: 0, nodes: 0 })
    expect(end).toMatchObject({ chats: 0, sockets: 0, timers: 0 })
    expect(end.nodes - half.nodes).toBeLessThan(200)
    // Compiled code and caches of the browser come and go; a chat alone is some 300 kB.
    expect(end.heap - half.heap).toBeLessThan(500_000)
  })
}
