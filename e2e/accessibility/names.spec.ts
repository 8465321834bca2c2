import { drawn, ELEMENTS, expect, test, type Tag } from './fixtures.ts'
import { type Told, treeOf } from './tree.ts'

// What assistive technology is told: roles, names, descriptions and states, all of them and nothing else.

const CHAT = `
- /children: deep-equal
- region "Lobby":
  - heading "Lobby" [level=2]
  - text: Where everyone meets Connected 12 members
  - button "Announcements and keys"
  - paragraph: This is where the conversation begins.
  - feed "Messages of ⁨Lobby⁩":
    - article "Bo Lindqvist 10:14 AM":
      - heading "Today" [level=3]
      - text: Bo Lindqvist Hello
      - time: 10:14 AM
    - article "Bo Lindqvist 10:15 AM":
      - text: Bo Lindqvist see
      - link "https://example.com/a":
        - /url: https://example.com/a
      - time: 10:15 AM
    - article "مينا حسن Guest 10:16 AM":
      - heading "2 unread since ⁨10:16 AM⁩" [level=3]
      - text: مينا حسن Guest مرحبا
      - time: 10:16 AM
      - text: edited
    - article "Bo Lindqvist 10:17 AM":
      - text: Bo Lindqvist This message was deleted.
      - time: 10:17 AM
    - article "You 10:18 AM":
      - text: You Mine
      - time: 10:18 AM
      - text: Sent
    - article "You 10:19 AM":
      - text: You Lost
      - time: 10:19 AM
      - text: /Not sent\\. .*You are not allowed to write here\\./
      - button "Retry ⁨Lost⁩": Retry
      - button "Delete ⁨Lost⁩": Delete
    - article "You 10:20 AM":
      - text: You Soon
      - time: 10:20 AM
      - text: Waiting to be sent
  - text: ⁨Bo Lindqvist⁩ is typing… Message ⁨Lobby⁩
  - textbox "Message ⁨Lobby⁩"
  - button "Send" [disabled]
  - text: 2 unread since ⁨10:16 AM⁩
`

test('[A11Y-2] [A11Y-23] [A11Y-32] [A11Y-36] [A11Y-37] a chat says everything that it shows', async ({
  open,
  page,
}) => {
  await open({ scene: 'kinds' })
  await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 1e6))
  await expect(page.locator('body')).toMatchAriaSnapshot(CHAT)
})

const FORMS: [name: string, element: Tag, scene: string, snapshot: string][] = [
  [
    'the messages alone, of a chat that is read only,',
    'collab-messages',
    'long-names',
    `
- /children: deep-equal
- region /Messages of .*A channel with a name/:
  - button "Announcements and keys"
  - paragraph: This is where the conversation begins.
  - feed /Messages of .*A channel with a name/:
    - article "Bo Lindqvist 8:00 AM":
      - heading "Today" [level=3]
      - text: /Bo Lindqvist W+/
      - time: 8:00 AM
    - article "مينا حسن Guest 8:00 AM":
      - text: مينا حسن Guest
      - link /^https:\\/\\/example\\.com\\/path/:
        - /url: /path/
      - time: 8:00 AM
    - article "You 8:01 AM":
      - text: You
      - link /^https:\\/\\/example\\.com\\/path/:
        - /url: /path/
      - time: 8:01 AM
      - text: Sent
`,
  ],
  [
    'the composer alone',
    'collab-composer',
    'full',
    `
- /children: deep-equal
- text: Message ⁨Lobby⁩
- textbox "Message ⁨Lobby⁩"
- button "Send" [disabled]
`,
  ],
  [
    'a chat before its first message',
    'collab-chat',
    'empty',
    `
- /children: deep-equal
- region "Lobby":
  - heading "Lobby" [level=2]
  - text: Where everyone meets Connected 12 members
  - button "Announcements and keys"
  - text: No messages yet Say hello. Everyone here will see it.
  - button "Write a message"
  - text: Message ⁨Lobby⁩
  - textbox "Message ⁨Lobby⁩"
  - button "Send" [disabled]
`,
  ],
  [
    'a chat that is loading',
    'collab-chat',
    'loading',
    `
- /children: deep-equal
- region "Chat":
  - heading "Chat" [level=2]
  - text: Connecting… Loading messages… Message
  - textbox "Message"
  - button "Send" [disabled]
`,
  ],
  [
    'a chat that is refused',
    'collab-chat',
    'refused',
    `
- /children: deep-equal
- region "Chat":
  - heading "Chat" [level=2]
  - text: /This page is not allowed here yet .* allowedOrigins:/
  - code: /http/
  - button "Try again"
`,
  ],
  [
    'a chat that wants a sign-in',
    'collab-chat',
    'sign-in',
    `
- /children: deep-equal
- region "Chat":
  - heading "Chat" [level=2]
  - heading "Join the conversation" [level=3]
  - paragraph: Pick a name that others will see.
  - form "Join the conversation":
    - text: Your name
    - textbox "Your name"
    - button "Continue as guest"
  - button "I have an account"
`,
  ],
]

