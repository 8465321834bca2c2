import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const filesOf = (folder: string): string[] =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}${path}`)

const lines = read('../PROTOCOL.md').split('\n')
const declared = lines.flatMap((line) => /^- \[([A-Z]+-\d+)\] .+\.$/.exec(line)?.[1] ?? [])
// What needs several nodes, or a service of another configuration, the service proves.
const folders = [
  './',
  '../src/',
  '../../service/src/cluster/',
  '../../service/src/domains/presence/',
]
const sources = folders.flatMap(filesOf).map(read)
const cited = new Set(
  sources.flatMap((text) => [...text.matchAll(/'\[([A-Z]+-\d+)\] /g)].map(([, rule]) => rule!)),
)

describe('the rules of the protocol', () => {
  test('are one sentence each, numbered from 1 without a gap', () => {
    expect(lines.filter((line) => line.startsWith('- [')).length).toBe(declared.length)
    const groups = Map.groupBy(declared, (rule) => rule.split('-')[0]!)
    for (const [group, rules] of groups) {
      expect(rules).toEqual(rules.map((_, index) => `${group}-${index + 1}`))
    }
  })

  test('are each proved by a test that cites them', () => {
    expect(declared.filter((rule) => !cited.has(rule))).toEqual([])
  })

  test('are all that tests cite', () => {
    expect([...cited].filter((rule) => !declared.includes(rule))).toEqual([])
  })
})
