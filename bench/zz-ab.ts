// node zz-ab.ts rounds cases siteA.json siteB.json …
import { readFileSync } from 'node:fs'
import { burst } from './src/page/cases/burst.ts'
import { loaded } from './src/page/cases/loaded.ts'
import { scroll } from './src/page/cases/scroll.ts'
import { changes } from './src/page/cases/changes.ts'
import { opening } from './src/page/cases/open.ts'
import { median } from './src/statistics.ts'
const [rounds, wanted, ...files] = process.argv.slice(2)
const cases = [burst, loaded, scroll, changes, opening].filter((c) => wanted!.split(',').includes(c.name))
const keys = ['cpuMsEach', 'cpuPercent', 'busiestMs', 'rowsEach', 'renderMsEach', 'nodes', 'nodesMost', 'mountMs', 'mountCpuMs', 'againMs', 'appendMs', 'appendLeastMs', 'appendCpuMs', 'spinBusiestMs', 'spinCpuPercent', 'spinDroppedPercent', 'passed', 'cpuMs', 'cpuStylesMs', 'cpuLayoutMs', 'longMs', 'updateMost', 'turnMost', 'foundDrawn', 'foundLoaded', 'heapMB']
for (const c of cases) {
  const all = new Map<string, Record<string, number>[]>(files.map((f) => [f, []]))
  for (let r = 0; r < +rounds!; r++) for (const f of r % 2 ? files.toReversed() : files) {
    const site = JSON.parse(readFileSync(f, 'utf8'))
    all.get(f)!.push(await c.run({ site, seconds: 4, steps: 120, throttle: 1, profile: '' }))
  }
  console.log('== ' + c.name)
  for (const k of keys) {
    const row = files.map((f) => all.get(f)!.map((x) => x[k]!).filter((x) => x !== undefined))
    if (row[0]!.length) console.log(k.padEnd(20), row.map((v) => median(v).toFixed(2).padStart(10) + ` (${Math.min(...v).toFixed(2)})`).join('  '))
  }
}
