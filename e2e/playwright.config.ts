import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const port = process.env['E2E_PORT'] ?? '4100'
const baseURL = `http://localhost:${port}`
const executablePath = process.env['CHROMIUM_PATH']

// The service as `npm start` runs it: built, on SQLite, with the demo page.
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: './test-results',
  forbidOnly: true,
  retries: 0,
  workers: 1,
  use: {
    baseURL,
    browserName: 'chromium',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
    },
  },
  webServer: {
    command: 'node service/dist/main.js serve',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    url: `${baseURL}/healthz`,
    env: {
      COLLAB_PORT: port,
      COLLAB_DEMO: 'on',
      COLLAB_DATA_DIR:
        process.env['E2E_DATA_DIR'] ?? join(tmpdir(), `collab-kit-e2e-data-${process.pid}`),
    },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5000 },
  },
})
