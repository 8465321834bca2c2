import { blocksOf, fill } from '../guide/blocks.ts'
import { expect, ROOT, test } from './fixtures.ts'
import { attempt, run } from './run.ts'

test('`collab` is found as the guide says: in the repository, and where the package is installed', async ({
  scratch,
  service,
}) => {
  const env = { COLLAB_DATA_DIR: `${scratch}/by-collab`, COLLAB_PUBLIC_URL: 'https://chat.example' }
  const block = blocksOf('docs/guide/deploy.md', 'sh').find(({ code }) => code.includes('--dir'))!
  const script = fill(block.code, { '/path/to/collab-kit': ROOT })
  const here = await run('sh', ['-e', '-c', script], { cwd: scratch, env })
  // Nothing but what the program prints: somebody may read on from there.
  expect(here.split('\n')[0]).toMatch(/^\w+(\.\w+)* /)
  expect(here).toContain('https://chat.example')
  const plain = ['run', '--silent', 'collab', '--', 'config']
  expect(await run('npm', plain, { cwd: ROOT, env })).toContain('https://chat.example')
  expect(service.output()).toContain('listening')
  const installed = await run('npx', ['collab', 'config'], { cwd: `${scratch}/service`, env })
  expect(installed).toContain('https://chat.example')
})

test('an example that is none, and a port that somebody has, are refused with what to do', async ({
  service,
}) => {
  const example = (...args: string[]) =>
    attempt(process.execPath, ['scripts/run.mjs', 'example', ...args], { cwd: ROOT })
  const unknown = await example('angular')
  expect(unknown.code).toBe(1)
  expect(unknown.output).toContain('html, vite-react, nextjs, host-app')
  const taken = await example('html', '--service-port', String(service.port))
  expect(taken.code).toBe(1)
  expect(taken.output).toContain('--service-port 4001')
})
