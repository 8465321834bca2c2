import type { Locator, Page } from '@playwright/test'
import type { ServiceProcess } from '../rig/service-process.ts'
import { chatOn, type ChatOnPage } from './chat.ts'
import { expect, test } from './fixtures.ts'

/** The screen of one of the demo people. */
interface Screen {
  readonly room: Locator
  readonly chat: ChatOnPage
  readonly cursors: Locator
  /** What is scrolled. */
  readonly desk: Locator
  /** What leads to the people and what they do. */
  readonly faces: Locator
  /** A field of the plan. */
  field(name: string): Locator
  /** Where the title of a new card is written. */
  readonly newCard: Locator
  /** Adds a card, and answers its id. */
  add(title: string): Promise<string>
  /** A card, wherever it is or in this column. */
  card(id: string, column?: string): Locator
  column(name: string): Locator
}

// Room for both screens as a whole.
test.use({ viewport: { width: 1280, height: 1100 } })

function screenOf(page: Page, person: 'Ann' | 'Ben'): Screen {
  const place = page.getByRole('region', { name: `${person}’s screen`, exact: true })
  const column = (name: string) => place.getByRole('group', { name, exact: true })
  const newCard = place.getByLabel('New card')
  return {
    room: place.locator('activity-room'),
    chat: chatOn(place),
    cursors: place.locator('[part="cursor"]'),
    desk: place.locator('[data-collab-scroll]'),
    faces: place.getByRole('button', { name: /people here$/ }),
    field: (name) => place.locator('.plan label').filter({ hasText: name }).locator('> *'),
    card: (id, name) => (name ? column(name) : place).locator(`[data-card="${id}"]`),
    column,
    newCard,
    async add(title) {
      await newCard.fill(title)
      await place.getByRole('button', { name: 'Add card' }).click()
      const last = column('To do').locator('[data-card]').last()
      await expect(last.getByLabel('Card')).toHaveValue(title)
      return (await last.getAttribute('data-card'))!
    },
  }
}

async function open(page: Page, { url }: ServiceProcess): Promise<{ ann: Screen; ben: Screen }> {
  await page.goto(url)
  const [ann, ben] = [screenOf(page, 'Ann'), screenOf(page, 'Ben')]
  for (const { chat, column } of [ann, ben]) {
    await chat.ready()
    await expect(column('Done').locator('[data-card]').first()).toBeVisible()
  }
  return { ann, ben }
}

const centreOf = async (element: Locator) => {
  const { x, y, width, height } = (await element.boundingBox())!
  return { x: x + width / 2, y: y + height / 2 }
}

const scrolled = (desk: Locator) => desk.evaluate(({ scrollTop }) => Math.round(scrollTop))

const followAnn = async ({ faces, room }: Screen) => {
  // The list stays open for whoever is in it.
  if ((await faces.getAttribute('aria-expanded')) === 'false') await faces.click()
  await room.getByRole('button', { name: /^Follow .?Ann/ }).click()
  await expect(room.locator('[part="follow-frame"]')).toBeVisible()
}

test('two people fill in one form at once, each in a browser of their own', async ({
  browser,
  demo,
  page,
}) => {
  const other = await browser.newPage()
  const { ann } = await open(page, demo)
  const { ben } = await open(other, demo)
  await ann.field('Title').fill('')
  await ben.field('Notes').fill('')
  await Promise.all([
    ann.field('Title').pressSequentially('Midsummer on the pier', { delay: 25 }),
    ben.field('Notes').pressSequentially('Bring a lamp each', { delay: 25 }),
  ])
  await expect(ben.field('Title')).toHaveValue('Midsummer on the pier')
  await expect(ann.field('Notes')).toHaveValue('Bring a lamp each')
  await expect(ben.room.locator('[part="edit-outline"]').getByText('Ann')).toBeVisible()

  await ann.field('Date').fill('2027-06-24')
  await ann.field('People').fill('31')
  await ann.field('Live music').check()
  await ben.field('Place').selectOption('On the roof')
  await expect(ben.field('Date')).toHaveValue('2027-06-24')
  await expect(ben.field('People')).toHaveValue('31')
  await expect(ben.field('Live music')).toBeChecked()
  await expect(ann.field('Place')).toHaveValue('On the roof')
  await other.close()
})

