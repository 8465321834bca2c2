// oxlint-disable no-console -- what goes wrong is shown to whoever runs this
// Takes a picture of every scene: `node components/demo/screenshots.ts FOLDER [scene …]`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { createServer } from 'vite'

const [folder, ...scenes] = process.argv.slice(2)
if (!folder)
  throw new Error('Say where the pictures go: node components/demo/screenshots.ts FOLDER [scene …]')
mkdirSync(folder, { recursive: true })

const all = [
  'full',
  'unread',
  'empty',
  'loading',
  'offline',
  'failed',
  'refused',
  'not-found',
  'readonly',
  'sign-in',
]
const server = await createServer({
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  logLevel: 'error',
})
await server.listen(0)
const address = server.resolvedUrls?.local[0] ?? ''
// oxlint-disable-next-line node/no-process-env -- as the tests do
const executablePath = process.env['CHROMIUM_PATH']
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: ['--no-sandbox'],
})
try {
  for (const scene of scenes.length > 0 ? scenes : all) {
    for (const [width, dir] of [
      [320, 'ltr'],
      [1280, 'ltr'],
      [320, 'rtl'],
      [1280, 'rtl'],
    ] as const) {
      for (const theme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport: { width, height: 720 }, colorScheme: theme })
        page.on(
          'console',
          (message) => message.type() === 'error' && console.log(scene, message.text()),
        )
        page.on('pageerror', (error) => console.log(scene, error.message))
        await page.goto(`${address}?scene=${scene}&theme=${theme}&dir=${dir}`)
        await page.waitForTimeout(700)
        await page.screenshot({ path: join(folder, `${scene}-${width}-${theme}-${dir}.png`) })
        await page.close()
      }
    }
  }
} finally {
  await browser.close()
  await server.close()
}
