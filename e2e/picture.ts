// Takes the picture of the demo page that the README shows: node --conditions=collab-kit-source e2e/picture.ts
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'
import { chatOn } from './journeys/chat.ts'
import { startService } from './rig/service-process.ts'

const images = fileURLToPath(new URL('../docs/images/', import.meta.url))
const executablePath = process.env['CHROMIUM_PATH']

const service = await startService({
  env: { COLLAB_DEMO: 'on', COLLAB_CHATS: '[]', COLLAB_PORT: '4000' },
})
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 860 },
    colorScheme: 'light',
    locale: 'en-GB',
  })
  await page.goto(`http://localhost:${service.port}`)
  const [ann, ben] = ['Ann’s screen', 'Ben’s screen'].map((name) =>
    chatOn(page.getByRole('region', { name, exact: true })),
  )
  await ann!.ready()
  await ben!.ready()
  const talk = [
    [ann!, 'Morning! The new help page is up, with this chat on it 🎉'],
    [ben!, 'Already? How much work was it?'],
    [ann!, 'Two lines of HTML.'],
    [ann!, 'I closed my laptop halfway through, and it had everything when I came back.'],
    [ben!, 'Nice. I’ll put it on the team page today.'],
  ] as const
  for (const [index, [who, text]] of talk.entries()) {
    await who.say(text)
    await ann!.message(text).waitFor()
    await ben!.message(text).waitFor()
    if (index === talk.length - 1) await ann!.input.pressSequentially('Great, tell me how it')
  }
  await ben!.element
    .getByText(/is typing/)
    .last()
    .waitFor()
  // Ben points at a card, and Ann sees it.
  const [card, cursor] = [
    page.getByRole('region', { name: 'Ben’s screen' }).locator('.card').nth(1),
    page.getByRole('region', { name: 'Ann’s screen' }).locator('[part="cursor"] .label'),
  ]
  await card.hover({ position: { x: 110, y: 20 } })
  await cursor.waitFor()
  mkdirSync(images, { recursive: true })
  await page.screenshot({ path: `${images}demo.png`, animations: 'disabled', fullPage: true })
} finally {
  await browser.close()
  await service.close()
}
