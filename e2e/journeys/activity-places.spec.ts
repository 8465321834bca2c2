import type { Locator, Page } from '@playwright/test'
import { createGuest } from '../rig/person.ts'
import {
  listen,
  newActivity,
  openScreen,
  roomFor,
  roomOn,
  TYPE,
  type RoomElement,
  type Screen,
} from './activity.ts'
import { expect, test } from './fixtures.ts'

/** A long text of which every word can be pointed at. */
const WORDS = 'what everybody reads together is the same text at any width of the page'.split(' ')
const TEXT = Array.from({ length: 40 }, (_, paragraph) => {
  const words = WORDS.map(
    (word, index) => `<span data-collab-anchor="w${paragraph}-${index}">${word}</span>`,
  )
  return `<p>${words.join(' ')}</p>`
}).join('')

const wordOn = (page: Page, name: string): Locator => page.locator(`[data-collab-anchor="${name}"]`)

/** The box of a word in the window. */
const boxOf = (locator: Locator): Promise<DOMRect> =>
  locator.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect)

/** Moves the mouse to a part of a word; 0 is its left edge. */
async function pointAt(page: Page, name: string, part: number): Promise<void> {
  await wordOn(page, name).scrollIntoViewIfNeeded()
  const { x, y, width, height } = await boxOf(wordOn(page, name))
  await page.mouse.move(x + width * part, y + height / 2)
}

/** How far the drawn cursor is from that part of a word; infinite where there is none. */
async function distance(page: Page, name: string, part: number): Promise<number> {
  const { x, y, width, height } = await boxOf(wordOn(page, name))
  const tips = await page
    .locator('activity-room, live-cursors')
    .locator('[part~="cursor"]:not([data-off]):not([data-edge])')
    .evaluateAll((cursors) =>
      cursors.map((cursor) => cursor.getBoundingClientRect().toJSON() as DOMRect),
    )
  if (tips.length !== 1) return Infinity
  return Math.hypot(tips[0]!.x - x - width * part, tips[0]!.y - y - height / 2)
}

const PAIRS: [one: Screen, other: Screen][] = [
  [{ width: 1280 }, { width: 320, dir: 'rtl' }],
  [
    { width: 1280, zoom: 1.5 },
    { width: 320, pixels: 3 },
  ],
  [
    { width: 1280, dir: 'rtl', zoom: 0.8 },
    { width: 320, dir: 'rtl', zoom: 1.25, pixels: 2 },
  ],
]

const sayScreen = ({ width, dir = 'ltr', zoom = 1, pixels = 1 }: Screen) =>
  `${width} px ${dir}, zoom ${zoom}, ${pixels} px each`

const cursorsFor = (content: string, { token, id }: { token: string; id: string }) =>
  `<live-cursors activity-type="${TYPE}" activity-id="${id}" token="${token}">${content}</live-cursors>`

for (const [tag, wrap] of [
  ['activity-room', roomFor],
  ['live-cursors', cursorsFor],
] as const) {
  test(`<${tag}> draws a cursor over the same word at another width, zoom and direction`, async ({
    browser,
    openHost,
    service,
  }) => {
    const [ann, ben] = await Promise.all([
      createGuest(service.url, 'Ann'),
      createGuest(service.url, 'Ben'),
    ])
    for (const [one, other] of tag === 'activity-room' ? PAIRS : PAIRS.slice(1, 2)) {
      const id = newActivity()
      const screens = [await openScreen(browser, one), await openScreen(browser, other)] as const
      await openHost(wrap(TEXT, { id, token: ann.token }), screens[0])
      await openHost(wrap(TEXT, { id, token: ben.token }), screens[1])
      const pages = [screens[0].page, screens[1].page] as const
      const mirrored = (one.dir ?? 'ltr') !== (other.dir ?? 'ltr')
      for (const [from, to] of [pages, pages.toReversed() as [Page, Page]] as const) {
        for (const [name, part] of [
          ['w0-13', 0.2],
          ['w30-7', 0.8],
        ] as const) {
          await wordOn(to, name).scrollIntoViewIfNeeded()
          await pointAt(from, name, part)
          await expect
            .poll(() => distance(to, name, mirrored ? 1 - part : part), {
              message: `${name} of ${sayScreen(one)} and ${sayScreen(other)}`,
            })
            .toBeLessThanOrEqual(3)
        }
        await from.mouse.move(1, 1)
      }
      await Promise.all(pages.map((page) => page.context().close()))
    }
  })
}

