import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rows as activities } from './activity-rows.ts'
import { rows as connections } from './connection-rows.ts'
import { rows as presence } from './presence-rows.ts'

const GUIDE = join(import.meta.dirname, '../../docs/guide/coming-from-livingapi.md')
const rows = { ...connections, ...presence, ...activities }

describe('what livingapi offered is here', () => {
  test('in a table whose rows are all run', () => {
    const named = [...readFileSync(GUIDE, 'utf8').matchAll(/^\| ([CUPA]\d+) /gm)].map(
      ([, id]) => id,
    )
    expect(named).toEqual(Object.keys(rows))
  })

  test.each(Object.keys(rows))('row %s', async (id) => {
    await rows[id]!()
  })
})
