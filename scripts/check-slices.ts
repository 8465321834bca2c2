// Every declared domain has all its parts, every rule of the protocol is proved by a test, and every rule a test
// cites exists.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { domains } from '@collab-kit/protocol'

const ROOT = resolve(import.meta.dirname, '..')

/** Parts a domain does without, and why. */
const EXEMPT: { domain: string; part: string; reason: string }[] = [
  {
    domain: 'groups',
    part: 'client/src/domains/groups',
    reason: 'no event tells of groups: they are asked for',
  },
  {
    domain: 'contacts',
    part: 'client/src/domains/contacts',
    reason: 'no element shows them yet: they are asked for, and their events are passed on',
  },
]

const partsOf = (domain: string) => [
  `protocol/src/${domain}`,
  `protocol/conformance/${domain}.ts`,
  `service/src/domains/${domain}`,
  `client/src/domains/${domain}`,
]

function isThere(path: string): boolean {
  const full = join(ROOT, path)
  if (!existsSync(full)) return false
  return statSync(full).isFile() || globSync('**/*.ts', { cwd: full }).length > 0
}

function missingParts(): string[] {
  return Object.keys(domains).flatMap((domain) =>
    partsOf(domain)
      .filter((part) => !EXEMPT.some((each) => each.domain === domain && each.part === part))
      .filter((part) => !isThere(part))
      .map((part) => `${domain} lacks ${part}`),
  )
}

function staleExemptions(): string[] {
  return EXEMPT.filter(({ part }) => isThere(part)).map(
    ({ domain, part }) => `${part} exists: ${domain} needs no exemption any more`,
  )
}

const ID = '[A-Z]{2,5}-\\d+'

function declaredRules(): Map<string, number> {
  const text = readFileSync(join(ROOT, 'protocol/PROTOCOL.md'), 'utf8')
  const counts = new Map<string, number>()
  for (const [, id = ''] of text.matchAll(new RegExp(`^\\s*[-*] \\[(${ID})\\]`, 'gm'))) {
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** Rules named at all, and those named by the title of a test: a string that begins with them. */
function citations(): { cited: Map<string, string>; proved: Set<string> } {
  const cited = new Map<string, string>()
  const proved = new Set<string>()
  const files = globSync('{protocol,client,components,service,e2e,bench}/**/*.ts', {
    cwd: ROOT,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [, id = ''] of text.matchAll(new RegExp(`\\[(${ID})\\]`, 'g'))) cited.set(id, file)
    if (!/\.(test|spec)\.ts$|^protocol[\\/]conformance[\\/]|^e2e[\\/]/.test(file)) continue
    for (const [title] of text.matchAll(new RegExp(`['"\`](\\[${ID}\\]\\s*)+`, 'g'))) {
      for (const [, id = ''] of title.matchAll(new RegExp(`\\[(${ID})\\]`, 'g'))) proved.add(id)
    }
  }
  return { cited, proved }
}

function ruleProblems(): string[] {
  const rules = declaredRules()
  const { cited, proved } = citations()
  if (rules.size === 0) return ['protocol/PROTOCOL.md declares no rule']
  return [
    ...[...rules].filter(([, count]) => count > 1).map(([id]) => `[${id}] is declared twice`),
    ...[...rules.keys()].filter((id) => !proved.has(id)).map((id) => `[${id}] is cited by no test`),
    ...[...cited]
      .filter(([id]) => !rules.has(id))
      .map(([id, file]) => `${file} cites [${id}], which protocol/PROTOCOL.md does not declare`),
  ]
}

const problems = [...missingParts(), ...staleExemptions(), ...ruleProblems()]
for (const problem of problems) console.error(problem)
console.log(
  `${problems.length} problems in ${Object.keys(domains).length} domains and ${declaredRules().size} rules`,
)
process.exitCode = problems.length > 0 ? 1 : 0
