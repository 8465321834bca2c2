import type { Page } from '@playwright/test'
import { drawn, expect, test, type Tag } from './fixtures.ts'

// Real keys in a real browser, from the beginning of the page to its end and back.

/** Where the focus is: the innermost element, through all shadow roots, and its box. */
const focus = (page: Page) =>
  page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    if (!active || active === document.body) return { name: 'page', top: 0, left: 0, bottom: 0 }
    const { top, left, bottom } = active.getBoundingClientRect()
    const { id, localName } = active
    const name = active.getAttribute('data-key') ?? (id || active.getAttribute('part') || localName)
    return { name, top, left, bottom }
  })

/** Puts something of the page before and after the element. */
const surround = (page: Page) =>
  page.evaluate(() => {
    for (const [where, id] of [
      ['afterbegin', 'before'],
      ['beforeend', 'after'],
    ] as const) {
      const button = Object.assign(document.createElement('button'), { id, textContent: id })
      document.body.insertAdjacentElement(where, button)
    }
  })

/** Presses a key until the focus is at `end`; what was passed on the way. */
async function walk(page: Page, key: string, end: string) {
  const stops: Awaited<ReturnType<typeof focus>>[] = []
  for (let count = 0; count < 40; count++) {
    await page.keyboard.press(key)
    const stop = await focus(page)
    if (stop.name === end) return stops
    stops.push(stop)
  }
  throw new Error(`trapped: ${stops.map(({ name }) => name).join(' ')}`)
}

const WALKS: [element: Tag, scene: string, stops: string[]][] = [
  ['collab-chat', 'full', ['options-button', 'm15', 'input', 'send-button']],
  ['collab-chat', 'unread', ['options-button', 'm7', 'jump-button', 'input', 'send-button']],
  ['collab-chat', 'failed', ['options-button', 'pp-sending-22', 'input', 'send-button']],
  ['collab-chat', 'older', ['options-button', 'load-older-button', 'm15', 'input', 'send-button']],
  ['collab-chat', 'readonly', ['options-button', 'm15']],
  ['collab-chat', 'empty', ['options-button', 'notice-button', 'input', 'send-button']],
  ['collab-chat', 'loading', ['input', 'send-button']],
  ['collab-chat', 'refused', ['notice-button']],
  ['collab-chat', 'sign-in', ['displayName', 'submit-button', 'way-button']],
  ['collab-messages', 'full', ['options-button', 'm15']],
  ['collab-composer', 'full', ['input', 'send-button']],
  ['collab-sign-in', 'sign-in', ['displayName', 'submit-button', 'way-button']],
  ['presence-list', 'full', ['button']],
  ['presence-list', 'many', ['input', 'button', 'more-button']],
  ['presence-status', 'full', ['button']],
  ['avatar-stack', 'many', ['button']],
  ['activity-room', 'full', ['people-button', 'input', 'textarea', 'select', 'input']],
  ['live-cursors', 'full', []],
]

for (const [element, scene, expected] of WALKS) {
  test(`[A11Y-4] [A11Y-5] [A11Y-33] Tab goes through <${element}> ${scene} in the order of what is seen, and back`, async ({
    open,
    page,
  }) => {
    await open({ element, scene })
    await surround(page)
    await page.locator('#before').focus()
    const there = await walk(page, 'Tab', 'after')
    expect(there.map(({ name }) => name)).toEqual(expected)
    await drawn(page)
    const back = await walk(page, 'Shift+Tab', 'before')
    expect(back.map(({ name }) => name)).toEqual(expected.toReversed())
    for (const [index, stop] of there.entries()) {
      const previous = there[index - 1]
      // Beside each other, or one below the other.
      if (previous) expect(stop.bottom).toBeGreaterThanOrEqual(previous.top)
    }
    const turned = await page.evaluate(() => {
      const all = [...window.demo.element.shadowRoot.querySelectorAll(':not([aria-hidden=true] *)')]
      const several = all.filter(({ children }) => children.length > 1)
      return several
        .filter((each) => /reverse/.test(getComputedStyle(each).flexDirection))
        .concat(all.filter((each) => getComputedStyle(each).order !== '0'))
        .map((each) => each.className)
    })
    expect(turned).toEqual([])
  })
}

