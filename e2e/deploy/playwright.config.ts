import { defineConfig } from '@playwright/test'

// What is shipped in deploy/: its proxies in front of nodes on one PostgreSQL. No browser.
export default defineConfig({
  outputDir: '../test-results/deploy',
  forbidOnly: true,
  retries: 0,
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
})
