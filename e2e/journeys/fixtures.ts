import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { createHostPages, type HostPages } from '../rig/host-pages.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'

/** Whoever speaks at once in a test is not to be slowed down. */
export const ROOMY: Record<string, string> = {
  COLLAB_LIMITS_OPS_PER_SECOND: '100000',
  COLLAB_LIMITS_OPS_BURST: '100000',
  COLLAB_LIMITS_IN_FLIGHT: '1000',
  COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '100000',
}

interface Worker {
  /** A site that embeds the elements. */
  host: HostPages
  /** A service with an empty lobby, which knows that site. */
  service: ServiceProcess
  /** A service with its demo. */
  demo: ServiceProcess
}

interface Each {
  /** Starts a service of the test's own on this folder, which is gone after the test. */
  startOwn(env: Record<string, string>): Promise<ServiceProcess>
  /** Opens a page of the site that knows the service. */
  openHost(
    body: string,
    options?: { page?: Page; head?: string; headers?: Record<string, string> },
  ): Promise<Page>
}

export const test = base.extend<Each, Worker>({
  host: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const host = await createHostPages()
      await use(host)
      await host.close()
    },
    { scope: 'worker' },
  ],
  service: [
    async ({ host }, use) => {
      const service = await startService({
        env: { ...ROOMY, COLLAB_ALLOWED_ORIGINS: host.allowed },
      })
      await use(service)
      await service.close()
    },
    { scope: 'worker' },
  ],
  demo: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const service = await startService({ env: { COLLAB_DEMO: 'on', COLLAB_CHATS: '[]' } })
      await use(service)
      await service.close()
    },
    { scope: 'worker' },
  ],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
  startOwn: async ({}, use) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'collab-journey-'))
    const started: ServiceProcess[] = []
    await use(async (env) => {
      const service = await startService({ dataDir, env })
      started.push(service)
      return service
    })
    for (const service of started) await service.close()
    rmSync(dataDir, { recursive: true })
  },
  openHost: async ({ host, page, service }, use) => {
    await use(async (body, { page: other = page, head = '', headers } = {}) => {
      const path = host.serve(document({ body, head, service }), headers)
      await other.goto(host.allowed + path)
      return other
    })
  },
})

export { expect } from '@playwright/test'

const document = ({
  body,
  head,
  service,
}: {
  body: string
  head: string
  service: ServiceProcess
}) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Somebody's own page</title>${head}</head>
  <body>
    <h1>Somebody's own page</h1>
    <script type="module" src="${service.url}/collab.js"></script>
    ${body}
  </body>
</html>`
