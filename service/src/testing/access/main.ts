import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createService } from '../../index.ts'
import { findings, PAGE, readPage, writePage } from './page.ts'
import { playAll } from './probe.ts'
import { allProbes } from './probes.ts'

// `pnpm matrix`: who may do what, played on a service and compared with the page that says it.
// --write writes the page; --mutate removes each check in turn and wants to see a cell turn red.

const say = (text: string) => void process.stdout.write(`${text}\n`)

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    mutate: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})

if (values.mutate) {
  const { mutate } = await import('./mutation.ts')
  const expected = readPage(await readFile(PAGE, 'utf8'))
  const { survivors, unexplained } = await mutate({ expected, only: values.only, say })
  say(`${survivors} survived, ${unexplained} of them without a reason`)
  process.exitCode = unexplained > 0 ? 1 : 0
} else {
  const since = performance.now()
  const cells = await playAll(allProbes(), { create: createService })
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  const page = writePage(cells)
  if (values.write) await writeFile(PAGE, page)
  const wrong = findings(cells, readPage(values.write ? page : await readFile(PAGE, 'utf8')))
  for (const each of wrong) say(each)
  say(`${cells.length} cells, ${wrong.length} wrong, ${seconds} s`)
  process.exitCode = wrong.length > 0 ? 1 : 0
}
