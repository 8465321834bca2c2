import type { Page } from '@playwright/test'
import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

// The elements are guests on somebody's page: they change nothing that is not theirs.

const PAGE = `
  <main style="block-size: 1200px">
    <h1>Shop</h1><h2>Shoes</h2><p>A <a href="#x">link</a> and <code>code</code></p>
    <button type="button">Buy</button><input value="text" /><textarea>more</textarea>
    <select><option>1</option></select><label>Label</label><ul><li>Item</li></ul>
    <table><caption>Prices</caption><tr><th>Name</th><td>1</td></tr></table>
    <article>News</article><header>Top</header><section class="base row own">Part</section>
    <dialog open>Hello</dialog><svg><path d="M0 0" /></svg>
  </main>`
/** A place for the elements, of a size of its own. */
const ROOM = '<div id="room" style="block-size: 900px; overflow: hidden"></div>'

/** All that can be computed of the look of the page's own things. */
const looks = (page: Page) =>
  page.evaluate(() => {
    const things = ['html', 'body', 'main', 'main *']
    return [...document.querySelectorAll(things.join())].map((element) => {
      const style = getComputedStyle(element)
      const all = Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]))
      return { element: element.outerHTML.slice(0, 40), all }
    })
  })

const ELEMENTS = (token: string) => `
  <collab-provider token="${token}">
    <collab-chat chat-id="lobby" style="block-size: 380px"></collab-chat>
    <collab-messages chat-id="lobby" variant="rows" style="block-size: 200px"></collab-messages>
    <collab-composer chat-id="lobby"></collab-composer>
  </collab-provider>
  <collab-sign-in account="other"></collab-sign-in>`

/** Puts markup in the room: elements are made there as a framework would make them. */
const furnish = (page: Page, markup: string) =>
  page.evaluate((html) => {
    document.getElementById('room')!.innerHTML = html
  }, markup)

test('the page looks the same before, with and after the elements', async ({
  openHost,
  page,
  service,
}) => {
  const { token } = await createGuest(service.url, 'Ann')
  await openHost(PAGE + ROOM)
  const before = await looks(page)
  expect(before.length).toBeGreaterThan(25)
  const around = () =>
    page.evaluate(() => ({
      head: document.head.innerHTML,
      sheets: document.adoptedStyleSheets.length + document.styleSheets.length,
      html: document.documentElement.getAttributeNames(),
      body: document.body.getAttributeNames(),
      children: document.body.childElementCount,
    }))
  const surroundings = await around()
  await furnish(page, ELEMENTS(token))
  const chat = chatOn(page)
  await chat.ready()
  await chat.say('seen by nobody else')
  await expect(chat.message('seen by nobody else')).toContainText('Sent')
  await page.keyboard.press('Alt+ArrowUp')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Announcements and keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  expect(await looks(page)).toEqual(before)
  expect(await around()).toEqual(surroundings)
  await furnish(page, '')
  expect(await looks(page)).toEqual(before)
})

test('a module leaves no name behind, and the script one: Collab', async ({
  host,
  page,
  service,
}) => {
  const names = () => page.evaluate(() => Object.getOwnPropertyNames(window))
  for (const [script, expected] of [
    [`<script type="module" src="${service.url}/collab.js"></script>`, []],
    [`<script src="${service.url}/collab.global.js"></script>`, ['Collab']],
  ] as const) {
    await page.goto(host.allowed + host.serve('<!doctype html><title>Empty</title>'))
    const before = await names()
    await page.goto(
      host.allowed +
        host.serve(
          `<!doctype html><title>Chat</title>${script}<collab-chat chat-id="lobby"></collab-chat>`,
        ),
    )
    await expect(page.getByRole('textbox', { name: 'Your name' })).toBeVisible()
    const after = await names()
    // Lit counts its copies there, as on every page with something made of it.
    const lits = /^(lit\w+|reactiveElement)Versions$|^litPropertyMetadata$/
    expect(after.filter((name) => !before.includes(name) && !lits.test(name))).toEqual(expected)
  }
})

