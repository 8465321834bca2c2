import { afterAll, beforeAll, describe, test } from 'vitest'
import { behindProxy, configuredRows } from './configured-rows.ts'
import { restRows } from './rest-rows.ts'
import { socketRows } from './socket-rows.ts'
import { openTheatre, type Theatre } from './stage.ts'

describe('bad input', () => {
  let theatre: Theatre
  beforeAll(async () => {
    theatre = await openTheatre()
  })
  afterAll(() => theatre?.close())

  for (const row of [...socketRows, ...configuredRows, ...restRows, behindProxy]) {
    test(`[row ${row.number}] ${row.sent}: ${row.answered}`, () => theatre.perform(row))
  }
})
