import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { activityRows } from './activity-rows.ts'
import { behindProxy, configuredRows } from './configured-rows.ts'
import { Host } from './host.ts'
import { keyRows } from './key-rows.ts'
import { ORIGINS, originRows } from './origin-rows.ts'
import { presenceRows } from './presence-rows.ts'
import { restRows } from './rest-rows.ts'
import { socketRows } from './socket-rows.ts'
import { openTheatre, type Theatre } from './stage.ts'
import { streamRows } from './stream-rows.ts'
import { cellsOf, tableOf, toMarkdown } from './table.ts'
import { tokenRows } from './token-rows.ts'

const host = new Host()
const rows = [
  ...socketRows,
  ...configuredRows,
  ...restRows,
  behindProxy,
  ...streamRows,
  ...tokenRows(host),
  ...keyRows(host),
  ...originRows,
  ...activityRows,
  ...presenceRows,
]

describe('bad input', () => {
  let theatre: Theatre
  beforeAll(async () => {
    theatre = await openTheatre({ ...ORIGINS, ...(await host.open()) })
    await host.visit(theatre.service)
  })
  afterAll(async () => {
    await theatre?.close()
    await host.close()
  })

  for (const row of rows) {
    test(`[row ${row.number}] ${row.sent}: ${row.answered}`, () => theatre.perform(row))
  }
})

test('the table of docs/bad-input.md is what is tested here', () => {
  const page = readFileSync(new URL('../../docs/bad-input.md', import.meta.url), 'utf8')
  const cells = tableOf(rows)
  // The message is the table as it should be, to be pasted.
  expect(cellsOf(page), toMarkdown(cells)).toEqual(cells)
})

test('every row of the catalogue is tested or has no subject', () => {
  const wanted = [
    ...Array.from({ length: 34 }, (_, n) => n + 1),
    ...Array.from({ length: 37 }, (_, n) => n + 36),
    106,
    107,
  ]
  const numbers = new Set(tableOf(rows).map(([number]) => Number(number)))
  expect([...numbers]).toEqual(wanted)
})
