import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import {
  type AliasOptions,
  defaultClientConditions,
  defaultServerConditions,
  type Plugin,
  type UserConfig,
} from 'vite'
import type { ProvidedContext } from 'vitest'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { minifyTemplates } from './components/build/minify-templates.ts'

// One configuration for all packages. Every package builds itself with `vite build --config ../vite.config.ts`:
//   (no mode)      the library: one file per entry of "exports", dependencies left to the one who installs it
//   --ssr          the service, for Node
//   --mode cdn     the elements with all they need, split into chunks, for a <script type="module">
//   --mode global  the same in one classic script that sets window.Collab
// At the root Vitest reads the projects below.

/** The export condition by which packages see each other's TypeScript and not yesterday's build. */
const SOURCE = 'collab-kit-source'
const rootDir = fileURLToPath(new URL('.', import.meta.url))
/** Before the tests of every project. */
const PATIENCE = join(rootDir, 'scripts/test/patience.ts')
const packageDir = process.cwd()

/** What the one who installs a package brings along; not the compiler's own helpers, which no manifest names. */
const isDependency = (id: string) => !/^[.\0]|^@oxc-project\/runtime/.test(id) && !isAbsolute(id)

/** "exports" of the package being built, as { name of the file in dist: source file }. */
function exportedEntries(): Record<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'))
  const { exports = {} } = manifest as { exports?: Record<string, string | Record<string, string>> }
  const entries: Record<string, string> = {}
  for (const target of Object.values(exports)) {
    if (typeof target === 'string' || !target[SOURCE] || !target['default']) continue
    const name = target['default'].replace(/^\.\/dist\//, '').replace(/\.js$/, '')
    entries[name] = resolve(packageDir, target[SOURCE])
  }
  return entries
}

/** Writes integrity.json beside the files: what a page needs for <script integrity>. */
function integrity(): Plugin {
  return {
    name: 'collab-kit:integrity',
    writeBundle({ dir }) {
      if (!dir) return
      const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
      const hashes = files
        .filter((file) => file.endsWith('.js'))
        .sort()
        .map((file) => {
          const hash = createHash('sha384').update(readFileSync(join(dir, file)))
          return [file.replaceAll('\\', '/'), `sha384-${hash.digest('base64')}`]
        })
      writeFileSync(
        join(dir, 'integrity.json'),
        `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`,
      )
    },
  }
}

