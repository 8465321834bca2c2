import type { Browser, Page } from '@playwright/test'
import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import {
  listen,
  newActivity,
  openScreen,
  roomFor,
  roomOn,
  type RoomElement,
  TYPE,
} from './activity.ts'
import { expect, test } from './fixtures.ts'

/** How long one is away. */
const AWAY_MS = 60_000

const FORM = `<form>
  <label>Title <input data-collab-bind="title"></label>
  <label>Notes <textarea data-collab-bind="notes"></textarea></label>
  <label>Done <input type="checkbox" data-collab-bind="done"></label>
  <p>It is called <output data-collab-bind="title"></output>.</p>
</form>`

const CONFLICT = 'collab-state-conflict'

interface Look {
  focused: boolean
  value: string
  start: number | null
}

/** From now on every frame looks at a field; the distinct looks, in order. */
async function watchField(page: Page, key: string): Promise<() => Promise<Look[]>> {
  const looks = await page.evaluateHandle((name) => {
    const field = document.querySelector<HTMLInputElement>(`[data-collab-bind="${name}"]`)!
    const seen: Look[] = []
    const look = () => {
      const { value, selectionStart: start } = field
      const now = { focused: document.activeElement === field, value, start }
      if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now)
      requestAnimationFrame(look)
    }
    look()
    return seen
  }, key)
  return () => looks.jsonValue()
}

interface Stage {
  browser: Browser
  openHost(body: string, options: { page: Page; head: string }): Promise<Page>
  url: string
}

/** Ann on a wide screen, and Ben on a narrow one that is read from the right, in one form. */
async function together({ browser, openHost, url }: Stage) {
  const id = newActivity()
  const people = await Promise.all([createGuest(url, 'Ann'), createGuest(url, 'Ben')])
  const screens = await Promise.all([
    openScreen(browser, { width: 1280 }),
    openScreen(browser, { width: 320, dir: 'rtl' }),
  ])
  for (const [index, screen] of screens.entries()) {
    await listen(screen.page, CONFLICT)
    await openHost(roomFor(FORM, { id, token: people[index]!.token }), screen)
  }
  const [ann, ben] = screens.map(({ page }, index) => ({
    page,
    room: roomOn(page, id),
    username: people[index]!.username,
  }))
  await ann!.room.ready()
  await ben!.room.ready()
  const onlooker = await connectLink(url, people[0]!)
  return {
    ann: ann!,
    ben: ben!,
    /** What the service has by now, whatever the pages show already. */
    async stored(key: string): Promise<unknown> {
      const { items } = await onlooker.call('activities.getShared', { type: TYPE, id, key })
      return items[0]?.value
    },
    end: async () => {
      onlooker.close()
      await Promise.all(screens.map(({ page }) => page.context().close()))
    },
  }
}

test('two who write into one field, one of them offline, end with the same and lose nothing', async ({
  browser,
  openHost,
  service,
}) => {
  test.setTimeout(60_000 + AWAY_MS * 2)
  const { ann, ben, stored, end } = await together({ browser, openHost, url: service.url })
  await ann.room.field('title').pressSequentially('Plan')
  await expect(ben.room.field('title')).toHaveValue('Plan')
  await expect(ben.room.element.locator('output')).toHaveText('Plan')

  await ben.page.context().setOffline(true)
  const left = performance.now()
  const field = ben.room.field('title')
  await field.press('End')
  await field.pressSequentially(' of Ben')
  await ann.room.field('title').press('End')
  await ann.page.keyboard.type(' by Ann')
  // She goes on elsewhere.
  await ann.room.field('done').focus()
  await expect.poll(() => stored('title')).toBe('Plan by Ann')
  await field.evaluate((input: HTMLInputElement) => input.setSelectionRange(4, 4))
  const looks = await watchField(ben.page, 'title')
  await until(() => performance.now() - left >= AWAY_MS, {
    what: 'the time is over',
    within: AWAY_MS * 2,
    every: 50,
  })
  expect(await ben.room.heard(CONFLICT)).toEqual([])
  expect(await ben.room.shared()).toEqual({ title: 'Plan of Ben' })
  await ben.page.context().setOffline(false)

  const hint = ben.room.hint('title')
  await expect(hint.locator('blockquote')).toHaveText('Plan by Ann')
  await expect(hint).toContainText(/Your change replaced what \W*Ann\W* wrote:/)
  await expect(ann.room.field('title')).toHaveValue('Plan of Ben')
  await expect.poll(() => ben.room.shared()).toEqual({ title: 'Plan of Ben' })
  expect(await ann.room.shared()).toEqual({ title: 'Plan of Ben' })
  expect(await ben.room.heard(CONFLICT)).toMatchObject([
    { key: 'title', mine: 'Plan of Ben', theirs: 'Plan by Ann' },
  ])
  expect(await ann.room.heard(CONFLICT)).toEqual([])
  // Nothing was replaced under the caret, in no frame.
  expect(await looks()).toEqual([{ focused: true, value: 'Plan of Ben', start: 4 }])

  await hint.getByRole('button', { name: 'Use theirs' }).click()
  await expect(field).toHaveValue('Plan by Ann')
  await expect(field).toBeFocused()
  await expect(ann.room.field('title')).toHaveValue('Plan by Ann')
  await expect(hint).toHaveCount(0)
  expect(await ann.room.shared()).toEqual(await ben.room.shared())
  await end()
})

