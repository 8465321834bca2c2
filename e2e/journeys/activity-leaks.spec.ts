import { createGuest } from '../rig/person.ts'
import { newActivity, TYPE } from './activity.ts'
import { expect, test } from './fixtures.ts'
import { countSockets, countTimers, held } from './held.ts'

const TAGS = ['activity-room', 'live-cursors', 'presence-list']

test('two hundred rooms, cursors and lists that come and go leave nothing', async ({
  openHost,
  page,
  service,
}) => {
  test.setTimeout(180_000)
  const id = newActivity()
  const people = await Promise.all(
    Array.from({ length: 4 }, (_, index) => createGuest(service.url, `P${index}`)),
  )
  const sockets = countSockets(page)
  await page.addInitScript(countTimers)
  await openHost('<main></main>')
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')

  /** They come, one after the other, are used, and go; then what they keep for a moment has gone too. */
  const rounds = async (count: number) => {
    await page.evaluate(
      async ({ tokens, tags, name, times }) => {
        for (let round = 0; round < times; round++) {
          const box = document.createElement('div')
          const elements = tags.map((tag) => {
            const element = document.createElement(tag) as HTMLElement & {
              whenReady?(): Promise<void>
            }
            element.setAttribute('activity-type', name.type)
            element.setAttribute('activity-id', name.id)
            element.setAttribute('token', tokens[round % tokens.length]!)
            element.innerHTML = '<input data-collab-bind="title" data-collab-anchor="title">'
            return element
          })
          box.append(...elements)
          document.querySelector('main')?.append(box)
          for (const element of elements) {
            await customElements.whenDefined(element.localName)
            await element.whenReady?.()
          }
          const field = box.querySelector('input')!
          field.focus()
          field.value = `round ${round}`
          field.dispatchEvent(new InputEvent('input', { bubbles: true }))
          field.dispatchEvent(
            new PointerEvent('pointermove', { bubbles: true, clientX: 20, clientY: 20 }),
          )
          box.remove()
        }
      },
      {
        tokens: people.map(({ token }) => token),
        tags: TAGS,
        name: { type: TYPE, id },
        times: count,
      },
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
    // Compiled code and caches of the browser come and go; a room alone is some hundred kB.
    expect(end.heap - half.heap).toBeLessThan(500_000)
  }).toPass({ timeout: 20_000 })
  console.info(`held after 100: ${JSON.stringify(half)}, after 200: ${JSON.stringify(end)}`)
})

test('ten elements of all kinds open one connection', async ({ openHost, page, service }) => {
  const { token } = await createGuest(service.url, 'Ann')
  const sockets = countSockets(page)
  const activity = `activity-type="${TYPE}" activity-id="${newActivity()}"`
  const place = [
    ['activity-room', activity],
    ['live-cursors', activity],
    ['presence-list', activity],
    ['presence-list', 'chat-id="lobby"'],
    ['avatar-stack', activity],
    ['avatar-stack', 'chat-id="lobby"'],
    ['presence-status', ''],
    ['collab-chat', 'chat-id="lobby"'],
    ['collab-messages', 'chat-id="lobby"'],
    ['collab-composer', 'chat-id="lobby"'],
  ]
  const elements = place.map(
    ([tag, attributes]) => `<${tag} ${attributes} token="${token}"></${tag}>`,
  )
  await openHost(elements.join(''))
  const ready = () =>
    page.evaluate(
      async (tags) => {
        const all = [...document.querySelectorAll<HTMLElement>(tags.join())] as (HTMLElement & {
          client?: { status: string }
          whenReady?(): Promise<void>
        })[]
        await Promise.all(all.map((element) => customElements.whenDefined(element.localName)))
        for (const element of all) await element.whenReady?.()
        return all.filter(({ client }) => client?.status === 'live').length
      },
      place.map(([tag]) => tag!),
    )
  await expect.poll(ready).toBe(place.length)
  expect(sockets).toEqual({ opened: 1, open: 1 })
  await page.evaluate(() => document.body.replaceChildren())
  await expect.poll(() => sockets.open).toBe(0)
  expect(sockets.opened).toBe(1)
})
