import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { performance } from 'node:perf_hooks'
import { median } from './statistics.ts'

/** The least that durability costs here: one row, one commit, SQLite FULL. Median, milliseconds. */
export function commitMs(seconds: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'collab-commit-'))
  const database = new DatabaseSync(join(folder, 'bare.db'))
  try {
    database.exec('pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full')
    database.exec(
      'create table log (stream text, seq integer, data text, primary key (stream, seq)) without rowid',
    )
    const insert = database.prepare('insert into log values (?, ?, ?)')
    const times: number[] = []
    const end = performance.now() + seconds * 1000
    for (let seq = 1; performance.now() < end; seq++) {
      const start = performance.now()
      database.exec('begin immediate')
      insert.run('chat:bench', seq, 'x'.repeat(400))
      database.exec('commit')
      times.push(performance.now() - start)
    }
    return median(times)
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
}