test('[A11Y-4] the button of older messages can be passed while they come', async ({
  open,
  page,
}) => {
  await open({ scene: 'older' })
  await surround(page)
  await page.evaluate(() => {
    const { client, messagesOf } = window.demo
    client.setChat('lobby', {
      loadingOlder: false,
      messages: messagesOf(60, 101),
      discontinuity: 1,
    })
  })
  await drawn(page)
  await page.locator('textarea').focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  expect((await focus(page)).name).toBe('load-older-button')
  await page.evaluate(() => window.demo.client.setChat('lobby', { loadingOlder: true }))
  await drawn(page)
  expect((await focus(page)).name).toBe('load-older-button')
  await page.evaluate(() => {
    const { client, messagesOf } = window.demo
    client.setChat('lobby', { loadingOlder: false, messages: messagesOf(160, 1) })
  })
  await drawn(page)
  expect((await focus(page)).name).toBe('load-older-button')
  await page.keyboard.press('Shift+Tab')
  expect((await focus(page)).name).toBe('options-button')
  await page.keyboard.press('Shift+Tab')
  expect((await focus(page)).name).toBe('before')
})

test('[A11Y-34] [A11Y-35] [A11Y-7] the messages are entered at the first unread, and none of them hides', async ({
  open,
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 420 })
  await open({ scene: 'unread' })
  await surround(page)
  await page.locator('#before').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  expect((await focus(page)).name).toBe('m7')
  const hidden = () =>
    page.evaluate(() => {
      const root = window.demo.element.shadowRoot
      const article = root.activeElement
      const bubble = article?.querySelector('[part=message-body]')?.getBoundingClientRect()
      const view = root.querySelector('.scroller')?.getBoundingClientRect()
      if (!bubble || !view) return 'nothing'
      const [top, bottom] = [Math.max(bubble.top, view.top), Math.min(bubble.bottom, view.bottom)]
      const seen = []
      for (let y = top + 1; y < bottom; y += 4) {
        for (let x = bubble.left + 6; x < bubble.right - 6; x += 8) {
          seen.push(article?.contains(root.elementFromPoint(x, y)))
        }
      }
      const share = seen.filter(Boolean).length / seen.length
      const whole =
        bubble.height > view.height || (bubble.top >= view.top && bubble.bottom <= view.bottom)
      return whole && share > 0.5 ? undefined : `${article?.getAttribute('data-key')}: ${share}`
    })
  for (const key of [
    'ArrowDown',
    'ArrowDown',
    'PageDown',
    'ArrowUp',
    'PageUp',
    'Home',
    'ArrowDown',
    'End',
    'ArrowUp',
  ]) {
    await page.keyboard.press(key)
    await drawn(page)
    expect(await hidden()).toBeUndefined()
  }
  const padding = await page.evaluate(
    () =>
      getComputedStyle(window.demo.element.shadowRoot.querySelector('.scroller')!).scrollPaddingTop,
  )
  expect(parseFloat(padding)).toBeGreaterThan(0)
})

test('[A11Y-9] Escape closes the table of keys and not the dialog of the page around it', async ({
  open,
  page,
}) => {
  await open()
  await page.evaluate(() => {
    const dialog = document.body.appendChild(document.createElement('dialog'))
    dialog.append(window.demo.element)
    dialog.showModal()
  })
  await drawn(page)
  await page.locator('textarea').press('Alt+ArrowUp')
  const before = (await focus(page)).name
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Announcements and keys' })).toBeVisible()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Announcements and keys' })).toHaveCount(0)
  expect((await focus(page)).name).toBe(before)
  expect(await page.evaluate(() => document.querySelector('dialog')?.open)).toBe(true)
})

