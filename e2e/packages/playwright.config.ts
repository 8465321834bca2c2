import { defineConfig } from '@playwright/test'

const executablePath = process.env['CHROMIUM_PATH']

// Who has nothing but the packages: each test starts from what is packed, outside the workspace (see fixtures.ts).
export default defineConfig({
  outputDir: '../test-results/packages',
  forbidOnly: true,
  retries: 0,
  // What is packed, installed and built serves all tests.
  workers: 1,
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
