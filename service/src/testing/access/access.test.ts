import { readFileSync } from 'node:fs'
import { operations } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { createService } from '../../index.ts'
import { callersOf } from './callers.ts'
import { findings, PAGE, readPage } from './page.ts'
import { playAll } from './probe.ts'
import { allProbes, operationProbes } from './probes.ts'

test('every operation has a cell for every caller', () => {
  const played = new Set(operationProbes().map(({ operation, caller }) => `${operation} ${caller}`))
  const open = [...operations.values()].filter(({ access }) => access !== 'anyone')
  for (const { name } of open)
    for (const caller of callersOf(name.split('.')[0]!))
      expect(played).toContain(`${name} ${caller}`)
  expect(new Set(operationProbes().map(({ operation }) => operation))).toEqual(
    new Set(operations.keys()),
  )
})

test(
  'everybody may do what the page says and nothing else, by every door',
  { timeout: 240_000 },
  async () => {
    const cells = await playAll(allProbes(), { create: createService })
    expect(findings(cells, readPage(readFileSync(PAGE, 'utf8')))).toEqual([])
    expect(cells.length).toBeGreaterThan(8000)
  },
)
