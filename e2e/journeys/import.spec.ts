import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createGuest } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { spawnService, startService } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { expect, test } from './fixtures.ts'

/** How many messages the database holds, read beside the service. */
function stored(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'collab.db'), { readOnly: true, timeout: 1000 })
  try {
    const row = database.prepare('select count(*) as count from log where number is not null').get()
    return Number(row?.['count'])
  } finally {
    database.close()
  }
}

test('the day is whole after a start that was killed while it was being loaded', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'collab-journey-'))
  const env = { COLLAB_DEMO: 'on' }
  const first = spawnService({ dataDir, env })
  // The schema is there when the locked account is told, and the day comes next.
  await until(() => first.log().some(({ username }) => username === 'admin'), {
    what: 'the first words',
  })
  await until(() => stored(dataDir) > 0, { what: 'a part of the day' })
  await first.end('SIGKILL')
  const part = stored(dataDir)
  await first.close()
  expect(part).toBeGreaterThan(0)

  const second = await startService({ dataDir, env })
  const guest = await createGuest(second.url)
  const messages = await readAll(second.url, guest, 'lobby')
  expect(messages.map(({ number }) => number)).toEqual(
    Array.from({ length: 1975 }, (_, index) => index + 1),
  )
  expect(new Set(messages.map(({ clientMessageId }) => clientMessageId)).size).toBe(1975)
  await second.close()
  rmSync(dataDir, { recursive: true })
})
