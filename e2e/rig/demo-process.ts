import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SERVE = fileURLToPath(new URL('../../components/demo/serve.ts', import.meta.url))

/** The page with one element in a state of one's choice, without a service. */
export interface DemoProcess {
  readonly url: string
  close(): Promise<void>
}

/** Builds the page and serves it. */
export async function startDemo(): Promise<DemoProcess> {
  const child = spawn(process.execPath, [SERVE], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => Promise.reject(new Error('the demo ended before it was served'))),
  ])) as [string]
  return {
    url: line,
    async close() {
      child.kill()
      await exited
    },
  }
}