test('what the other one writes into the same field waits beside it', async ({
  browser,
  demo,
  page,
}) => {
  const other = await browser.newPage()
  const { ann } = await open(page, demo)
  const { ben } = await open(other, demo)
  await ann.field('Title').fill('Words of Ann')
  await expect(ben.field('Title')).toHaveValue('Words of Ann')
  await ann.field('Title').focus()
  await ben.field('Title').fill('Words of Ben')
  const hint = ann.room.getByRole('group', { name: /Ben.? changed this/ })
  await expect(hint).toContainText('Words of Ben')
  await expect(ann.field('Title')).toHaveValue('Words of Ann')
  await hint.getByRole('button', { name: 'Use theirs' }).click()
  await expect(ann.field('Title')).toHaveValue('Words of Ben')
  await expect(hint).toBeHidden()
  await other.close()
})

test('a card that Ann drags moves at Ben’s while she still holds it', async ({ demo, page }) => {
  const { ann, ben } = await open(page, demo)
  const id = await ann.add('Carried by hand')
  await expect(ben.card(id, 'To do')).toBeVisible()
  await ann.card(id).scrollIntoViewIfNeeded()
  const from = await centreOf(ann.card(id).locator('.grip'))
  const to = await centreOf(ann.column('Doing'))
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, from.y, { steps: 8 })
  await expect(ben.card(id, 'Doing')).toBeVisible()
  await page.mouse.up()
  await expect(ann.card(id, 'Doing')).toBeVisible()
  // Let go, it stays.
  const done = await centreOf(ann.column('Done'))
  await page.mouse.move(done.x, from.y, { steps: 4 })
  await ann.card(id).getByRole('button', { name: 'Move to To do' }).click()
  await expect(ben.card(id, 'To do')).toBeVisible()
})

test('cards are renamed and removed for both, and are there after a reload', async ({
  demo,
  page,
}) => {
  const { ann, ben } = await open(page, demo)
  const id = await ann.add('Name to change')
  await ben.card(id).getByLabel('Card').fill('Another name')
  await expect(ann.card(id).getByLabel('Card')).toHaveValue('Another name')
  await page.reload()
  await expect(ben.card(id).getByLabel('Card')).toHaveValue('Another name')
  await ben.card(id).getByRole('button', { name: 'Remove' }).click()
  await expect(ann.card(id)).toHaveCount(0)
})

test('Ann’s cursor is seen where it is, on Ben’s screen', async ({ demo, page }) => {
  const { ann, ben } = await open(page, demo)
  const heading = ann.column('Doing').getByRole('heading')
  await heading.scrollIntoViewIfNeeded()
  const { x, y } = await centreOf(heading)
  await page.mouse.move(x - 20, y - 20)
  await page.mouse.move(x, y, { steps: 4 })
  const cursor = ben.cursors.filter({ hasText: 'Ann' })
  await expect(cursor.locator('.label')).toBeVisible()
  const there = await centreOf(ben.column('Doing').getByRole('heading'))
  await expect
    .poll(async () => {
      const box = await cursor.evaluate((element) => element.getBoundingClientRect().toJSON())
      return Math.hypot(box.x - there.x, box.y - there.y)
    })
    .toBeLessThan(4)
  await expect(ann.cursors).toHaveCount(0)
  await page.mouse.move(5, 5)
  await expect(cursor).toHaveCount(0)
})

