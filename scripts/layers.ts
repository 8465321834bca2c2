// Runs the rules of .dependency-cruiser.cjs over the packages. That nothing was read is an error too: a parser that
// understands no file finds everything in order.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const PACKAGES = ['protocol', 'client', 'components', 'react', 'service', 'stories', 'e2e', 'bench']

interface Cruise {
  modules: { source: string; dependencies: unknown[] }[]
  summary: {
    totalDependenciesCruised: number
    violations: {
      from: string
      to: string
      rule: { name: string }
      cycle?: { name: string }[]
      comment?: string
    }[]
    ruleSetUsed: { forbidden: { name: string; comment: string }[] }
  }
}

export interface Layers {
  /** Modules read, by package. */
  modules: Record<string, number>
  /** One sentence for each thing that is wrong. */
  problems: string[]
}

export function checkLayers(root = ROOT, packages = PACKAGES): Layers {
  const present = packages.filter((name) => existsSync(join(root, name)))
  const config = join(ROOT, '.dependency-cruiser.cjs')
  const depcruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [depcruise, '--config', config, '--output-type', 'json', ...present]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (!stdout.startsWith('{')) {
    return { modules: {}, problems: [`dependency-cruiser did not run: ${stderr}`] }
  }
  const cruise = JSON.parse(stdout) as Cruise
  const modules = countModules(cruise, present)
  return { modules, problems: [...unread(modules, root), ...violations(cruise)] }
}

function countModules(cruise: Cruise, packages: string[]): Record<string, number> {
  const count = (name: string) =>
    cruise.modules.filter(({ source }) => source.startsWith(`${name}/`) && source.endsWith('.ts'))
      .length
  return Object.fromEntries(packages.map((name) => [name, count(name)]))
}

/** A package with an entry of which not one module was read. */
function unread(modules: Record<string, number>, root: string): string[] {
  const total = Object.values(modules).reduce((sum, count) => sum + count, 0)
  if (total === 0) return ['No module was read: the rules checked nothing.']
  return Object.entries(modules)
    .filter(([name, count]) => count === 0 && existsSync(join(root, name, 'src')))
    .map(([name]) => `No module of ${name} was read: the rules checked nothing there.`)
}

function violations({ summary }: Cruise): string[] {
  const why = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]))
  return summary.violations.map(({ from, to, rule, cycle }) => {
    const way = [from, ...(cycle?.map(({ name }) => name) ?? [to])].join(' → ')
    return `${rule.name}: ${way}\n    ${why.get(rule.name) ?? ''}`
  })
}

if (import.meta.main) {
  const { modules, problems } = checkLayers()
  for (const problem of problems) console.error(problem)
  const read = Object.entries(modules).map(([name, count]) => `${name} ${count}`)
  console.log(`${problems.length} problems; modules read: ${read.join(', ')}`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