test('the focus stays where it is, and nothing scrolls the page', async ({
  openHost,
  page,
  service,
}) => {
  const [me, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const link = await connectLink(service.url, ben)
  const { chatId } = await link.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  for (let index = 0; index < 60; index++) {
    await link.call('chat.sendMessage', {
      chatId,
      clientMessageId: `${index}`,
      body: `before ${index}`,
    })
  }
  await openHost(`<div style="block-size: 1500px">far above</div>
    <input id="own" /><div id="room" style="block-size: 600px"></div>
    <div style="block-size: 1500px">far below</div>`)
  await page.locator('#own').focus()
  await page.evaluate(() => window.scrollTo(0, 700))
  const stands = async () => [
    await page.evaluate(() => document.activeElement?.id),
    await page.evaluate(() => window.scrollY),
  ]
  const before = await stands()
  await furnish(
    page,
    `<collab-chat chat-id="${chatId}" token="${me.token}" style="block-size: 300px"></collab-chat>
    <collab-messages chat-id="${chatId}" token="${me.token}" style="block-size: 200px"></collab-messages>
    <collab-composer chat-id="${chatId}" token="${me.token}"></collab-composer>
    <collab-sign-in account="other"></collab-sign-in>`,
  )
  const chat = chatOn(page)
  await page.waitForFunction(() => document.querySelector('collab-chat')?.matches(':state(ready)'))
  expect(await stands()).toEqual(before)
  for (let index = 0; index < 5; index++) {
    await link.call('chat.sendMessage', {
      chatId,
      clientMessageId: `later-${index}`,
      body: `later ${index}`,
    })
  }
  await expect.poll(async () => (await chat.texts()).at(-1)).toBe('later 4')
  await page.evaluate(() => {
    const chat = document.querySelector('collab-chat') as HTMLElement & {
      send(text: string): boolean
      scrollToMessage(seq: number): Promise<boolean>
      scrollToLatest(): Promise<void>
    }
    chat.send('from a script')
    void chat.scrollToMessage(5).then(() => chat.scrollToLatest())
  })
  await expect.poll(async () => (await chat.texts()).at(-1)).toBe('from a script')
  expect(await stands()).toEqual(before)
  // At the end of the list the wheel ends too.
  await page.evaluate(() => window.scrollTo(0, 1450))
  const { x, y } = (await chat.element.boundingBox())!
  await page.mouse.move(x + 100, y + 100)
  await page.mouse.wheel(0, 3000)
  await page.mouse.wheel(0, 3000)
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(1450)
  link.close()
})

const HOSTS: [name: string, head: string, around: string][] = [
  ['with a small root font', '<style>html { font-size: 10px } * { line-height: 1 }</style>', ''],
  [
    'that is turned into another plane',
    '',
    'transform: translate(20px, 10px) scale(0.9); transform-origin: 0 0',
  ],
  ['that cuts off what is too much', '', 'overflow: hidden; contain: strict'],
  ['that is zoomed', '', 'zoom: 1.5'],
  [
    'with loud styles',
    `<style>
      body { color: red; letter-spacing: 3px; line-height: 3; text-transform: uppercase; text-align: right }
      section, article, header, form, button, textarea, span, time { all: unset; display: none; color: red }
    </style>`,
    '',
  ],
]

for (const [name, head, around] of HOSTS) {
  test(`a chat works in a page ${name}`, async ({ openHost, page, service }) => {
    const { token } = await createGuest(service.url, 'Ann')
    await openHost(
      `<div style="inline-size: 600px; block-size: 500px; ${around}"><collab-chat chat-id="lobby" token="${token}" style="block-size: 100%"></collab-chat></div>`,
      { head },
    )
    const chat = chatOn(page)
    await chat.ready()
    const text = `hello from a page ${name}`
    await chat.say(text)
    await expect(chat.message(text)).toContainText('Sent')
    await expect(chat.input).toBeInViewport()
    const own = () =>
      page.evaluate(() => {
        const root = document.querySelector('collab-chat')!.shadowRoot!
        const bubble = [...root.querySelectorAll('[part~=message-own] [part=message-body]')].at(-1)!
        const { fontSize, letterSpacing, textTransform, color } = getComputedStyle(bubble)
        const base = root.querySelector('.base')!.getBoundingClientRect()
        const inside = [...root.querySelectorAll('.header, .main, .below')].every((part) => {
          const { left, right, top, bottom } = part.getBoundingClientRect()
          return (
            left >= base.left - 1 &&
            right <= base.right + 1 &&
            top >= base.top - 1 &&
            bottom <= base.bottom + 1
          )
        })
        const scroller = root.querySelector('.scroller')!
        const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
        return {
          fontSize,
          letterSpacing,
          textTransform,
          red: color === 'rgb(255, 0, 0)',
          inside,
          atEnd: atEnd < 2,
        }
      })
    await expect.poll(own).toEqual({
      fontSize: '15px',
      letterSpacing: 'normal',
      textTransform: 'none',
      red: false,
      inside: true,
      atEnd: true,
    })
  })
}
