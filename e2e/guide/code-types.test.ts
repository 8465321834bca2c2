import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Block, blocksOf } from './blocks.ts'

// Code that is shown is what the packages take: names, options and types. (events.md, languages.md and theming.md are run
// by tests of their own.)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = ['README.md', 'docs/guide/activities.md', 'docs/guide/identity.md']
const shown = PAGES.flatMap((page) => blocksOf(page, 'js', 'tsx'))
const WRONG: Block = {
  page: 'wrong.md',
  language: 'js',
  line: 11,
  code: `const chat = collab.chat('x')\nchat.say('y')\n`,
}
const blocks = [...shown, WRONG]

/** What the text around the code has, by name and type. */
const GIVEN: Readonly<Record<string, string>> = {
  app: '{ post(path: string, handler: ReturnType<typeof import("@collab-kit/service/token").toExpress>): void }',
  router:
    '{ post(path: string, handler: ReturnType<typeof import("@collab-kit/service/token").toKoa>): void }',
  issuer: 'string',
  audience: 'string',
  secret: 'string',
  token: 'string',
  apiKey: 'string',
  apiSecret: 'string',
  statusExpiresAt: 'string',
  getUser: '() => import("@collab-kit/service/token").HostUser | undefined',
  signing: 'import("@collab-kit/service/token").SignOptions',
  auth: '() => Promise<{ user: import("@collab-kit/service/token").HostUser } | undefined>',
  shorten: '() => void',
  askMyBackend: '() => Promise<string>',
  collab: 'import("@collab-kit/client").CollabClient',
}

/** Where the packages are that an app would have installed. */
const PACKAGES = {
  '@collab-kit/client': 'client',
  '@collab-kit/components': 'components',
  '@collab-kit/react': 'react',
  '@collab-kit/service': 'service',
  '@types/node': 'node_modules/@types/node',
  '@types/react': 'react/node_modules/@types/react',
  react: 'react/node_modules/react',
  'socket.io-client': 'service/node_modules/socket.io-client',
}

const folder = mkdtempSync(join(tmpdir(), 'collab-code-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = ({ page, line, language }: Block): string =>
  `${page.replaceAll(/\W/g, '-')}-${line}.${language}`

/** A module of a block, whose lines keep their numbers from the one on that is answered. */
function toModule({ code, language }: Block): { text: string; from: number } {
  const made = new Set(
    [...code.matchAll(/\b(?:const|import) (?:{([^}]+)}|(\w+))/g)].flatMap(([, many, one]) =>
      (many ?? one ?? '').split(',').map((name) => name.trim()),
    ),
  )
  const given = Object.entries(GIVEN)
    .filter(
      ([name]) => !made.has(name) && new RegExp(`(?<![\\w'/-]|\\w\\.)${name}\\b(?!:)`).test(code),
    )
    .map(([name, type]) => `const ${name} = /** @type {${type}} */ (globalThis['${name}'])`)
  const before = [language === 'js' ? `import '@collab-kit/components'` : '', ...given]
  return { text: `${before.join('\n')}\n${code}\nexport {}\n`, from: before.length }
}

let errors: { block: Block; line: number; text: string }[]

beforeAll(async () => {
  for (const [name, at] of Object.entries(PACKAGES)) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, at), link, 'dir')
  }
  for (const block of blocks) writeFileSync(join(folder, fileOf(block)), toModule(block).text)
  const compilerOptions = {
    target: 'es2024',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    types: ['node'],
    jsx: 'react-jsx',
    allowJs: true,
    checkJs: true,
    strict: true,
    // Pages of JavaScript say less than the compiler would like to know.
    noImplicitAny: false,
    strictNullChecks: false,
    noEmit: true,
    // The packages' own sources.
    customConditions: ['collab-kit-source'],
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
    useDefineForClassFields: false,
    skipLibCheck: true,
  }
  const files = blocks.map(fileOf)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  errors = readErrors(await compile())
}, 120_000)

async function compile(): Promise<string> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const child = spawn(tsc, ['-p', folder, '--pretty', 'false'], { cwd: folder })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return output
}

/** Those in blocks, by the lines of their pages; what has no place is nobody's fault but this test's. */
function readErrors(output: string): typeof errors {
  const misplaced = output.split('\n').filter((line) => line.startsWith('error'))
  if (misplaced.length > 0) throw new Error(output)
  return blocks.flatMap((block) => {
    const { from } = toModule(block)
    const own = new RegExp(`^${fileOf(block)}\\((\\d+),\\d+\\): (error .*)$`, 'gm')
    return [...output.matchAll(own)].map(([, line, text = '']) => ({
      block,
      line: block.line + Number(line) - from - 1,
      text,
    }))
  })
}

test.each(shown.map((block) => [`${block.page}:${block.line}`, block] as const))(
  'the code of %s is what the packages take',
  (_, block) => {
    const own = errors.filter((error) => error.block === block)
    expect(own.map(({ line, text }) => `${block.page}:${line}: ${text}`)).toEqual([])
  },
)

test('code that they do not take is found, at its line', () => {
  expect(errors.filter(({ block }) => block === WRONG)).toEqual([
    { block: WRONG, line: 12, text: expect.stringContaining("Property 'say' does not exist") },
  ])
})