function library(): UserConfig {
  return {
    logLevel: 'warn',
    plugins: [minifyTemplates({ keepLines: true })],
    build: {
      target: 'es2022',
      // `tsc -b` writes the declarations into the same folder.
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      lib: {
        entry: exportedEntries(),
        formats: ['es'],
      },
      rolldownOptions: {
        external: isDependency,
        // `'use client'` of an entry is kept, and scripts/imports.ts sees to it.
        onLog: (level, log, next) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && next(level, log),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  }
}

function service(): UserConfig {
  return {
    logLevel: 'warn',
    build: {
      ssr: true,
      target: 'node24',
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: {
          main: resolve(packageDir, 'src/main.ts'),
          'writer-worker': resolve(packageDir, 'src/writer-worker.ts'),
          ...exportedEntries(),
        },
        external: isDependency,
        // Flat names: by default shared code moves to assets/ and `new URL('./x', import.meta.url)` misses.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  }
}

/** What a page loads by address: everything inside, as small as it gets. */
function page(kind: 'cdn' | 'global'): UserConfig {
  const classic = kind === 'global'
  return {
    logLevel: 'warn',
    resolve: {
      conditions: [SOURCE, ...defaultClientConditions],
      // `createCollab` of this file comes with chats: elements that could do without would only cut it into pieces.
      alias: [{ find: /^@collab-kit\/client\/base$/, replacement: '@collab-kit/client' }],
    },
    // Libraries ask for it; a page has no `process`.
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [minifyTemplates(), integrity()],
    build: {
      target: 'es2022',
      outDir: 'dist/cdn',
      emptyOutDir: !classic,
      lib: {
        entry: resolve(packageDir, classic ? 'src/global.ts' : 'src/cdn.ts'),
        name: 'Collab',
        formats: [classic ? 'iife' : 'es'],
      },
      rolldownOptions: {
        // What all chunks share stands in the entry: one file less to wait for.
        preserveEntrySignatures: 'allow-extension',
        output: {
          entryFileNames: classic ? 'collab.global.js' : 'collab.js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Vite leaves white space in ES library builds; this does not.
          minify: true,
          ...(classic ? { codeSplitting: false } : {}),
        },
      },
    },
  }
}

interface NodeProjectOptions {
  /** Folder; that of the same name by default. */
  folder?: string
  /** Further settings of its tests. */
  test?: {
    testTimeout?: number
    hookTimeout?: number
    fileParallelism?: boolean
    provide?: Partial<ProvidedContext>
    server?: { deps: { inline: string[] } }
  }
  alias?: AliasOptions
  /** Modules that Node loads before all others. */
  imports?: string[]
}

function nodeProject(
  name: string,
  include: string[],
  { folder = name, test = {}, alias = [], imports = [] }: NodeProjectOptions = {},
): TestProjectConfiguration {
  return {
    resolve: { conditions: [SOURCE, ...defaultServerConditions], alias },
    ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
    test: {
      name,
      root: join(rootDir, folder),
      include,
      environment: 'node',
      setupFiles: [PATIENCE],
      // On machines that may be busy with something else.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test,
      // Worker threads and child processes of a test read the TypeScript sources too.
      execArgv: [`--conditions=${SOURCE}`, ...imports.map((path) => `--import=${path}`)],
    },
  }
}

interface BrowserProjectOptions {
  /** Folder; that of the same name by default. */
  folder?: string
  alias?: AliasOptions
  provide?: Partial<ProvidedContext>
  /** Dependencies to be prepared before the first test: one found later would come a second time. */
  prepared?: string[]
}

// A function per project: Vitest refuses one browser object shared by two.
function browserProject(
  name: string,
  { folder = name, alias = [], provide = {}, prepared = [] }: BrowserProjectOptions = {},
): TestProjectConfiguration {
  const executablePath = process.env['CHROMIUM_PATH']
  return {
    root: join(rootDir, folder),
    resolve: { conditions: [SOURCE, ...defaultClientConditions], alias },
    optimizeDeps: { include: prepared },
    test: {
      name,
      root: join(rootDir, folder),
      include: ['src/**/*.test.{ts,tsx}'],
      exclude: ['src/**/*.server.test.tsx'],
      provide,
      setupFiles: [PATIENCE],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            ...(executablePath ? { executablePath } : {}),
            args: [
              '--no-sandbox',
              '--disable-gpu',
              '--disable-quic',
              '--no-first-run',
              '--disable-background-networking',
              '--disable-component-update',
              '--disable-sync',
            ],
          },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}

const REACT = [
  'react',
  'react/jsx-dev-runtime',
  'react-dom/client',
  '@lit/react',
  '@testing-library/react',
]

/** The components and hooks on one React: in a page, and in Node as on a server. */
function reactProjects(name: string, major: '18' | '19'): TestProjectConfiguration[] {
  const provide = { reactMajor: major }
  const alias = ['react', 'react-dom'].map((each) => ({
    find: new RegExp(`^${each}(?=/|$)`),
    replacement: join(rootDir, 'react/node_modules', `${each}-${major}`),
  }))
  const options = { folder: 'react', ...(major === '18' && { alias }) }
  const imports = major === '18' ? [join(rootDir, 'react/src/testing/react-18.ts')] : []
  return [
    browserProject(name, { ...options, provide, prepared: REACT }),
    nodeProject(`${name}-server`, ['src/**/*.server.test.tsx'], {
      ...options,
      imports,
      // Left to Node it would get another React than the tests.
      test: { provide, server: { deps: { inline: ['@lit/react'] } } },
    }),
  ]
}

const tests: UserConfig = {
  test: {
    projects: [
      nodeProject('protocol', ['src/**/*.test.ts', 'conformance/**/*.test.ts']),
      nodeProject('client', ['src/**/*.test.ts']),
      nodeProject('service', ['src/**/*.test.ts']),
      nodeProject('scripts', ['**/*.test.ts']),
      // Real processes that are killed, starved and lied to: one file at a time, for they share the machine.
      nodeProject('faults', ['{faults,bad-input,fuzz,guide}/**/*.test.ts'], {
        folder: 'e2e',
        test: { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
      }),
      browserProject('components'),
      ...reactProjects('react', '19'),
      ...reactProjects('react18', '18'),
    ],
    // Lit says in every file that it runs in development mode.
    onConsoleLog: (log) => !log.includes('Lit is in dev mode'),
  },
}

export default defineConfig(({ command, mode, isSsrBuild }) => {
  if (command !== 'build') return tests
  if (mode === 'cdn' || mode === 'global') return page(mode)
  return isSsrBuild ? service() : library()
})