test('[A11Y-41] how much is said is chosen by keys alone, and stays chosen', async ({
  open,
  page,
}) => {
  await open()
  await surround(page)
  await page.locator('#before').focus()
  await page.keyboard.press('Tab')
  expect((await focus(page)).name).toBe('options-button')
  await page.keyboard.press('Enter')
  const choice = (name: string) => page.getByRole('radio', { name })
  await expect(choice('Read them out')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(choice('Say how many')).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect((await focus(page)).name).toBe('options-button')
  await open({ element: 'collab-messages' })
  await page.locator('[part=options-button]').press('Enter')
  await expect(choice('Say how many')).toBeChecked()
  await expect(choice('Say how many')).toBeFocused()
})

test('[A11Y-24] the time of a message comes with the focus as with the mouse, stays, and covers nothing', async ({
  open,
  page,
}) => {
  await open()
  const row = page.locator('article[data-key=m8]')
  const time = row.locator('.meta')
  const opacity = () => time.evaluate((meta) => getComputedStyle(meta).opacity)
  expect(await opacity()).toBe('0')
  await row.locator('[part=message-body]').hover()
  await expect.poll(opacity).toBe('1')
  const box = (await time.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await drawn(page)
  expect(await opacity()).toBe('1')
  const covered = await page.evaluate(
    ({ x, y }) => {
      const under = window.demo.element.shadowRoot.elementsFromPoint(x, y)
      return under.filter((each) => each.matches('[part~=message-body], button, a')).length
    },
    { x: box.x + box.width / 2, y: box.y + box.height / 2 },
  )
  expect(covered).toBe(0)
  await page.mouse.move(0, 0)
  await expect.poll(opacity).toBe('0')
  await page.locator('textarea').press('Alt+ArrowUp')
  while ((await focus(page)).name !== 'm8') await page.keyboard.press('ArrowUp')
  await expect.poll(opacity).toBe('1')
})

test('[A11Y-24] the name of a face comes with the focus as with the mouse, stays, covers no face, and goes by Escape', async ({
  open,
  page,
}) => {
  await open({ element: 'avatar-stack', scene: 'many' })
  const tooltip = page.locator('[part=tooltip]')
  const faces = page.locator('button.person')
  await faces.nth(1).hover()
  await expect(tooltip).toBeVisible()
  await expect(tooltip).toContainText('Person')
  const box = (await tooltip.boundingBox())!
  const boxes = await faces.evaluateAll((all) => all.map((each) => each.getBoundingClientRect()))
  expect(
    boxes.filter(
      ({ left, right, top, bottom }) =>
        left < box.x + box.width && right > box.x && top < box.y + box.height && bottom > box.y,
    ),
  ).toEqual([])
  // The mouse may go to it, and then it stays.
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 })
  await drawn(page)
  await expect(tooltip).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(tooltip).toBeHidden()
  await page.mouse.move(400, 400)
  await page.keyboard.press('Tab')
  await expect(tooltip).toBeVisible()
  const said = await tooltip.textContent()
  await page.keyboard.press('ArrowRight')
  await expect(tooltip).not.toHaveText(said ?? '')
  await page.keyboard.press('Escape')
  await expect(tooltip).toBeHidden()
  expect((await focus(page)).name).not.toBe('page')
})

test('[A11Y-38] [A11Y-39] what can be done with a message is done by keys alone', async ({
  open,
  page,
}) => {
  await open({ scene: 'kinds' })
  await page.locator('textarea').press('Alt+ArrowUp')
  await page.keyboard.press('End')
  while ((await focus(page)).name !== 'pp-failed-4') await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  expect((await focus(page)).name).toBe('retry-button')
  await page.keyboard.press('Tab')
  expect((await focus(page)).name).toBe('discard-button')
  await page.keyboard.press('Escape')
  expect((await focus(page)).name).toBe('pp-failed-4')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await drawn(page)
  expect(await page.evaluate(() => window.demo.client.calls.at(-1)?.[0])).toBe('discard')
  expect((await focus(page)).name).toMatch(/^[mp]/)
})

test('[A11Y-49] a text that an input method composes is not sent by the key that ends it', async ({
  devtools,
  open,
  page,
}) => {
  await open()
  const input = page.locator('textarea')
  await input.focus()
  const sent = () =>
    page.evaluate(() =>
      window.demo.client.calls.filter(([name]) => name === 'send').map(([, body]) => body),
    )
  for (const text of ['に', 'にほ', 'にほん']) {
    await devtools.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
  }
  const key = { key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 }
  await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
  await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key, key: 'Enter' })
  await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
  expect(await sent()).toEqual([])
  // What comes from elsewhere meanwhile does not disturb it.
  await page.evaluate(() => window.demo.client.setChat('lobby', { draft: 'from another tab' }))
  await drawn(page)
  await expect(input).toHaveValue('にほん')
  await devtools.send('Input.insertText', { text: '日本' })
  await expect(input).toHaveValue('日本')
  expect(await sent()).toEqual([])
  await page.keyboard.press('Enter')
  expect(await sent()).toEqual(['日本'])
  await expect(input).toHaveValue('')
})