test('Ben follows Ann until he scrolls himself, presses the button or Escape', async ({
  demo,
  page,
}) => {
  // So low that there is something to scroll.
  await page.setViewportSize({ width: 1280, height: 700 })
  const { ann, ben } = await open(page, demo)
  await followAnn(ben)
  await expect(ann.room.getByText('1 person follows you')).toBeVisible()
  await ann.desk.hover()
  await page.mouse.wheel(0, 80)
  await expect.poll(() => scrolled(ann.desk)).toBeGreaterThan(40)
  await expect.poll(() => scrolled(ben.desk)).toBeGreaterThan(40)
  await ben.desk.hover()
  await page.mouse.wheel(0, -30)
  await expect(ben.room.locator('[part="follow-frame"]')).toBeHidden()

  await followAnn(ben)
  await ben.room
    .getByRole('button', { name: /^Stop following/ })
    .last()
    .click()
  await expect(ben.room.locator('[part="follow-frame"]')).toBeHidden()

  // The first closes the list.
  await followAnn(ben)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(ben.room.locator('[part="follow-frame"]')).toBeHidden()
  await expect(ann.room.getByText('1 person follows you')).toBeHidden()
})

test('what is done without a connection arrives once it is back', async ({
  browser,
  context,
  demo,
  page,
}) => {
  const away = await open(page, demo)
  const other = await browser.newPage()
  const { ben } = await open(other, demo)
  await context.setOffline(true)
  await expect(away.ann.room.getByText('Offline').first()).toBeVisible()
  await away.ann.field('Notes').fill('Written on a train')
  const id = await away.ann.add('Thought of on a train')
  await expect(ben.card(id)).toHaveCount(0)
  await context.setOffline(false)
  await expect(ben.card(id).getByLabel('Card')).toHaveValue('Thought of on a train')
  await expect(ben.field('Notes')).toHaveValue('Written on a train')
  await other.close()
})

test('the keyboard alone writes, moves a card, follows and talks', async ({ demo, page }) => {
  const { ann, ben } = await open(page, demo)
  const press = (key: string) => page.keyboard.press(key)
  const tabTo = async (target: Locator) => {
    for (let step = 0; step < 80; step++) {
      if (await target.evaluate((element) => element.matches(':focus'))) return
      await press('Tab')
    }
    await expect(target).toBeFocused()
  }

  // Writing
  await tabTo(ann.field('Title'))
  await press('ControlOrMeta+a')
  await page.keyboard.type('Typed')
  await press('Tab')
  await expect(ben.field('Title')).toHaveValue('Typed')

  // A card
  await tabTo(ann.newCard)
  await page.keyboard.type('Moved by keys')
  await press('Enter')
  await expect(ann.newCard).toHaveValue('')
  await expect(ann.newCard).toBeFocused()
  const card = ann.column('To do').locator('[data-card]').last()
  await expect(card.getByLabel('Card')).toHaveValue('Moved by keys')
  const id = (await card.getAttribute('data-card'))!
  await tabTo(ann.card(id).locator('[data-step="1"]'))
  await press('Enter')
  await expect(ben.card(id, 'Doing')).toBeVisible()
  await expect(ann.card(id).getByRole('button', { name: 'Move to Done' })).toBeFocused()
  await press('Enter')
  await expect(ben.card(id, 'Done')).toBeVisible()

  // Following
  await press('Alt+Shift+P')
  await tabTo(ann.room.getByRole('button', { name: /^Follow .?Ben/ }))
  await press('Enter')
  await expect(ann.room.locator('[part="follow-frame"]')).toBeVisible()
  await press('Escape')
  await press('Escape')
  await expect(ann.room.locator('[part="follow-frame"]')).toBeHidden()

  // And on to the chat
  for (let step = 0; step < 3; step++) {
    if (await ann.chat.input.evaluate((element) => element.matches(':focus'))) break
    await press('ControlOrMeta+F6')
  }
  await expect(ann.chat.input).toBeFocused()
  await page.keyboard.type('Said by keys')
  await press('Enter')
  await expect(ben.chat.message('Said by keys')).toBeVisible()
})
