import { defineConfig } from '@playwright/test'

const executablePath = process.env['CHROMIUM_PATH']

// Each worker starts services of its own (see journeys/fixtures.ts); the pages load the elements as they were built.
export default defineConfig({
  testDir: './journeys',
  testMatch: '**/*.spec.ts',
  outputDir: './test-results',
  forbidOnly: true,
  retries: 0,
  workers: 1,
  // Machines are shared and noisy: what is late is not wrong.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
    },
  },
})