test('a page that keeps a conflict to itself decides it alone', async ({
  browser,
  openHost,
  service,
}) => {
  const { ann, ben, stored, end } = await together({ browser, openHost, url: service.url })
  await ann.room.field('notes').fill('first')
  await expect(ben.room.field('notes')).toHaveValue('first')
  await ben.page.evaluate(
    (name) => window.addEventListener(name, (event) => event.preventDefault()),
    CONFLICT,
  )
  await ben.page.context().setOffline(true)
  await ben.room.field('notes').fill('of Ben')
  await ann.room.field('notes').fill('of Ann')
  await expect.poll(() => stored('notes')).toBe('of Ann')
  await ben.page.context().setOffline(false)

  await expect.poll(async () => (await ben.room.heard(CONFLICT)).length).toBe(1)
  const undecided = async () => {
    expect(await ben.room.heard(CONFLICT)).toMatchObject([
      { key: 'notes', mine: 'of Ben', theirs: 'of Ann' },
    ])
    await expect(ben.room.field('notes')).toHaveValue('of Ben')
    await expect(ann.room.field('notes')).toHaveValue('of Ann')
  }
  await undecided()
  // Another key goes its way meanwhile: by then the first would have gone too.
  await ben.room.field('done').check()
  await expect(ann.room.field('done')).toBeChecked()
  await undecided()

  await ben.room.element.evaluate((room) => (room as RoomElement).resolve('notes', 'theirs'))
  await expect(ben.room.field('notes')).toHaveValue('of Ann')
  expect(await ben.room.shared()).toEqual({ notes: 'of Ann', done: true })
  expect(await ann.room.shared()).toEqual({ notes: 'of Ann', done: true })
  await end()
})

test('what another writes into the field one is in waits beside it', async ({
  browser,
  openHost,
  service,
}) => {
  const { ann, ben, end } = await together({ browser, openHost, url: service.url })
  const mine = ann.room.field('notes')
  await mine.fill('a sentence of hers')
  await expect(ben.room.field('notes')).toHaveValue('a sentence of hers')
  await mine.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(2, 2))
  const looks = await watchField(ann.page, 'notes')
  await ben.room.field('notes').fill('a sentence of his')
  const hint = ann.room.hint('notes')
  await expect(hint).toContainText(/Ben\W* changed this to:/)
  await expect(hint.locator('blockquote')).toHaveText('a sentence of his')
  // He sees where she is.
  await expect(ben.room.element.locator('[part="edit-outline"]')).toContainText('Ann')
  expect(await looks()).toEqual([{ focused: true, value: 'a sentence of hers', start: 2 }])

  // She writes on, over what he wrote; he can have it back.
  await ann.page.keyboard.type('whole ')
  await expect.poll(async () => (await ann.room.heard(CONFLICT)).length).toBe(1)
  await expect.poll(async () => (await ben.room.shared())['notes']).toBe('a whole sentence of hers')
  expect(await ann.room.shared()).toEqual(await ben.room.shared())
  await expect(hint).toContainText(/Your change replaced what \W*Ben\W* wrote:/)
  await hint.getByRole('button', { name: 'Use theirs' }).click()
  await expect(mine).toHaveValue('a sentence of his')
  await expect.poll(async () => (await ben.room.shared())['notes']).toBe('a sentence of his')
  await ann.room.field('done').focus()
  await ben.room.field('done').focus()
  for (const { room } of [ann, ben])
    await expect(room.field('notes')).toHaveValue('a sentence of his')
  await end()
})
