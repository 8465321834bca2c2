import { createGuest } from '../rig/person.ts'
import { expect, test } from './fixtures.ts'
import { countSockets, countTimers, held } from './held.ts'

// What comes and goes two hundred times leaves nothing: no connection, no timer, no listener, no memory.

const TAGS = ['collab-chat']

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
    const sockets = countSockets(page)
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
      await expect.poll(async () => (await held(page, devtools, TAGS)).elements).toBe(0)
    }
    // What is fetched and made once.
    await rounds(20)
    await rounds(80)
    const half = await held(page, devtools, TAGS)
    await rounds(100)
    expect(sockets.opened).toBeGreaterThan(0)
    // Things die in turns: what leaks is there at every look.
    let end = half
    await expect(async () => {
      end = await held(page, devtools, TAGS)
      expect({ ...end, heap: 0, nodes: 0 }).toEqual({ ...half, heap: 0, nodes: 0 })
      expect(end).toMatchObject({ elements: 0, sockets: 0, timers: 0 })
      expect(end.nodes - half.nodes).toBeLessThan(200)
      // Compiled code and caches of the browser come and go; a chat alone is some 300 kB.
      expect(end.heap - half.heap).toBeLessThan(500_000)
    }).toPass({ timeout: 20_000 })
  })
}