for (const [name, element, scene, snapshot] of FORMS) {
  test(`[A11Y-2] ${name} says everything that it shows`, async ({ open, page }) => {
    await open({ element, scene })
    await expect(page.locator('body')).toMatchAriaSnapshot(snapshot)
  })
}

test('[A11Y-2] [A11Y-30] every way in says what is asked, and what is wrong with it', async ({
  open,
  page,
}) => {
  await open({ element: 'collab-sign-in', scene: 'sign-in' })
  await page.getByRole('button', { name: 'I have an account' }).click()
  await page.getByRole('button', { name: 'New here' }).click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann')
  await page.getByRole('textbox', { name: 'Password' }).fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.locator('body')).toMatchAriaSnapshot(`
- /children: deep-equal
- heading "Create your account" [level=2]
- paragraph: It takes less than a minute.
- form "Create your account":
  - text: Your name
  - textbox "Your name": Ann
  - text: Username
  - textbox "Username" [invalid]
  - paragraph: Enter your username.
  - text: Password
  - textbox "Password" [invalid]: short
  - button "Show password"
  - paragraph: Use at least 8 characters.
  - button "Create account"
- button "Continue as guest instead"
- button "I have an account"
`)
  const username = page.getByRole('textbox', { name: 'Username' })
  await expect(username).toBeFocused()
  await expect(username).toHaveAccessibleDescription('Enter your username.')
  await expect(username).toHaveAttribute('aria-invalid', 'true')
})

test('[A11Y-9] [A11Y-25] [A11Y-41] the table of keys is in a named dialog that says every key and what can be chosen', async ({
  open,
  page,
}) => {
  await open()
  await page.locator('textarea').press('Alt+ArrowUp')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toMatchAriaSnapshot(`
- /children: equal
- dialog "Announcements and keys":
  - heading "Announcements and keys" [level=2]
  - group "New messages, with a screen reader":
    - text: New messages, with a screen reader
    - radio "Read them out" [checked]
    - text: Read them out
    - radio "Say how many"
    - text: Say how many
    - radio "Say nothing"
    - text: Say nothing
  - heading "Keyboard" [level=3]
  - term: ↑ ↓
  - definition: Previous or next message
  - term: Home End
  - definition: First or latest message
  - term: Enter
  - definition: Links and buttons of the message
  - term: Esc
  - definition: Back to the message, then to the composer
  - term: Ctrl + Home Ctrl + End
  - definition: Leave the messages, before or after
  - term: "?"
  - definition: This table
  - term: Enter
  - definition: Send
  - term: Shift + Enter
  - definition: New line
  - term: Alt + ↑
  - definition: From the composer to the messages
  - button "Close"
`)
})

const SCENES = [
  'full',
  'unread',
  'kinds',
  'older',
  'empty',
  'loading',
  'offline',
  'reconnecting',
  'failed',
  'refused',
  'not-found',
  'readonly',
  'sign-in',
  'long-names',
]

/** What takes the focus and does not say what it is. */
const namelessIn = (tree: readonly Told[]) =>
  tree
    .filter(({ role, states }) => states['focusable'] && role !== 'RootWebArea')
    // Of a paragraph that got the focus the text is read.
    .filter(({ role, name }) => role === 'generic' || (name === '' && role !== 'paragraph'))

