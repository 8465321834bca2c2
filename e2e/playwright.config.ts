import { defineConfig } from '@playwright/test'

const executablePath = process.env['CHROMIUM_PATH']
const launch = (...more: string[]) => ({
  ...(executablePath ? { executablePath } : {}),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-sync',
    ...more,
  ],
})

export default defineConfig({
  outputDir: './test-results',
  forbidOnly: true,
  retries: 0,
  workers: 1,
  // Machines are shared and noisy: what is late is not wrong.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: { browserName: 'chromium', locale: 'en-GB' },
  projects: [
    {
      // Each worker starts services of its own (see journeys/fixtures.ts); the pages load the elements as they were built.
      name: 'journeys',
      testDir: './journeys',
      use: { trace: 'retain-on-failure', launchOptions: launch() },
    },
    {
      // A page with one element and without a service (see accessibility/fixtures.ts).
      name: 'accessibility',
      testDir: './accessibility',
      use: {
        // Thousands of small steps: a trace of them costs more than they do.
        trace: 'off',
        timezoneId: 'UTC',
        // As assistive technology switches it on: without it what is skipped while drawing is not in the tree.
        launchOptions: launch('--force-renderer-accessibility'),
      },
    },
  ],
})