/** Where the focus went, in order. */
const watchFocus = (page: Page) =>
  page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { focusSeen: seen })
    addEventListener('focusin', ({ target }) => seen.push((target as Element).localName), true)
  })
const focusSeen = (page: Page) =>
  page.evaluate(() => (window as unknown as { focusSeen: string[] }).focusSeen)

/** Whether a word can be seen. */
const isInView = async (page: Page, name: string): Promise<boolean> => {
  const { y, height } = await boxOf(wordOn(page, name))
  return y >= 0 && y + height <= (await page.evaluate(() => innerHeight))
}

test('who follows sees the same word on a narrow page, keeps the focus, and ends it by any input of their own', async ({
  browser,
  openHost,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const id = newActivity()
  const annScreen = await openScreen(browser, { width: 1280, zoom: 1.25 })
  const benScreen = await openScreen(browser, { width: 320, dir: 'rtl' })
  const annPage = annScreen.page
  const benPage = benScreen.page
  await listen(benPage, 'collab-follow-start', 'collab-follow-stop')
  await watchFocus(benPage)
  const content = `<label>Notes <input data-collab-bind="notes"></label>${TEXT}`
  await openHost(roomFor(content, { id, token: ann.token }), annScreen)
  await openHost(roomFor(content, { id, token: ben.token }), benScreen)
  const room = roomOn(benPage, id)
  await room.ready()
  await roomOn(annPage, id).ready()
  const { connectionId } = await room.element.evaluate(
    (element, [key, username]) =>
      Object.values(
        (element as RoomElement).client.store.getState().activities[key]!.participants,
      ).find((each) => each.username === username)!,
    [`${TYPE}/${id}`, ann.username] as const,
  )
  await room.field('notes').focus()
  const focused = await focusSeen(benPage)

  const follow = async () => {
    expect(
      await room.element.evaluate(
        (element, username) => (element as RoomElement).follow(username),
        ann.username,
      ),
    ).toBe(true)
    await expect(room.element.locator('[part="follow-frame"]')).toBeVisible()
  }
  /** Ann shows a word at another place of the text. */
  const show = async (name: string) => {
    await wordOn(annPage, name).evaluate((word) => word.scrollIntoView({ block: 'center' }))
    await pointAt(annPage, name, 0.5)
  }
  const stops = async () =>
    ((await room.heard('collab-follow-stop')) as { reason: string }[]).map(({ reason }) => reason)

  const inputs: [reason: string, input: () => Promise<void>][] = [
    ['own_input', () => benPage.mouse.wheel(0, 40)],
    ['stopped', () => benPage.keyboard.press('Escape')],
    // Last: where a press is, there the browser itself puts the focus.
    ['own_input', () => benPage.mouse.down()],
  ]
  await benPage.mouse.move(100, 400)
  for (const [index, [reason, input]] of inputs.entries()) {
    await follow()
    await show('w39-13')
    await expect.poll(() => isInView(benPage, 'w39-13')).toBe(true)
    await expect.poll(() => distance(benPage, 'w39-13', 0.5)).toBeLessThanOrEqual(3)
    expect(await focusSeen(benPage)).toEqual(focused)
    await input()
    await expect.poll(async () => (await stops()).length).toBe(index + 1)
    expect((await stops())[index]).toBe(reason)
    await expect(room.element.locator('[part="follow-frame"]')).toHaveCount(0)
    // Ann goes on, and Ben's page hears of it and stays.
    const before = await benPage.evaluate(() => scrollY)
    await show('w1-1')
    await expect
      .poll(async () => (await room.held())?.participants[connectionId]?.state['cursor'])
      .toMatchObject({ anchor: 'w1-1' })
    expect(Math.abs((await benPage.evaluate(() => scrollY)) - before)).toBeLessThanOrEqual(100)
    expect(await isInView(benPage, 'w1-1')).toBe(false)
  }
  expect(await room.heard('collab-follow-start')).toHaveLength(3)
  await Promise.all([annPage.context().close(), benPage.context().close()])
})