for (const [element, scenes] of ELEMENTS.filter(([tag]) => !tag.startsWith('collab-'))) {
  test(`[A11Y-2] in every state of <${element}> whatever takes the focus has a role and a name`, async ({
    devtools,
    open,
  }) => {
    test.setTimeout(240_000)
    const found: unknown[] = []
    for (const scene of scenes) {
      await open({ element, scene })
      const nameless = namelessIn(await treeOf(devtools))
      if (nameless.length > 0) found.push({ scene, nameless })
    }
    expect(found).toEqual([])
  })
}

test('[A11Y-2] in every state whatever takes the focus has a role and a name', async ({
  devtools,
  open,
  page,
}) => {
  for (const element of ['collab-chat', 'collab-messages', 'collab-composer'] as const) {
    for (const scene of SCENES) {
      await open({ element, scene })
      const nameless = namelessIn(await treeOf(devtools))
      expect({ element, scene, nameless }).toEqual({ element, scene, nameless: [] })
    }
  }
  await expect(page.locator('body')).toBeVisible()
})

test('[A11Y-36] [A11Y-37] a message is named by author and time and described by text and state', async ({
  devtools,
  open,
}) => {
  await open({ scene: 'kinds' })
  const articles = (await treeOf(devtools)).filter(({ role }) => role === 'article')
  expect(articles.map(({ name, description }) => `${name}: ${description}`)).toEqual([
    'Bo Lindqvist 10:14 AM: Hello',
    'Bo Lindqvist 10:15 AM: see https://example.com/a',
    'مينا حسن Guest 10:16 AM: مرحبا edited',
    'Bo Lindqvist 10:17 AM: This message was deleted.',
    'You 10:18 AM: Mine Sent',
    expect.stringContaining('You 10:19 AM: Lost Not sent'),
    'You 10:20 AM: Soon Waiting to be sent',
  ])
  expect(articles.map(({ states }) => states['focusable'])).toEqual(articles.map(() => true))
})

test('[A11Y-29] a list that is being filled says that it is busy, and when it is not', async ({
  devtools,
  open,
  page,
}) => {
  await open({ scene: 'older' })
  const feed = async () => (await treeOf(devtools)).find(({ role }) => role === 'feed')
  expect((await feed())?.states['busy']).toBeTruthy()
  await page.evaluate(() => window.demo.client.setChat('lobby', { loadingOlder: false }))
  await drawn(page)
  expect((await feed())?.states['busy']).toBeFalsy()
})

test('[A11Y-54] every drawn message is in the tree and is found in the page', async ({
  devtools,
  open,
  page,
}) => {
  await open()
  await page.evaluate(() => {
    const { client, messagesOf } = window.demo
    const messages = messagesOf(200, 1).map((message) => ({
      ...message,
      body: `needle${message.seq}x in the hay`,
    }))
    client.setChat('lobby', { messages, discontinuity: 1 })
  })
  await drawn(page)
  const articles = (await treeOf(devtools)).filter(({ role }) => role === 'article')
  expect(articles).toHaveLength(200)
  expect(articles.filter(({ description }) => !description.includes('needle'))).toEqual([])
  const found = await page.evaluate(() => {
    const find = (text: string) =>
      (window as unknown as { find(text: string, ...how: boolean[]): boolean }).find(
        text,
        false,
        false,
        true,
      )
    return [1, 40, 77, 120, 200].map((seq) => find(`needle${seq}x`))
  })
  expect(found).toEqual([true, true, true, true, true])
})

test('[A11Y-27] texts run in their own direction, inside a page that runs in another', async ({
  open,
  page,
}) => {
  for (const dir of ['ltr', 'rtl'] as const) {
    await open({ dir, scene: 'kinds' })
    const told = await page.evaluate(() => {
      const root = window.demo.element.shadowRoot
      const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)]
      return {
        bodies: all('[part=message-body]:not(.gone)').map(({ dir: own }) => own),
        arabic: getComputedStyle(all('[data-key=m3] [part=message-body]')[0]!).direction,
        latin: getComputedStyle(all('[data-key=m1] [part=message-body]')[0]!).direction,
        names: all('[part=message-author]').map(
          ({ firstElementChild }) => firstElementChild?.localName,
        ),
        own: getComputedStyle(all('.base')[0]!).direction,
      }
    })
    expect(new Set(told.bodies)).toEqual(new Set(['auto']))
    expect(new Set(told.names)).toEqual(new Set(['bdi']))
    expect([told.arabic, told.latin, told.own]).toEqual(['rtl', 'ltr', dir])
  }
})
