import { fileURLToPath } from 'node:url'
import { bundle, type Entry, firstLoad, gzipBytes } from '../../../scripts/bundle.ts'
import type { Site } from '../page/browser.ts'
import { HTML } from '../page/browser.ts'
import { oneFile } from '../page/site.ts'
import { install } from './install.ts'
import { type Kit, OURS } from './kits.ts'

export interface Built {
  kit: Kit
  site: Site
  /** What the page loads at first, in bytes of gzip. */
  js: number
  css: number
  /** Code that is fetched when it is needed. */
  later: number
}

const HARNESS = fileURLToPath(new URL('in-page/harness.ts', import.meta.url))
const OUR_PAGE = fileURLToPath(new URL('in-page/ours.ts', import.meta.url))
const OUR_SOCKETS = fileURLToPath(new URL('in-page/sockets.ts', import.meta.url))

/** Two builds: as a page would be built, for its bytes, and in one file, so that nothing is fetched while it is measured. */
export async function build(kit: Kit): Promise<Built> {
  const harness = await oneFile(HARNESS)
  if (kit === OURS) {
    const sizes = await sizesOf({
      from: 'components',
      code: `import './src/features/collab-chat/index.ts'`,
    })
    return { kit, site: siteOf({ harness, js: await oneFile(OUR_PAGE) }), ...sizes }
  }
  const sizes = await sizesOf({ from: await install(kit), code: `import './${kit.page}'` })
  return { kit, site: siteOf({ harness, ...(await pageOf(kit, kit.page)) }), ...sizes }
}

/** The page that WebSockets are counted in. */
export async function socketsSite(kit: Kit): Promise<Site | undefined> {
  if (kit === OURS) return siteOf({ harness: '', js: await oneFile(OUR_SOCKETS) })
  if (!kit.sockets?.page) return undefined
  return siteOf({ harness: '', ...(await pageOf(kit, kit.sockets.page)) })
}

async function pageOf(kit: Kit, page: string): Promise<{ js: string; css: string }> {
  const from = await install(kit)
  const outputs = await bundle({ from, code: `import './${page}'`, whole: true, withAssets: true })
  const codes = outputs.flatMap((each) => (each.type === 'chunk' ? [each.code] : []))
  return { js: codes.join('\n'), css: sheet(outputs) }
}

type Outputs = Awaited<ReturnType<typeof bundle>>

const sheet = (outputs: Outputs) =>
  outputs
    .flatMap((each) =>
      each.type === 'asset' && each.fileName.endsWith('.css') ? [each.source.toString()] : [],
    )
    .join('\n')

async function sizesOf(entry: Entry): Promise<Pick<Built, 'js' | 'css' | 'later'>> {
  const outputs = await bundle({ ...entry, withAssets: true })
  const js = gzipBytes(firstLoad(outputs).map(({ code }) => code))
  const all = gzipBytes(outputs.flatMap((each) => (each.type === 'chunk' ? [each.code] : [])))
  const css = sheet(outputs)
  return { js, css: css ? gzipBytes([css]) : 0, later: all - js }
}

function siteOf({ harness, js, css = '' }: { harness: string; js: string; css?: string }): Site {
  const head = '<link rel="stylesheet" href="/page.css" /></head>'
  const first = '<script type="module" src="/harness.js"></script>'
  return {
    html: HTML.replace('</head>', head).replace('<script', `${first}<script`),
    files: { '/page.js': js, '/page.css': css, '/harness.js': harness },
  }
}
