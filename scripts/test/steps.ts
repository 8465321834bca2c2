import { join } from 'node:path'
import type { Say } from './bring.ts'
import { run } from './child.ts'
import { findChromium, version } from './chromium.ts'
import { askPostgres, startPostgres } from './postgres.ts'
import { askCaddy, askNginx, findCaddy, findNginx } from './proxies.ts'
import { askRedis, startRedis } from './redis.ts'
import { type Count, countCatalogue, countPlaywright, countVitest } from './reports.ts'
import { bin, ROOT } from './root.ts'
import { temporaryFolder } from './temporary.ts'

export interface Result extends Count {
  /** Shown when the step fails. */
  output: string
}

export interface Step {
  name: string
  /** Steps of one stage run side by side; the next stage begins when all have ended. */
  stage:
    | 'check'
    | 'servers'
    | 'build'
    | 'built'
    | 'unit'
    | 'e2e'
    | 'catalogue'
    | 'deploy'
    | 'packages'
  /** Names of steps that must have passed before. */
  needs?: string[]
  run: (say: Say) => Promise<Result>
}

/** What the steps before have brought, for the environment of those after. */
const brought: Record<string, string> = {}

/** Folders that must have run tests. */
const VITEST_FOLDERS = [
  'protocol',
  'client',
  'service',
  'scripts',
  'components',
  'react',
  'e2e',
] as const
const SOURCE = '--conditions=collab-kit-source'

const environment = () => ({ ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...brought })

/** Commands in turn, together one test. */
function commands(...list: [command: string, ...args: string[]][]): Step['run'] {
  return async () => {
    for (const [command, ...args] of list) {
      const { code, output } = await run(command, args, { cwd: ROOT, env: environment() })
      if (code !== 0) return { passed: 0, failed: 1, problems: [], output }
    }
    return { passed: 1, failed: 0, problems: [], output: '' }
  }
}

/** Brings something, asks whether it answers, and tells the later steps where it is. */
function server(
  variable: string,
  bring: (say: Say) => Promise<string>,
  ask: (at: string) => Promise<unknown>,
): Step['run'] {
  return async (say) => {
    try {
      const address = await bring(say)
      await ask(address)
      brought[variable] = address
      return { passed: 1, failed: 0, problems: [], output: '' }
    } catch (error) {
      // The reason is the output of the failed step.
      const output = error instanceof Error ? error.message : String(error)
      return { passed: 0, failed: 1, problems: [], output }
    }
  }
}

async function answersItsVersion(path: string): Promise<void> {
  if (!(await version(path))) throw new Error(`${path} does not run.`)
}

async function unit(): Promise<Result> {
  const report = join(temporaryFolder('vitest'), 'report.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code, output } = await run(bin('vitest'), args, { cwd: ROOT, env: environment() })
  return { ...countVitest(report, VITEST_FOLDERS, code), output }
}

/** The tests of a configuration of Playwright; for what takes its time without a word, a word before. */
function playwright(config: string, before?: string): Step['run'] {
  return async (say) => {
    if (before !== undefined) say(before)
    const report = join(temporaryFolder('playwright'), 'report.json')
    const env = {
      ...environment(),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    }
    const args = ['test', '--config', config, '--reporter=line,json']
    const { output } = await run(bin('playwright'), args, { cwd: ROOT, env })
    return { ...countPlaywright(report), output }
  }
}

/** Every story in a few modes; `pnpm catalogue` looks at all of them. */
async function catalogue(say: Say): Promise<Result> {
  say('the catalogue: building it and looking at every story …')
  const report = join(temporaryFolder('catalogue-report'), 'report.json')
  const args = [SOURCE, 'scripts/catalogue.ts', '--few', '--report', report]
  const { output } = await run('node', args, { cwd: ROOT, env: environment() })
  return { ...countCatalogue(report), output }
}

export const steps: Step[] = [
  { name: 'format', stage: 'check', run: commands([bin('oxfmt'), '--check', '.']) },
  {
    name: 'lint',
    stage: 'check',
    run: commands([bin('oxlint'), '--type-aware', '--deny-warnings', '.']),
  },
  {
    name: 'types',
    stage: 'check',
    run: commands([bin('tsc'), '-b']),
  },
  { name: 'layers', stage: 'check', run: commands(['node', 'scripts/layers.ts']) },
  { name: 'unused', stage: 'check', run: commands([bin('knip')]) },
  {
    name: 'generated',
    stage: 'check',
    run: commands(['node', SOURCE, 'scripts/generate.ts', '--check']),
  },
  { name: 'reference', stage: 'check', run: commands(['node', 'scripts/check-reference.ts']) },
  { name: 'slices', stage: 'check', run: commands(['node', SOURCE, 'scripts/check-slices.ts']) },
  {
    name: 'accessibility',
    stage: 'check',
    run: commands(['node', 'scripts/check-accessibility.ts']),
  },
  {
    name: 'postgresql',
    stage: 'servers',
    run: server('TEST_DATABASE_URL', startPostgres, askPostgres),
  },
  { name: 'redis', stage: 'servers', run: server('TEST_REDIS_URL', startRedis, askRedis) },
  {
    name: 'chromium',
    stage: 'servers',
    run: server('CHROMIUM_PATH', findChromium, answersItsVersion),
  },
  { name: 'nginx', stage: 'servers', run: server('NGINX_PATH', findNginx, askNginx) },
  { name: 'caddy', stage: 'servers', run: server('CADDY_PATH', findCaddy, askCaddy) },
  { name: 'build', stage: 'build', run: commands(['node', 'scripts/build.mjs']) },
  { name: 'sizes', stage: 'built', run: commands(['node', 'scripts/sizes.ts']) },
  {
    name: 'imports',
    stage: 'built',
    needs: ['build'],
    run: commands(['node', 'scripts/imports.ts']),
  },
  { name: 'unit', stage: 'unit', needs: ['postgresql', 'redis', 'chromium'], run: unit },
  {
    name: 'e2e',
    stage: 'e2e',
    needs: ['build', 'chromium'],
    run: playwright('e2e/playwright.config.ts'),
  },
  { name: 'catalogue', stage: 'catalogue', needs: ['build', 'chromium'], run: catalogue },
  {
    name: 'deploy',
    stage: 'deploy',
    needs: ['build', 'postgresql', 'redis', 'nginx', 'caddy'],
    run: playwright('e2e/deploy/playwright.config.ts'),
  },
  {
    name: 'packages',
    stage: 'packages',
    needs: ['build', 'chromium'],
    run: playwright(
      'e2e/packages/playwright.config.ts',
      'installing what is packed: the service, a Vite app, a Next.js app (large the first time) …',
    ),
  },
]

export const stages = [
  'check',
  'servers',
  'build',
  'built',
  'unit',
  'e2e',
  'catalogue',
  'deploy',
  'packages',
] as const
